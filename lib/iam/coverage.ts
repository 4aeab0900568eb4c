/**
 * Which parts of a policy a set of requests exercises: its statements, principals, actions and
 * condition values. A part that only ever held, or only ever failed, does not count: nobody has seen
 * it make a difference. Ours; AWS has no such measure. docs/policy-cases.md says it for users.
 */
import { parseOperator, type Condition } from './condition.ts'
import type { PolicyDocument, Statement } from './document.ts'
import { namedPrincipals } from './principals.ts'
import { matchStatementPrincipal, type Question } from './statement.ts'

export const coverageKinds = ['statement', 'principal', 'action', 'condition'] as const
export type CoverageKind = (typeof coverageKinds)[number]

export interface CoverageItem {
  /** `Statement[1].Condition.StringEquals.kms:RecipientAttestation:PCR0[0]` */
  readonly path: string
  readonly kind: CoverageKind
  /** What stands there: a Sid, a principal, an action, a condition's value; empty without a Sid. */
  readonly text: string
  readonly covered: boolean
  /** Why it is not covered, in words; null when it is. */
  readonly gap: string | null
}

export interface CoverageCount {
  readonly covered: number
  readonly total: number
}

export interface PolicyCoverage extends CoverageCount {
  /** In the order of the policy. */
  readonly items: readonly CoverageItem[]
  readonly counts: Readonly<Record<CoverageKind, CoverageCount>>
  /** Rounded down: 100 means all of it. */
  readonly percent: number
}

/** What one request made of one statement. */
interface Trial {
  readonly question: Question
  readonly principal: boolean
  readonly action: boolean
  readonly resource: boolean
  readonly conditions: boolean
  readonly applies: boolean
}

export function coverDocument(
  { statements }: PolicyDocument,
  questions: readonly Question[],
): PolicyCoverage {
  const items = statements.flatMap((statement) => {
    const trials = questions.map((question) => trialOf(statement, question))
    return [
      statementItem(statement, trials),
      ...principalItems(statement, trials),
      ...actionItems(statement, trials),
      ...statement.conditions.flatMap((one) => conditionItems(statement, one, trials)),
    ]
  })
  const counts = Object.fromEntries(
    coverageKinds.map((kind) => [kind, countOf(items.filter((item) => item.kind === kind))]),
  ) as Record<CoverageKind, CoverageCount>
  const { covered, total } = countOf(items)
  return { items, counts, covered, total, percent: percentOf(covered, total) }
}

/** Rounded down: 100 means all of it; of nothing, all is covered. */
export function percentOf(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.floor((100 * part) / whole)
}

/** One line: where, what stands there, and what is missing. Of a covered item, that it is. */
export function describeGap({ path, text, gap }: CoverageItem): string {
  const what = text === '' ? '' : ` (${text.length > 64 ? `${text.slice(0, 16)}…` : text})`
  return `${path}${what}: ${gap ?? 'covered'}`
}

function trialOf(statement: Statement, question: Question): Trial {
  const { context, resource: name } = question.request
  const principal = matchStatementPrincipal(statement, question) !== 'NONE'
  const action = statement.action?.matches(question.lowerCaseAction) ?? false
  const resource = statement.resource?.matches(name, context) ?? false
  const conditions = statement.conditions.every((condition) => condition.holds(context))
  const applies = principal && action && resource && conditions
  return { question, principal, action, resource, conditions, applies }
}

/**
 * A statement has to apply to a request and, where one can miss it, to be missed by one: by its
 * principal, its action, its resource or its conditions alone. A request that has nothing to do with
 * it shows nothing.
 */
function statementItem(statement: Statement, trials: readonly Trial[]): CoverageItem {
  const misses = trials.some(
    ({ principal, action, resource, conditions }) =>
      [principal, action, resource, conditions].filter((matched) => !matched).length === 1,
  )
  return item(pathOf(statement), 'statement', statement.sid ?? '', [
    [trials.some(({ applies }) => applies), 'no case that it applies to'],
    [
      misses || !canMiss(statement),
      'no case that it misses by its principal, its action, its resource or its conditions alone',
    ],
  ])
}

function canMiss({ principal, action, resource, conditions }: Statement): boolean {
  const everyone =
    principal === null ||
    (!principal.negated && principal.patterns.some(({ kind }) => kind === 'everyone'))
  const everyAction =
    action !== null &&
    !action.negated &&
    action.expected.some((name) => /^(?:kms:)?\*$/i.test(name))
  const everyResource = resource !== null && !resource.negated && resource.expected.includes('*')
  return !(everyone && everyAction && everyResource && conditions.length === 0)
}

/** The statement has to apply to a caller of that very name; NotPrincipal, to miss it alone. */
function principalItems(statement: Statement, trials: readonly Trial[]): CoverageItem[] {
  const { principal } = statement
  if (!principal) return []
  const path = `${pathOf(statement)}.${principal.negated ? 'NotPrincipal' : 'Principal'}`
  const seen = trials
    .filter(
      ({ principal: matched, action, resource, conditions }) =>
        matched !== principal.negated && action && resource && conditions,
    )
    .map(({ question }) => namedPrincipals(principal, question.request.principal))
  const gap = principal.negated
    ? 'no case in which it is what exempts the caller'
    : 'no case in which the statement applies to it'
  return principal.expected.map((name, index) =>
    item(path + (principal.places[index] ?? ''), 'principal', name, [
      [seen.some((named) => named[index]), gap],
    ]),
  )
}

/** The statement has to apply to an action of that very pattern; NotAction, to miss it alone. */
function actionItems(statement: Statement, trials: readonly Trial[]): CoverageItem[] {
  const { action } = statement
  if (!action) return []
  const path = `${pathOf(statement)}.${action.negated ? 'NotAction' : 'Action'}`
  const seen = trials
    .filter(
      ({ principal, action: matched, resource, conditions }) =>
        matched !== action.negated && principal && resource && conditions,
    )
    .map(({ question }) => action.named(question.lowerCaseAction))
  const gap = action.negated
    ? 'no case in which it is what leaves the action out'
    : 'no case in which the statement applies to it'
  return action.expected.map((name, index) =>
    item(`${path}[${index}]`, 'action', name, [[seen.some((named) => named[index]), gap]]),
  )
}

/**
 * A value has to be what lets the statement apply to one request, and the condition has to fail for
 * another that the statement is about: one of its principals, actions and resources. A negated
 * operator is the other way round: the value has to be what makes it fail.
 */
function conditionItems(
  statement: Statement,
  condition: Condition,
  trials: readonly Trial[],
): CoverageItem[] {
  const negated = parseOperator(condition.operator)?.operator.negated ?? false
  const about = trials.filter(({ principal, action, resource }) => principal && action && resource)
  const failed = about.filter(({ question }) => !condition.holds(question.request.context))
  const applied = about.filter(({ applies }) => applies)
  const met = (negated ? failed : applied).map(({ question }) =>
    condition.met(question.request.context),
  )
  const { operator, key } = condition
  return condition.expected.map((value, index) =>
    item(`${pathOf(statement)}.Condition.${operator}.${key}[${index}]`, 'condition', value, [
      [
        met.some((values) => values[index]),
        negated
          ? 'no case in which the condition fails by this value'
          : 'no case in which the statement applies by this value',
      ],
      [
        (negated ? applied : failed).length > 0,
        negated
          ? 'no case in which the condition holds and the statement applies'
          : 'no case in which the condition fails',
      ],
    ]),
  )
}

/** A demand, and what is missing where it is not met. */
type Demand = readonly [met: boolean, gap: string]

function item(
  path: string,
  kind: CoverageKind,
  text: string,
  demands: readonly Demand[],
): CoverageItem {
  const gap = demands.find(([met]) => !met)?.[1] ?? null
  return { path, kind, text, covered: gap === null, gap }
}

function pathOf({ index }: Statement): string {
  return `Statement[${index}]`
}

function countOf(items: readonly CoverageItem[]): CoverageCount {
  return { covered: items.filter(({ covered }) => covered).length, total: items.length }
}
