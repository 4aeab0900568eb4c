/**
 * A key policy in its plainest form: for every action the statements that matter for it, each said
 * in one way, and without what another statement says already. Two policies of one plain form decide
 * every request alike; of two whose forms differ nothing is known.
 */
import { absentHolds, parseOperator, type Condition } from './condition.ts'
import type { PolicyDocument, Statement } from './document.ts'
import type { ResourceElement } from './elements.ts'
import { negationOf } from './operators.ts'
import type { PrincipalElement } from './principals.ts'

/** One statement as far as one action is concerned. */
interface Rule {
  readonly effect: Statement['effect']
  readonly notPrincipal: boolean
  /** Sorted; only `everyone` where it is among them. */
  readonly principals: readonly string[]
  /** `*`, or what the element says. */
  readonly resource: string
  /** Each condition, with the one that holds exactly when it does not, where one is known. */
  readonly conditions: ReadonlyMap<string, string | null>
}

/** @param actions All that the policy is ever asked about: `kms:Decrypt`. */
export function plainForm({ statements }: PolicyDocument, actions: readonly string[]): string {
  const rules = statements.flatMap((statement) => {
    const rule = ruleOf(statement)
    return rule ? [{ action: statement.action, rule }] : []
  })
  // Most actions are in the same few statements.
  const plain = new Map<string, readonly string[]>()
  const forms = actions.map((name) => {
    const lower = name.toLowerCase()
    const isAbout = rules.map(({ action }) => action?.matches(lower) ?? false)
    const which = isAbout.map(Number).join('')
    const found =
      plain.get(which) ?? plainRules(rules.flatMap(({ rule }, at) => (isAbout[at] ? [rule] : [])))
    plain.set(which, found)
    return found
  })
  return JSON.stringify(forms)
}

/** Null for a statement that never applies. */
function ruleOf({ effect, principal, resource, conditions }: Statement): Rule | null {
  if (!principal || !resource || principal.patterns.length === 0) return null
  if (conditions.some(({ expected }) => expected.length === 0)) return null
  const where = plainResource(resource)
  if (where === null) return null
  return {
    effect,
    notPrincipal: principal.negated,
    principals: plainPrincipals(principal),
    resource: where,
    conditions: new Map(conditions.map((one) => [plainCondition(one), plainTwin(one)])),
  }
}

const everyone = 'everyone'

/** Beside `*` no name says more: `*` lets nobody in less than a name does. */
function plainPrincipals({ patterns }: PrincipalElement): string[] {
  if (patterns.some(({ kind }) => kind === 'everyone')) return [everyone]
  return distinct(patterns.map(({ kind, name }) => `${kind} ${name}`))
}

function plainResource({ negated, expected }: ResourceElement): string | null {
  if (expected.length === 0) return null
  if (expected.includes('*')) return negated ? null : '*'
  return JSON.stringify([negated, ...distinct(expected)])
}

/**
 * The keys that every signed request on a key has: there IfExists adds nothing. IAM user guide, "AWS
 * global condition context keys"; KMS developer guide, "kms:CallerAccount".
 */
const everyRequestHas: ReadonlySet<string> = new Set([
  'aws:currenttime',
  'aws:epochtime',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:requestedregion',
  'aws:securetransport',
  'kms:calleraccount',
])

function plainCondition({ operator, lowerCaseKey, expected }: Condition): string {
  const name = parseOperator(operator)
  if (!name) throw new Error(`unknown condition operator: ${operator}`)
  const { qualifier, ifExists } = name
  // AWS has ArnEquals and ArnLike for one thing.
  const plainName = name.operator.name.replace(/^Arn(Not)?Equals$/, 'Arn$1Like')
  const passesAbsent =
    ifExists && !absentHolds(name.operator, qualifier) && !everyRequestHas.has(lowerCaseKey)
  const values = /IgnoreCase$|^Bool$|^Null$/.test(plainName)
    ? expected.map((value) => value.toLowerCase())
    : expected
  const isAll = /^String(?:Not)?Like$/.test(plainName) && values.includes('*')
  const plainValues = isAll ? ['*'] : distinct(values)
  return JSON.stringify([plainName, qualifier, passesAbsent, lowerCaseKey, plainValues])
}

/** Keys with one value at most: of a list, neither an operator nor its negation holds. */
const singleValued = /^kms:(?:recipientattestation|encryptioncontext):/

/** The plain form of the condition that holds exactly when this one does not; null if none is known. */
function plainTwin(condition: Condition): string | null {
  const name = parseOperator(condition.operator)
  if (name?.qualifier !== null || (name.ifExists && !name.operator.negated)) return null
  if (!singleValued.test(condition.lowerCaseKey)) return null
  const twin = negationOf(name.operator)
  return twin ? plainCondition({ ...condition, operator: twin.name }) : null
}

/** Sorted, each once, without those that another makes needless. */
function plainRules(rules: readonly Rule[]): string[] {
  const denials = rules.filter(({ effect }) => effect === 'Deny')
  const narrowed = new Map(
    rules
      .map((rule) => (rule.effect === 'Allow' ? narrow(rule, denials) : rule))
      .map((rule) => [ruleText(rule), rule]),
  )
  return [...narrowed]
    .filter(
      ([text, rule]) => ![...narrowed].some(([other, by]) => other !== text && covers(by, rule)),
    )
    .map(([text]) => text)
    .sort()
}

/**
 * An Allow with what a Deny leaves of it: where the Deny applies unless a condition holds, the Allow
 * counts only when it holds, and might as well say so.
 */
function narrow(allowing: Rule, denials: readonly Rule[]): Rule {
  const conditions = new Map(allowing.conditions)
  for (const denial of denials) {
    if (!isAboutAll(denial, allowing)) continue
    const [only, ...more] = [...denial.conditions].filter(([text]) => !conditions.has(text))
    if (only?.[1] && more.length === 0) conditions.set(only[1], only[0])
  }
  return { ...allowing, conditions }
}

/** Whether one applies, and to the same effect or to a denial, whenever the other does. */
function covers(by: Rule, rule: Rule): boolean {
  if (by.effect !== rule.effect && by.effect !== 'Deny') return false
  return isAboutAll(by, rule) && [...by.conditions.keys()].every((one) => rule.conditions.has(one))
}

/** Whether one is about every principal and resource that the other is about. */
function isAboutAll(one: Rule, other: Rule): boolean {
  if (one.resource !== '*' && one.resource !== other.resource) return false
  if (!one.notPrincipal && one.principals.includes(everyone)) return true
  if (one.notPrincipal !== other.notPrincipal) return false
  return one.notPrincipal
    ? one.principals.join() === other.principals.join()
    : other.principals.every((name) => one.principals.includes(name))
}

function ruleText({ effect, notPrincipal, principals, resource, conditions }: Rule): string {
  return JSON.stringify([effect, notPrincipal, principals, resource, [...conditions.keys()].sort()])
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort()
}
