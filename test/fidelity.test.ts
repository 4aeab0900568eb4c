/**
 * Holds docs/fidelity.md: every fault and every text that the sources can answer with is listed
 * there, with one of its four sources.
 */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { denialText } from '../lib/iam/denial.ts'
import type { PolicyType, Verdict } from '../lib/iam/policy-set.ts'
import type { AccessRequest } from '../lib/iam/request.ts'
import { Fault } from '../lib/kms/faults.ts'
import { requireState } from '../lib/kms/state.ts'
import { faultTexts } from './support/fault-texts.ts'
import { parse, walk, type Sources } from './support/house.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const page = readFileSync(`${root}docs/fidelity.md`, 'utf8')

const sources = /^(?:recorded|documented|observed|ours)\b/

interface Row {
  readonly cells: readonly string[]
  /** What stands in backticks in the first two cells, with `{}` for a placeholder. */
  readonly texts: readonly string[]
}

const rows: readonly Row[] = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (?:-|fault |behaviour|text )/.test(line))
  .map((line) => {
    const cells = line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim())
    const quoted = cells
      .slice(0, 2)
      .join(' ')
      .matchAll(/`([^`]+)`/g)
    return { cells, texts: [...quoted].map(([, text = '']) => withoutNames(text)) }
  })

const listed = new Set(rows.flatMap(({ texts }) => texts))

/** `Key '<keyArn>' does not exist` as the sources' templates have it. */
function withoutNames(text: string): string {
  return text.replace(/<[^<>]*>/g, '{}')
}

function libSources(): Sources {
  const names = readdirSync(`${root}lib`, { recursive: true }).map(String)
  const paths = names.map((name) => `lib/${name.replaceAll('\\', '/')}`)
  return new Map(
    paths
      .filter((path) => path.endsWith('.ts'))
      .map((path) => [path, readFileSync(root + path, 'utf8')]),
  )
}

/** The table of lib/kms/faults.ts: each code, and its text where that is always the same. */
function faultRows(): Map<string, string | undefined> {
  const path = 'lib/kms/faults.ts'
  const found = new Map<string, string | undefined>()
  walk(parse(path, readFileSync(root + path, 'utf8')), (node) => {
    if (!ts.isVariableDeclaration(node) || node.name.getText() !== 'rows') return
    walk(node, (inner) => {
      if (!ts.isPropertyAssignment(inner)) return
      const { name, initializer } = inner
      if (ts.isObjectLiteralExpression(initializer)) found.set(name.getText(), undefined)
      else if (name.getText() === 'message' && ts.isStringLiteral(initializer)) {
        found.set([...found.keys()].at(-1) ?? '', initializer.text)
      }
    })
  })
  return found
}

function none(missing: readonly string[]): void {
  assert.equal(missing.length, 0, `not in docs/fidelity.md:\n${missing.join('\n')}`)
}

/** A text of placeholders alone says nothing of its own. */
function saysSomething(text: string): boolean {
  return /\w/.test(text)
}

describe('docs/fidelity.md', () => {
  it('has one of the four sources in every row', () => {
    assert.ok(rows.length > 150)
    const without = rows.filter(({ cells }) => !sources.test(cells.at(-1) ?? ''))
    assert.deepEqual(
      without.map(({ cells }) => cells[0]),
      [],
    )
  })

  it('lists every fault, and its text', () => {
    const faults = faultRows()
    assert.ok(faults.size > 30)
    for (const [code, text] of faults) {
      const row = rows.find(({ cells }) => cells[0] === `\`${code}\``)
      assert.ok(row, `${code} has no row`)
      if (text !== undefined) assert.ok(row.texts.includes(text), `${code}: ${text}`)
    }
  })

  it('lists no fault that there is not', () => {
    const codes = rows.map(({ cells }) => /^`(\w+Exception)`$/.exec(cells[0] ?? '')?.[1])
    const known = faultRows()
    assert.deepEqual(
      codes.filter((code) => code !== undefined && !known.has(code)),
      [],
    )
  })

  it('lists every text of a fault', () => {
    const found = faultTexts(libSources())
    assert.ok(found.length > 60)
    none(
      found
        .filter(({ text }) => saysSomething(text) && !listed.has(text))
        .map(({ where, text }) => `${where} ${text}`),
    )
  })

  it('lists the text of every key state', () => {
    const states = [
      ...(['Enabled', 'Disabled', 'PendingDeletion', 'PendingReplicaDeletion'] as const),
      ...(['PendingImport', 'Unavailable', 'Creating', 'Updating'] as const),
    ]
    const texts = states.flatMap((state) =>
      (['cryptographic', 'scheduleDeletion', 'cancelDeletion'] as const).flatMap((rule) => {
        try {
          requireState({ arn: '{}', state }, rule)
          return []
        } catch (error) {
          assert.ok(error instanceof Fault)
          return [error.message]
        }
      }),
    )
    assert.equal(new Set(texts).size, states.length)
    none(texts.filter((text) => !listed.has(text)))
  })

  it('lists every text of a denied access', () => {
    const types: readonly PolicyType[] = [
      'IDENTITY_BASED_POLICY',
      'PERMISSIONS_BOUNDARY',
      'RESOURCE_BASED_POLICY',
      'RESOURCE_CONTROL_POLICY',
      'SERVICE_CONTROL_POLICY',
      'SESSION_POLICY',
      'VPC_ENDPOINT_POLICY',
    ]
    const asked = (resourceAccount: string) =>
      ({
        principal: { arn: '{}', account: 'own' },
        action: 'kms:',
        resource: '{}',
        resourceAccount,
      }) as AccessRequest
    const verdict = (effect: string, decidedBy: PolicyType) => ({ effect, decidedBy }) as Verdict
    const effects = ['IMPLICIT_DENY', 'EXPLICIT_DENY']
    const elsewhere = ['on this resource', 'on the resource associated with this ciphertext']
    const texts = types.flatMap((type) =>
      effects.flatMap((effect) => [
        denialText(asked('own'), verdict(effect, type)),
        ...[false, true].map((throughCiphertext, index) => {
          const text = denialText(asked('other'), verdict(effect, type), { throughCiphertext })
          if (type === 'RESOURCE_BASED_POLICY') return text
          return text.replace(elsewhere[index]!, 'on resource: {}')
        }),
      ]),
    )
    assert.equal(new Set(texts).size, 16)
    none(
      [...elsewhere, ...texts.map((text) => text.replaceAll('kms:', '{}'))].filter(
        (text) => !listed.has(text),
      ),
    )
  })
})

describe('faultTexts', () => {
  const textsOf = (text: string) =>
    faultTexts(new Map([['lib/a.ts', text]])).map((found) => [found.code, found.text])

  it('reads literals, templates, sums and either side of a choice', () => {
    assert.deepEqual(
      textsOf(
        "throw new Fault('A', 'one'); throw new Fault('B', `two ${x} and ${y}`)\n" +
          "throw new Fault('C', 'th' + 'ree'); throw new Fault('D', z ? 'four' : 'five')",
      ),
      [
        ['A', 'one'],
        ['B', 'two {} and {}'],
        ['C', 'three'],
        ['D', 'four'],
        ['D', 'five'],
      ],
    )
  })

  it('reads what is given to a function that makes a Fault of it', () => {
    assert.deepEqual(
      textsOf(
        'function make(name: string, text: string) { return new Fault(name, text) }\n' +
          "const wrap = (text: string) => make('A', text)\n" +
          "throw wrap('one'); throw make('B', 'two')",
      ),
      [
        [undefined, 'one'],
        [undefined, 'two'],
      ],
    )
  })

  it('leaves a Fault without a text alone', () => {
    assert.deepEqual(textsOf("throw new Fault('A')"), [])
  })
})
