/**
 * Documents up to the size that AWS stores, random and damaged: each is a policy or a PolicyError that
 * says where, and a policy among them can be asked.
 */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import fc from 'fast-check'
import { authorize } from '../../lib/iam/authorize.ts'
import { parsePolicy, PolicyError, type PolicyDocument } from '../../lib/iam/document.ts'
import { explain } from '../../lib/iam/explain.ts'
import { callers, requestOf, type CallerName } from './support.ts'

const maxBytes = 32_768

const folder = new URL('../../policies/', import.meta.url)
const statements = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .flatMap((name) => {
    const policy = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as {
      Statement: object[]
    }
    return policy.Statement.map((statement) => JSON.stringify(statement))
  })

/** Statements of the library, as many as fit. */
const large = fc
  .array(fc.constantFrom(...statements), { minLength: 1, maxLength: 60, size: 'max' })
  .map((list) => {
    const room = maxBytes - 50
    let length = 0
    const fitting = list.filter((statement) => (length += statement.length + 1) <= room)
    return `{"Version":"2012-10-17","Statement":[${fitting.join(',')}]}`
  })

const scraps = [
  ...['{', '}', '[', ']', ',', ':', '"', '\\', 'null', 'true', '-1e9', '""', '{}', '[]', '\u0000'],
  ...[
    '"Deny"',
    '"Principal":',
    '"Condition":',
    '"*"',
    '"${',
    '"ForAllValues:',
    '\\u0000',
    'ÿ',
    '€',
  ],
]

interface Damage {
  /** From 0 to 1: where in the text. */
  readonly at: number
  readonly cut: number
  readonly put: string
}

const damages: fc.Arbitrary<Damage> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.constantFrom(0, 0, 1, 2, 10, 1000),
  put: fc.constantFrom('', ...scraps),
})

function damaged(text: string, list: readonly Damage[]): string {
  return list.reduce((whole, { at, cut, put }) => {
    const from = Math.floor(at * whole.length)
    return whole.slice(0, from) + put + whole.slice(from + cut)
  }, text)
}

/** The policy; null where the text is refused as it should be. */
function read(text: string): PolicyDocument | null {
  try {
    return parsePolicy(text, 'key')
  } catch (error) {
    assert.ok(error instanceof PolicyError, String(error))
    assert.notEqual(error.message, '')
    return null
  }
}

describe('parsePolicy of a large document', () => {
  it('reads it or refuses it, whatever was damaged, and what it reads can be asked', () => {
    let policies = 0
    const names = Object.keys(callers) as CallerName[]
    fc.assert(
      fc.property(
        large,
        fc.array(damages, { maxLength: 4 }),
        fc.constantFrom(...names),
        (text, list, caller) => {
          const keyPolicy = read(damaged(text, list))
          if (!keyPolicy) return
          policies++
          const request = requestOf(caller)
          const policySet = { keyPolicy, identity: [], grants: [] }
          const { effect } = authorize(request, policySet)
          assert.equal(explain(request, policySet).effect, effect)
        },
      ),
      { numRuns: 400 },
    )
    assert.ok(policies > 50, String(policies))
  })

  it('reads or refuses random JSON of that size', () => {
    const json = fc.json({ maxDepth: 6, depthSize: 'max' })
    fc.assert(
      fc.property(fc.array(json, { maxLength: 400, size: 'max' }), (list) => {
        const text = `{"Version":"2012-10-17","Statement":[${list.join(',')}]}`
        const policy = read(text)
        assert.equal(policy?.statements.length ?? 0, 0)
      }),
      { numRuns: 100 },
    )
  })

  it('refuses nesting and repetition of any depth', () => {
    for (const piece of [
      '[',
      '{"a":',
      '{"Statement":[',
      '"',
      '\\',
      '-',
      '1',
      '${',
      '[{"Effect":',
    ]) {
      assert.equal(read(piece.repeat(maxBytes / piece.length)), null, piece)
    }
  })
})
