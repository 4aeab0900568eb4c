/**
 * Small changes of a policy, each of which a case should notice: a statement or a condition gone, an
 * effect turned round, a principal or an action that became everyone or everything, a condition that
 * an absent key passes. Changes that leave the meaning as it was are not among them.
 */

export interface Mutant {
  /** What was changed, and where. */
  readonly change: string
  /** The changed policy, as JSON. */
  readonly policy: string
}

type Conditions = Record<string, Record<string, unknown>>

interface Statement {
  readonly Sid: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal: unknown
  readonly Action: unknown
  readonly Condition?: Conditions
}

interface Policy {
  readonly Statement: readonly Statement[]
}

export function mutantsOf(text: string): Mutant[] {
  const policy = JSON.parse(text) as Policy
  const mutants = policy.Statement.flatMap((statement, index) =>
    changesOf(statement).map(([change, replacement]) => ({
      change: `${statement.Sid}: ${change}`,
      policy: JSON.stringify({
        ...policy,
        Statement: policy.Statement.toSpliced(index, 1, ...replacement),
      }),
    })),
  )
  const same = JSON.stringify(policy)
  return mutants.filter((mutant) => mutant.policy !== same)
}

type Change = readonly [change: string, replacement: readonly Statement[]]

function changesOf(statement: Statement): Change[] {
  const { Effect, Condition = {} } = statement
  const turned = Effect === 'Allow' ? 'Deny' : 'Allow'
  return [
    ['dropped', []],
    [`Effect ${turned}`, [{ ...statement, Effect: turned }]],
    ['Principal *', [{ ...statement, Principal: '*' }]],
    ['Action kms:*', [{ ...statement, Action: 'kms:*' }]],
    ...Object.entries(Condition).flatMap(([operator, keys]) => [
      ...Object.keys(keys).map((key): Change => [
        `${operator} ${key} dropped`,
        [{ ...statement, Condition: { ...Condition, [operator]: without(keys, key) } }],
      ]),
      // A negated operator lets an absent key pass as it is.
      ...(operator.includes('Not') ? [] : [ifExists(statement, operator, keys)]),
    ]),
  ]
}

function without<T>(map: Readonly<Record<string, T>>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(map).filter(([other]) => other !== name))
}

function ifExists(statement: Statement, operator: string, keys: Record<string, unknown>): Change {
  const others = without(statement.Condition ?? {}, operator)
  const Condition = { ...others, [`${operator}IfExists`]: keys }
  return [`${operator}IfExists`, [{ ...statement, Condition }]]
}
