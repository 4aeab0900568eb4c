/**
 * Reads a policy document once, into a form that can be asked many times. Refuses whatever AWS
 * refuses to store, so that a policy that is held here is a policy that AWS would hold.
 * Source: IAM user guide, "Grammar of the IAM JSON policy language".
 */
import type { Condition } from './condition.ts'
import { parseConditions } from './condition-block.ts'
import { parseAction, parseResource, type ActionElement, type ResourceElement } from './elements.ts'
import {
  isList,
  isObject,
  lineOf,
  memberPath,
  readJson,
  type Json,
  type JsonObject,
} from './json.ts'
import { PolicyError } from './policy-error.ts'
import { policyKinds, type PolicyKind, type PolicyKindRow } from './policy-kinds.ts'
import { parsePrincipals, type PrincipalElement } from './principals.ts'
import type { LanguageVersion } from './variables.ts'

export { PolicyError } from './policy-error.ts'
export type { PolicyKind } from './policy-kinds.ts'

export interface PolicyDocument {
  readonly kind: PolicyKind
  readonly version: LanguageVersion
  readonly id: string | null
  readonly statements: readonly Statement[]
  /** The document as it was given. */
  readonly source: string
  /** Every condition key that a decision may ask for, in lower case. */
  readonly conditionKeys: ReadonlySet<string>
}

export interface Statement {
  readonly index: number
  readonly sid: string | null
  readonly effect: 'Allow' | 'Deny'
  /** Null in a policy that names no principals. */
  readonly principal: PrincipalElement | null
  /** Null where the element is missing: the statement then has no effect. */
  readonly action: ActionElement | null
  readonly resource: ResourceElement | null
  readonly conditions: readonly Condition[]
}

interface Scope {
  readonly kind: PolicyKind
  readonly row: PolicyKindRow
  readonly version: LanguageVersion
}

/** A policy may have tab, line feed, carriage return and U+0020 to U+00FF: any other character. */
const noPolicyCharacter = /[^\t\n\r\u0020-\u00ff]/u

/** Throws PolicyError, with the path of what is wrong. */
export function parsePolicy(text: string, kind: PolicyKind): PolicyDocument {
  const row = policyKinds[kind]
  checkText(text, row)
  const root = readJson(text)
  if (!isObject(root)) throw new PolicyError('', 'a policy is a JSON object')
  checkMembers(root, ['Version', 'Id', 'Statement'], '')
  const version = readVersion(root.get('Version'))
  const id = readText(root, 'Id', '')
  if (id !== null && !row.id) throw new PolicyError('Id', 'only a resource-based policy has an Id')
  const statements = readStatements(root.get('Statement'), { kind, row, version })
  if (row.strictSid) checkSids(statements)
  return { kind, version, id, statements, source: text, conditionKeys: keysOf(statements) }
}

/** What KMS's and IAM's APIs take at all, white space included: length of PolicyType. */
const maxCharacters = 131_072

function checkText(text: string, { limit }: PolicyKindRow): void {
  if (text.length > maxCharacters) {
    throw new PolicyError('', `the policy has more than ${maxCharacters} characters`)
  }
  const size =
    limit.unit === 'bytes' ? Buffer.byteLength(text) : text.replace(/[\t\n\r ]+/g, '').length
  if (size > limit.size) {
    throw new PolicyError('', `the policy has ${size} ${limit.unit}, more than ${limit.size}`)
  }
  if (text === '') throw new PolicyError('', 'the policy is empty')
  const at = text.search(noPolicyCharacter)
  if (at < 0) return
  const what = 'a character AWS does not take'
  throw new PolicyError('', what, `${what}: ${nameOf(text.codePointAt(at) ?? 0)}`, lineOf(text, at))
}

/** As Unicode writes a code point. */
function nameOf(codePoint: number): string {
  const name = `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`
  return codePoint === 0xfeff ? `${name}, a byte order mark` : name
}

function readVersion(value: Json | undefined): LanguageVersion {
  // A document without a version is in the older language.
  if (value === undefined) return '2008-10-17'
  if (value === '2012-10-17' || value === '2008-10-17') return value
  throw new PolicyError('Version', 'the version is "2012-10-17" or "2008-10-17"')
}

function readStatements(value: Json | undefined, scope: Scope): Statement[] {
  if (value === undefined) throw new PolicyError('Statement', 'the policy has no Statement')
  if (!isList(value)) return [readStatement(value, 0, 'Statement', scope)]
  return value.map((item, index) => readStatement(item, index, `Statement[${index}]`, scope))
}

const statementMembers = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]

function readStatement(value: Json, index: number, path: string, scope: Scope): Statement {
  if (!isObject(value)) throw new PolicyError(path, 'a statement is a JSON object')
  checkMembers(value, statementMembers, path)
  const effect = readEffect(value, path)
  return {
    index,
    sid: readSid(value, path, scope.row),
    effect,
    principal: readPrincipal(value, effect, path, scope.row),
    action: readAction(value, path, scope.row),
    resource: readResource(value, path, scope),
    conditions: readConditions(value, effect, path, scope),
  }
}

function readEffect(statement: JsonObject, path: string): Statement['effect'] {
  const effect = statement.get('Effect')
  if (effect === 'Allow' || effect === 'Deny') return effect
  throw new PolicyError(memberPath(path, 'Effect'), 'the effect is "Allow" or "Deny"')
}

function readSid(statement: JsonObject, path: string, row: PolicyKindRow): string | null {
  const sid = readText(statement, 'Sid', path)
  if (sid !== null && row.strictSid && !/^[A-Za-z0-9]*$/.test(sid)) {
    throw new PolicyError(memberPath(path, 'Sid'), `a Sid has letters and digits only: ${sid}`)
  }
  return sid
}

function checkSids(statements: readonly Statement[]): void {
  const seen = new Set<string>()
  for (const { sid, index } of statements) {
    if (!sid) continue
    if (seen.has(sid))
      throw new PolicyError(`Statement[${index}].Sid`, `the Sid is not the only one: ${sid}`)
    seen.add(sid)
  }
}

function readPrincipal(
  statement: JsonObject,
  effect: Statement['effect'],
  path: string,
  row: PolicyKindRow,
): PrincipalElement | null {
  const name = eitherOf(statement, 'Principal', 'NotPrincipal', path)
  if (row.principal === 'forbidden') {
    if (name)
      throw new PolicyError(memberPath(path, name), 'this kind of policy names no principal')
    return null
  }
  if (!name) throw new PolicyError(path, 'Policy contains a statement with no principal')
  const here = memberPath(path, name)
  const negated = name === 'NotPrincipal'
  if (negated && !row.notPrincipal) {
    throw new PolicyError(here, 'this kind of policy has no NotPrincipal')
  }
  if (negated && effect === 'Allow') throw new PolicyError(here, 'NotPrincipal is for "Deny" only')
  const options = { negated, federated: row.federated }
  const element = parsePrincipals(statement.get(name) ?? null, options, here)
  if (row.principal === 'everyone' && !isEveryone(element)) {
    throw new PolicyError(here, 'the principal of this kind of policy is "*"')
  }
  return element
}

/** `*` or `{"AWS": "*"}` */
function isEveryone({ patterns }: PrincipalElement): boolean {
  return patterns.length === 1 && patterns[0]?.kind === 'everyone'
}

function readAction(statement: JsonObject, path: string, row: PolicyKindRow): ActionElement | null {
  const name = eitherOf(statement, 'Action', 'NotAction', path)
  if (!name) {
    if (row.incomplete) return null
    throw new PolicyError(path, 'the statement has neither Action nor NotAction')
  }
  const here = memberPath(path, name)
  return parseAction(readTexts(statement.get(name), here), name === 'NotAction', here)
}

function readResource(
  statement: JsonObject,
  path: string,
  { row, version }: Scope,
): ResourceElement | null {
  const name = eitherOf(statement, 'Resource', 'NotResource', path)
  if (!row.resource) {
    if (name) throw new PolicyError(memberPath(path, name), 'a trust policy names no resource')
    return parseResource(['*'], false, version, path)
  }
  if (!name) {
    if (row.incomplete) return null
    throw new PolicyError(path, 'the statement has neither Resource nor NotResource')
  }
  const here = memberPath(path, name)
  return parseResource(readTexts(statement.get(name), here), name === 'NotResource', version, here)
}

function readConditions(
  statement: JsonObject,
  effect: Statement['effect'],
  path: string,
  scope: Scope,
): Condition[] {
  const here = memberPath(path, 'Condition')
  const conditions = parseConditions(statement.get('Condition'), here, scope)
  return scope.kind === 'key' && effect === 'Allow' ? conditions.map(withoutAliases) : conditions
}

/**
 * AWS has kms:ResourceAliases for IAM policies only, and does not say what it is in a key policy: so
 * that a key policy allows nothing by it. Source: KMS developer guide, "kms:ResourceAliases".
 */
function withoutAliases(condition: Condition): Condition {
  if (condition.lowerCaseKey !== 'kms:resourcealiases') return condition
  const { expected } = condition
  return { ...condition, holds: () => false, met: () => expected.map(() => false) }
}

/** The name of the one of two elements that is there; undefined when neither is. */
function eitherOf<A extends string, B extends string>(
  statement: JsonObject,
  one: A,
  other: B,
  path: string,
): A | B | undefined {
  if (!statement.has(one)) return statement.has(other) ? other : undefined
  if (statement.has(other)) {
    throw new PolicyError(memberPath(path, other), `a statement has ${one} or ${other}, not both`)
  }
  return one
}

function checkMembers(object: JsonObject, known: readonly string[], path: string): void {
  for (const name of object.keys()) {
    if (!known.includes(name)) {
      throw new PolicyError(memberPath(path, name), `unknown element: ${name}`)
    }
  }
}

function readText(object: JsonObject, name: string, path: string): string | null {
  const value = object.get(name)
  if (value === undefined) return null
  if (typeof value === 'string') return value
  throw new PolicyError(memberPath(path, name), `${name} is text`)
}

/** A text, or a list of texts. */
function readTexts(value: Json | undefined, path: string): string[] {
  return (isList(value) ? value : [value]).map((item) => {
    if (typeof item === 'string') return item
    throw new PolicyError(path, 'wanted text or a list of texts')
  })
}

function keysOf(statements: readonly Statement[]): Set<string> {
  const keys = new Set<string>()
  for (const { conditions, resource } of statements) {
    for (const condition of conditions) for (const key of condition.keys) keys.add(key)
    for (const key of resource?.variableKeys ?? []) keys.add(key)
  }
  return keys
}
