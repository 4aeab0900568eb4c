/**
 * What AWS would not store, told apart: some mistakes have a rule of their own, wherever they are
 * found, and the rest is a policy that is malformed. One statement that is refused does not keep the
 * others from being read.
 */
import { parseOperator } from '../condition.ts'
import { parsePolicy, PolicyError, type Statement } from '../document.ts'
import { isList, isObject, readJson, type Json, type JsonObject } from '../json.ts'
import type { Hit } from './finding.ts'
import type { PolicyView, Refusal } from './rule.ts'

export interface Read {
  readonly statements: readonly Statement[]
  readonly refusals: readonly Refusal[]
  /** Whether the text has paths at all. */
  readonly isJson: boolean
}

/** Ours: what KMS's API takes at all; a longer text is not looked into. */
const maxCharacters = 131_072

/** The statements that AWS would store, and why not the others. */
export function readPolicy(text: string): Read {
  try {
    return { statements: parsePolicy(text, 'key').statements, refusals: [], isJson: true }
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    const root = text.length > maxCharacters ? undefined : jsonOf(text)
    const { statements, refusals } = readEach(root)
    const whole = { error, path: error.path, statement: null }
    const isWhole = refusals.length === 0
    return { statements, refusals: isWhole ? [whole] : refusals, isJson: root !== undefined }
  }
}

/** Each statement as if it stood alone. */
function readEach(root: Json | undefined): Pick<Read, 'statements' | 'refusals'> {
  const list = isObject(root) ? root.get('Statement') : undefined
  if (!isObject(root) || list === undefined) return { statements: [], refusals: [] }
  const version = root.get('Version') === '2012-10-17' ? '2012-10-17' : '2008-10-17'
  const statements: Statement[] = []
  const refusals: Refusal[] = []
  for (const [index, item] of (isList(list) ? list : [list]).entries()) {
    try {
      const alone = `{"Version":"${version}","Statement":[${textOf(item)}]}`
      const [statement] = parsePolicy(alone, 'key').statements
      if (statement) statements.push({ ...statement, index })
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error
      const inside = error.path.replace(/^Statement\[0\]/, '')
      const path = `Statement[${index}]${inside}`
      refusals.push({ error, path, statement: isObject(item) ? item : null })
    }
  }
  return { statements, refusals }
}

function jsonOf(text: string): Json | undefined {
  try {
    return readJson(text)
  } catch (error) {
    if (error instanceof PolicyError) return undefined
    throw error
  }
}

function textOf(value: Json): string {
  if (isList(value)) return `[${value.map(textOf).join()}]`
  if (isObject(value)) {
    return `{${[...value].map(([name, item]) => `${JSON.stringify(name)}:${textOf(item)}`).join()}}`
  }
  return value !== null && typeof value === 'object' && 'number' in value
    ? value.number
    : JSON.stringify(value)
}

/** The mistakes that a parser refuses and that are rules of their own, by the rule's id. */
const kinds: Readonly<Record<string, (refusal: Refusal, statement: JsonObject) => boolean>> = {
  'not-principal-allow': ({ path }, statement) =>
    path.endsWith('].NotPrincipal') && statement.get('Effect') === 'Allow',
  'unknown-action': ({ path }, statement) => {
    const [, element = ''] = /\]\.((?:Not)?Action)$/.exec(path) ?? []
    const value = statement.get(element)
    return [value].flat().every((item) => typeof item === 'string') && value !== undefined
  },
  'unknown-operator': (refusal, statement) => {
    const operator = insideCondition(refusal)
    const block = conditionOf(statement)
    return operator !== null && block?.has(operator) === true && !parseOperator(operator)
  },
  'unknown-condition-key': (refusal, statement) => {
    const [operator, key] = operatorAndKey(refusal, statement)
    return key !== undefined && operator !== undefined && !/^[^:\s]+:[^]+$/.test(key)
  },
  'for-all-values': (refusal, statement) => {
    const [operator, key = ''] = operatorAndKey(refusal, statement)
    const isSingle = /^(?:kms:encryptioncontext:|aws:requesttag\/)/i.test(key)
    return isSingle && parseOperator(operator ?? '')?.qualifier === 'ForAllValues'
  },
}

/** What of the refusals is the mistake of that rule. */
export function* refusedAs(rule: string, { refusals }: PolicyView): Generator<Hit> {
  for (const refusal of refusals) {
    if (kindOf(refusal) !== rule) continue
    yield { path: refusal.path, message: `AWS does not store it: ${refusal.error.detail}` }
  }
}

/** What AWS would not store for a reason without a rule of its own. */
export const malformed = 'malformed-policy'

function kindOf(refusal: Refusal): string {
  const { statement } = refusal
  if (!statement) return malformed
  return Object.entries(kinds).find(([, test]) => test(refusal, statement))?.[0] ?? malformed
}

function conditionOf(statement: JsonObject): JsonObject | undefined {
  const condition = statement.get('Condition')
  return isObject(condition) ? condition : undefined
}

/** The path below the statement's Condition; null elsewhere. */
function insideCondition({ path }: Refusal): string | null {
  return /^Statement\[\d+\]\.Condition\.([^]+)$/.exec(path)?.[1] ?? null
}

function operatorAndKey(
  refusal: Refusal,
  statement: JsonObject,
): readonly [operator?: string, key?: string] {
  const inside = insideCondition(refusal)
  for (const [operator, block] of conditionOf(statement) ?? []) {
    if (!isObject(block) || !inside?.startsWith(`${operator}.`)) continue
    const key = inside.slice(operator.length + 1)
    if (block.has(key)) return [operator, key]
  }
  return []
}
