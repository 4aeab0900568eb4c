/**
 * Small changes of a key policy, each of which somebody could make by mistake: a statement, a
 * principal or a condition gone, an effect turned round, an action or a principal that became more.
 * Tests of a policy are as good as they notice them. Ours; each kind of change is one row.
 */
import { createHash } from 'node:crypto'
import { PolicyError, parsePolicy, type PolicyDocument } from './document.ts'
import { conditionChanges } from './mutate-conditions.ts'
import { askedOf, caseBeyond, caseWithin } from './missing-case.ts'
import { listOf, type Change, type PolicySource, type StatementSource } from './written-policy.ts'

export interface Mutation {
  /** What was changed, in words: `UseByPinnedImage: without the statement`. */
  readonly change: string
  /** The case that would notice it, where it is simple to say: `add a case: …, expect deny`. */
  readonly missing?: string
  /** Where: `Statement[1].Condition.StringEquals.kms:RecipientAttestation:PCR0[0]` */
  readonly path: string
  /** The changed policy, as JSON. */
  readonly policy: string
}

/**
 * Every change, in the order of the policy, and none twice. Those that AWS would not store are left
 * out. Throws PolicyError for a text that is no key policy.
 */
export function mutationsOf(policyText: string): Mutation[] {
  return [...eachMutation(policyText)].filter(({ policy }) => storable(policy))
}

/**
 * The same one by one, because a long policy has thousands and each is as long as the policy; and
 * with those that AWS would not store, because reading each is what takes the time.
 */
export function* eachMutation(policyText: string): Generator<Mutation, void> {
  parsePolicy(policyText, 'key')
  const policy = JSON.parse(policyText) as PolicySource
  const statements = listOf(policy.Statement)
  const seen = new Set([digestOf(textOf(policy, statements))])
  for (const [index, statement] of statements.entries()) {
    const name = statement.Sid ?? `statement ${index}`
    for (const { words, missing, place, replacement } of changesOf(statement)) {
      const changed = replacement ? [replacement] : []
      const text = textOf(policy, statements.toSpliced(index, 1, ...changed))
      const digest = digestOf(text)
      if (seen.has(digest)) continue
      seen.add(digest)
      const path = `Statement[${index}]${place}`
      const asks = missing === undefined ? {} : { missing }
      yield { change: `${name}: ${words}`, ...asks, path, policy: text }
    }
  }
}

/** The policy of a mutation, read; null where AWS would not store it. */
export function storable(text: string): PolicyDocument | null {
  try {
    return parsePolicy(text, 'key')
  } catch (error) {
    if (error instanceof PolicyError) return null
    throw error
  }
}

function textOf(policy: PolicySource, statements: readonly StatementSource[]): string {
  return JSON.stringify({ ...policy, Statement: statements })
}

/** Stands for a text that would be long to keep. */
function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64')
}

/** One row for each kind of change; of a long list, one change at a time. */
const rows: readonly ((statement: StatementSource) => Iterable<Change>)[] = [
  dropStatement,
  turnEffect,
  dropPrincipal,
  widenPrincipal,
  dropAction,
  widenAction,
  negateElement,
  removeResourceLimit,
  conditionChanges,
]

function* changesOf(statement: StatementSource): Generator<Change, void> {
  for (const row of rows) yield* row(statement)
}

function dropStatement(statement: StatementSource): Change[] {
  const missing = caseWithin(statement, `${askedOf(statement)}, which the statement applies to`)
  return [{ words: 'without the statement', missing, place: '', replacement: null }]
}

function turnEffect(statement: StatementSource): Change[] {
  const Effect = statement.Effect === 'Allow' ? 'Deny' : 'Allow'
  const words = `Effect ${Effect} in place of ${statement.Effect}`
  const missing = caseWithin(statement, `${askedOf(statement)}, which the statement applies to`)
  return [{ words, missing, place: '.Effect', replacement: { ...statement, Effect } }]
}

/** One of several: without its last the statement would be another. */
function* dropPrincipal(statement: StatementSource): Generator<Change, void> {
  for (const [element, types] of principalElements(statement)) {
    const all = Object.entries(types).flatMap(([type, names]) =>
      listOf(names).map((name, index) => ({ type, name, index })),
    )
    if (all.length < 2) continue
    for (const { type, name, index } of all) {
      const left = listOf(types[type] ?? []).toSpliced(index, 1)
      yield {
        words: `without the principal ${name}`,
        ...(element === 'Principal' && {
          missing: caseWithin(statement, `${name}, ${askedOf(statement)}`),
        }),
        place: `.${element}.${type}[${index}]`,
        replacement: { ...statement, [element]: { ...types, [type]: left } },
      }
    }
  }
}

/** To the account of a user, a role or a session, and to everyone. */
function* widenPrincipal(statement: StatementSource): Generator<Change, void> {
  const { Principal } = statement
  if (Principal === undefined || Principal === '*') return
  for (const [element, types] of principalElements(statement)) {
    for (const [index, name] of listOf(types.AWS ?? []).entries()) {
      const account = accountOf(name)
      if (account === null) continue
      const AWS = listOf(types.AWS ?? []).with(index, account)
      yield {
        words: `the principal ${account} in place of ${name}`,
        ...(element === 'Principal' && {
          missing: caseBeyond(
            statement,
            `another principal of its account with an identity policy, ${askedOf(statement)}`,
          ),
        }),
        place: `.${element}.AWS[${index}]`,
        replacement: { ...statement, [element]: { ...types, AWS } },
      }
    }
  }
  yield {
    words: 'the principal *: everyone',
    missing: caseBeyond(statement, `any other principal, ${askedOf(statement)}`),
    place: '.Principal',
    replacement: { ...statement, Principal: '*' },
  }
}

/** The account itself is no wider than it is. */
function accountOf(principal: string): string | null {
  const [, partition, account, name] =
    /^arn:([^:]+):(?:iam|sts)::(\d{12}):(.*)$/.exec(principal) ?? []
  if (partition === undefined || account === undefined || name === 'root') return null
  return `arn:${partition}:iam::${account}:root`
}

/** Principal and NotPrincipal where they are an object. */
function principalElements(
  statement: StatementSource,
): [element: string, types: Readonly<Record<string, string | readonly string[]>>][] {
  return (['Principal', 'NotPrincipal'] as const).flatMap((element) => {
    const value = statement[element]
    return typeof value === 'object' ? [[element, value]] : []
  })
}

function* dropAction(statement: StatementSource): Generator<Change, void> {
  for (const element of ['Action', 'NotAction'] as const) {
    const actions = listOf(statement[element] ?? [])
    if (actions.length < 2) continue
    for (const [index, name] of actions.entries()) {
      yield {
        words: `without the ${element === 'Action' ? 'action' : 'exempt action'} ${name}`,
        missing: (element === 'Action' ? caseWithin : caseBeyond)(statement, name),
        place: `.${element}[${index}]`,
        replacement: { ...statement, [element]: actions.toSpliced(index, 1) },
      }
    }
  }
}

/** Each to whatever begins as it does, and all of them to all of KMS. */
function* widenAction(statement: StatementSource): Generator<Change, void> {
  if (statement.Action === undefined) return
  const actions = listOf(statement.Action)
  if (actions.some((name) => /^(?:kms:)?\*$/i.test(name))) return
  for (const [index, name] of actions.entries()) {
    if (name.endsWith('*')) continue
    yield {
      words: `the action ${name}* in place of ${name}`,
      place: `.Action[${index}]`,
      replacement: { ...statement, Action: actions.with(index, `${name}*`) },
    }
  }
  const replacement = { ...statement, Action: 'kms:*' }
  const missing = caseBeyond(statement, 'an action that it does not list')
  yield { words: 'the action kms:*: all of KMS', missing, place: '.Action', replacement }
}

const negations = [
  ['Principal', 'NotPrincipal'],
  ['NotPrincipal', 'Principal'],
  ['Action', 'NotAction'],
  ['NotAction', 'Action'],
] as const

/** KMS has no NotPrincipal beside Allow: such a change is left out as none that AWS would store. */
function negateElement(statement: StatementSource): Change[] {
  return negations.flatMap(([element, other]) => {
    const { [element]: value, ...rest } = statement
    if (value === undefined) return []
    const replacement = { ...rest, [other]: value } as StatementSource
    return [{ words: `${other} in place of ${element}`, place: `.${element}`, replacement }]
  })
}

function removeResourceLimit(statement: StatementSource): Change[] {
  const { NotResource, ...rest } = statement
  if (NotResource === undefined && listOf(statement.Resource ?? '*').includes('*')) return []
  const place = NotResource === undefined ? '.Resource' : '.NotResource'
  const replacement: StatementSource = { ...rest, Resource: '*' }
  return [{ words: 'the resource *: every one', place, replacement }]
}
