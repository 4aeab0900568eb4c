import assert from 'node:assert/strict'
import fc from 'fast-check'
import { prettyJson, sorted } from '../../lib/enclave/pretty-json.ts'
import { readJson } from '../../lib/iam/json.ts'

describe('prettyJson', () => {
  it('prints as JSON.stringify does with two spaces, where there are no numbers', () => {
    const leaf = fc.oneof(fc.string({ unit: 'grapheme' }), fc.boolean(), fc.constant(null))
    // An object of JavaScript sorts names that are numbers; a name here has a letter before them.
    const key = fc.string().map((name) => `n${name}`)
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('value')),
        fc.dictionary(key, tie('value')),
      ),
    }))
    fc.assert(
      fc.property(value, (any) => {
        assert.equal(prettyJson(readJson(JSON.stringify(any))), JSON.stringify(any, null, 2))
      }),
      { numRuns: 300 },
    )
  })

  const numbers: readonly (readonly [written: string, printed: string])[] = [
    ['0', '0'],
    ['-7', '-7'],
    ['12345678901234567890', '12345678901234567890'],
    ['18446744073709551615', '18446744073709551615'],
    ['18446744073709551616', '18446744073709552000.0'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['1.0', '1.0'],
    ['1.50', '1.5'],
    ['1e2', '100.0'],
    ['1e300', '1e300'],
    ['1E-7', '1e-7'],
    ['-0', '-0.0'],
  ]
  for (const [written, printed] of numbers) {
    it(`prints ${written} as ${printed}`, () => {
      assert.equal(prettyJson(readJson(written)), printed)
    })
  }

  it('keeps the order of members, numbers among them', () => {
    assert.equal(
      prettyJson(readJson('{"b":1,"2":2,"1":3}')),
      '{\n  "b": 1,\n  "2": 2,\n  "1": 3\n}',
    )
  })
})

describe('sorted', () => {
  it('sorts the members of every object by their bytes, and no list', () => {
    const value = readJson('{"b":[{"z":1,"a":2},3,1],"10":0,"9":0,"😀":0,"\uffee":0,"B":{}}')
    assert.equal(
      prettyJson(sorted(value)).replaceAll(/\s/g, ''),
      '{"10":0,"9":0,"B":{},"b":[{"a":2,"z":1},3,1],"\uffee":0,"😀":0}',
    )
  })
})
