/**
 * Why a statement can never apply to a call on the key of its policy. It says so only where no request
 * at all would do: an empty element, a resource that is no key, conditions that cannot hold, alone or
 * together. Source: IAM user guide, "IAM JSON policy elements".
 */
import type { Condition } from '../condition.ts'
import { isKnownKey, isMultivalued } from '../condition-keys.ts'
import { always, nothing } from './contexts.ts'
import { actionsWithKey, keyActions } from './actions.ts'
import { checkBounds } from './bounds.ts'
import type { Hit } from './finding.ts'
import { checkOwnCallers } from './own-callers.ts'
import type { ConditionView, StatementView } from './statement-view.ts'
import { impossibleValues, literalWildcards } from './value-forms.ts'

/** Null where some request on the key could match; on any key where it is not known which. */
export function whyImpossible(view: StatementView, keyArn?: string): Hit | null {
  for (const check of checks) {
    const hit = check(view, keyArn)
    if (hit) return hit
  }
  return null
}

/** Whether a condition wants a key that no request has to be there. */
export function asksForUnknownKey({ others }: StatementView): boolean {
  return others.some(({ condition }) => !isKnownKey(condition.key) && !condition.holds(nothing))
}

type Check = (view: StatementView, keyArn: string | undefined) => Hit | null

const checks: readonly Check[] = [
  checkMembers,
  checkResource,
  checkOwnKey,
  checkOperators,
  checkValues,
  checkPresence,
  checkEqualities,
  checkBounds,
  checkActionKeys,
  checkOwnCallers,
]

function checkMembers({ statement, path }: StatementView): Hit | null {
  const { action, resource, principal } = statement
  const empty = (element: string): Hit => ({
    path: `${path}.${element}`,
    message: `the statement has no effect: its ${element} is empty`,
    fix: `name what the statement is about, or take it out`,
  })
  if (!action) return { ...empty('Action'), path }
  if (!resource) return { ...empty('Resource'), path }
  if (action.expected.length === 0) return empty(action.negated ? 'NotAction' : 'Action')
  if (resource.expected.length === 0) return empty(resource.negated ? 'NotResource' : 'Resource')
  if (principal?.expected.length === 0 && !principal.negated) return empty('Principal')
  const none = statement.conditions.find(({ expected }) => expected.length === 0)
  if (!none || none.holds(nothing)) return null
  return empty(`Condition.${none.operator}.${none.key}`)
}

/** A key's policy is asked about that key alone, by its key ARN. */
const keyArnForm = /^(?:\*|arn:[^:]*:kms:[^:]*:[^:]*:(?:key\/.*|[^:/]*\*.*))$/

function checkResource({ statement: { resource }, path }: StatementView): Hit | null {
  if (!resource) return null
  const { negated, expected } = resource
  const element = negated ? 'NotResource' : 'Resource'
  const isNone = negated
    ? expected.includes('*')
    : expected.every((text) => !keyArnForm.test(text.replace(/\$\{[^}]*\}/g, '*')))
  if (!isNone) return null
  return {
    path: `${path}.${element}`,
    message: `no key has such an ARN, so the statement never applies: ${expected.join(', ')}`,
    fix: 'write "Resource": "*", which in a key policy means this key',
  }
}

/** Where the key is known: the statement is about others. */
function checkOwnKey(
  { statement: { resource }, path }: StatementView,
  keyArn?: string,
): Hit | null {
  if (keyArn === undefined || !resource || resource.variableKeys.length > 0) return null
  if (resource.matches(keyArn, nothing)) return null
  return {
    path: `${path}.${resource.negated ? 'NotResource' : 'Resource'}`,
    message: `this is the policy of ${keyArn}, which the statement is not about, so it never applies`,
    fix: 'write "Resource": "*", which in a key policy means this key',
  }
}

function checkOperators(view: StatementView): Hit | null {
  for (const one of conditionsOf(view)) {
    const reason = operatorReason(one)
    if (reason) return { path: one.path, ...reason }
  }
  return null
}

function operatorReason(one: ConditionView): Omit<Hit, 'path'> | null {
  const { condition, name } = one
  const { lowerCaseKey, key, operator, expected } = condition
  if (name.operator.negated || name.ifExists || condition.holds(nothing)) return null
  if (name.operator.name === 'Null' || expected.length === 0) return null
  if (name.qualifier === null && isMultivalued(lowerCaseKey)) {
    return {
      message: `${key} has many values, and ${operator} compares none of them`,
      fix: `write ForAnyValue:${operator} or ForAllValues:${operator}`,
    }
  }
  if (
    name.operator.name.startsWith('Arn') &&
    expected.every((value) => value.split(':').length < 6)
  ) {
    return {
      message: `${operator} compares an ARN part by part, and ${expected.join(', ')} has too few`,
      fix: 'write all six parts, like arn:aws:iam::111122223333:role/*',
    }
  }
  const literal = literalWildcards(one)
  if (literal) return { message: literal.why, fix: literal.fix }
  if (isMeasurementKey(lowerCaseKey) && !name.operator.name.startsWith('String')) {
    return {
      message: `${operator} does not compare hex digits, which is what ${key} has`,
      fix: 'write StringEqualsIgnoreCase',
    }
  }
  return null
}

function checkValues(view: StatementView): Hit | null {
  for (const one of conditionsOf(view)) {
    const { condition, name, path } = one
    if (name.operator.negated || condition.holds(nothing)) continue
    const reason = name.ifExists ? null : impossibleValues(one)
    if (!reason) continue
    return { path, message: `no request has such a value: ${reason.why}`, fix: reason.fix }
  }
  return null
}

function isMeasurementKey(lowerCaseKey: string): boolean {
  return lowerCaseKey.startsWith('kms:recipientattestation:')
}

/** A key that has to be absent, and has to be there for another condition. */
function checkPresence(view: StatementView): Hit | null {
  const all = conditionsOf(view)
  for (const one of all) {
    const { name, condition } = one
    if (name.operator.name !== 'Null' || !condition.holds(nothing)) continue
    if (condition.expected.some((value) => value.toLowerCase() === 'false')) continue
    const other = all.find(
      ({ condition: other }) =>
        other.lowerCaseKey === condition.lowerCaseKey && !other.holds(nothing),
    )
    if (!other) continue
    return {
      path: one.path,
      message: `${condition.key} has to be absent here, and there for ${other.condition.operator}`,
      fix: 'take one of the two conditions out',
    }
  }
  return null
}

/** Conditions on one key that want different values: what equality names is all that could be. */
function checkEqualities(view: StatementView): Hit | null {
  const byKey = new Map<string, ConditionView[]>()
  for (const one of conditionsOf(view)) {
    const key = canonical(one.condition)
    byKey.set(key, [...(byKey.get(key) ?? []), one])
  }
  for (const [key, same] of byKey) {
    if (same.length < 2 || isMultivalued(key) || same.some(hasVariables)) continue
    const equality = same.find(({ condition }) => equalityForm.test(condition.operator))
    if (!equality || equality.condition.expected.length === 0) continue
    const meetsAll = (value: string): boolean =>
      same.every(({ condition }) => condition.holds(always(value)))
    if (equality.condition.expected.some(meetsAll)) continue
    return {
      path: equality.path,
      message: `no value of ${equality.condition.key} meets all of the statement's conditions on it`,
      fix: 'list the values that may be in one condition: a list means any of them',
    }
  }
  return null
}

const equalityForm = /^(?:ForAnyValue:)?StringEquals$/i

/** ImageSha384 is PCR0 by another name. */
function canonical({ lowerCaseKey }: Condition): string {
  return lowerCaseKey.replace(
    /^kms:recipientattestation:imagesha384$/,
    'kms:recipientattestation:pcr0',
  )
}

function hasVariables({ condition }: ConditionView): boolean {
  return condition.keys.length > 1
}

/** A condition on what none of the statement's actions says. Attestation has a rule of its own. */
function checkActionKeys(view: StatementView): Hit | null {
  for (const one of view.others) {
    const { condition, path } = one
    if (condition.holds(nothing) || !isOfOtherActions(view, one)) continue
    return {
      path,
      message: `none of the statement's actions ever has ${condition.key}`,
      fix: 'ask for it only where a request has it, in a statement of its own',
    }
  }
  return null
}

/** Whether none of the statement's actions ever sets the condition's key. */
export function isOfOtherActions(
  { statement: { action } }: StatementView,
  { condition }: ConditionView,
): boolean {
  const setters = actionsWithKey(condition.lowerCaseKey)
  if (!action || !setters) return false
  const asked = [...keyActions.keys()].filter((name) => action.matches(name))
  return asked.length > 0 && !asked.some((name) => setters.has(name))
}

function conditionsOf({ attestation, others }: StatementView): ConditionView[] {
  return [...attestation, ...others]
}
