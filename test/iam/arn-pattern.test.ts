import assert from 'node:assert/strict'
import fc from 'fast-check'
import { anyArnTest, arnTest, splitArn } from '../../lib/iam/arn-pattern.ts'
import { wildcardTokens } from '../../lib/iam/tokens.ts'

/** Six parts, in whose first five no wildcard stands for a colon; in words of the engine's own. */
function expressionOf(pattern: string): RegExp | null {
  const [partition, ...more] = pattern.split(':')
  if (more.length < 5) return null
  const bound = [partition ?? '', ...more.slice(0, 4)].map((part) =>
    part.replaceAll('?', '[^:]').replaceAll('*', '[^:]*'),
  )
  const last = more.slice(4).join(':').replaceAll('?', '[^]').replaceAll('*', '[^]*')
  return new RegExp(`^${[...bound, last].join(':')}$`)
}

const part = (letters: string[]) =>
  fc.string({ unit: fc.constantFrom(...letters), minLength: 0, maxLength: 3 })
const arns = (letters: string[]) =>
  fc.array(part(letters), { minLength: 5, maxLength: 8 }).map((parts) => parts.join(':'))

describe('ARN patterns', () => {
  it('are six parts between colons, each compared on its own', () => {
    const pattern = 'arn:*:kms:*:111122223333:key/*'
    const fits = arnTest(pattern)
    assert.ok(fits('arn:aws:kms:us-east-1:111122223333:key/a:b'))
    assert.ok(!fits('arn:aws:kms:us-east-1:x:111122223333:key/a'))
    assert.ok(!fits('arn:aws:kms'))
    assert.ok(!arnTest('*')('arn:aws:kms:us-east-1:111122223333:key/a'))
  })

  for (const most of [12, 60]) {
    it(`say of an ARN what each says alone, up to ${String(most)} of them`, () => {
      const patterns = fc.array(arns(['a', 'a', 'b', '*', '?']), { minLength: 1, maxLength: most })
      const texts = fc.array(arns(['a', 'b']), { minLength: 1, maxLength: 20 })
      fc.assert(
        fc.property(patterns, texts, (all, asked) => {
          const test = anyArnTest(all.map(wildcardTokens))
          const expressions = all.map(expressionOf)
          for (const text of asked) {
            const arn = splitArn(text)
            const wanted = expressions.some((expression) => expression?.test(text))
            assert.equal(arn !== null && test(arn), wanted, JSON.stringify([text, all]))
          }
        }),
        { numRuns: 300 },
      )
    })
  }

  it('are tried together where many of them come into question', () => {
    const patterns = Array.from({ length: 40 }, (_, at) => `*:*:?*:*:*:*${String(at)}_`)
    const test = anyArnTest(patterns.map(wildcardTokens))
    const ask = (text: string) => test(splitArn(text)!)
    assert.ok(ask('arn:aws:kms:::x39_'))
    assert.ok(ask('arn:aws:kms:::a:39_'))
    assert.ok(!ask('arn:aws::::39_'))
    assert.ok(!ask('arn:aws:kms:::40_x'))
  })
})
