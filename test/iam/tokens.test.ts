import assert from 'node:assert/strict'
import {
  anyOne,
  anyRun,
  fitAt,
  literalTokens,
  textOf,
  wildcardTokens,
} from '../../lib/iam/tokens.ts'

describe('wildcardTokens', () => {
  it('are wildcards for * and ?, and code units', () => {
    assert.deepEqual(wildcardTokens('a*?\u{1f511}'), [0x61, anyRun, anyOne, 0xd83d, 0xdd11])
  })
})

describe('literalTokens', () => {
  it('are code units alone, which textOf puts together again', () => {
    assert.deepEqual(literalTokens('*?'), [0x2a, 0x3f])
    assert.equal(textOf(literalTokens('*?\u{1f511}')), '*?\u{1f511}')
  })
})

describe('fitAt', () => {
  it('compares at the place, and takes any character for a ?', () => {
    const tokens = wildcardTokens('b?d')
    assert.equal(fitAt(tokens, 'abcde', 1), true)
    assert.equal(fitAt(tokens, 'abcde', 0), false)
    assert.equal(fitAt(tokens, 'abcd', 2), false)
  })
})
