/**
 * The likely mistake behind a refusal, in words: what AWS's text never says. Each rule names one
 * mistake that people make with KMS policies; a hint is a guess at the cause, never a reason for the
 * decision.
 */
import { compileCondition } from './condition.ts'
import { closestKey, isKnownKey, registerRange } from './condition-keys.ts'
import { culpritsOf, wantsEquality, type Culprit } from './culprits.ts'
import { isSameAccount, worksAcrossAccounts } from './decision.ts'
import type { Evaluation, Explanation } from './explain.ts'
import { isMeasurement, measurementHints, type HintFacts } from './measurement-mistakes.ts'
import { wildcardTest } from './pattern.ts'
import { PolicyError } from './policy-error.ts'
import { limits } from './policy-set.ts'
import type { AccessRequest } from './request.ts'
import { statementHints } from './statement-mistakes.ts'

export { failingCondition, type FailingCondition } from './culprits.ts'
export type { HintFacts } from './measurement-mistakes.ts'

/** No hints for a request that was allowed. */
export function hints(
  request: AccessRequest,
  explanation: Explanation,
  facts: HintFacts,
): string[] {
  if (explanation.effect === 'ALLOW') return []
  const found = [
    ...culpritsOf(explanation).flatMap((culprit) => conditionHints(culprit, request, facts)),
    ...explanation.evaluations.flatMap((evaluation) =>
      evaluation.statements.flatMap((statement) => statementHints(statement, request, evaluation)),
    ),
    ...decisionRules.map((rule) => rule(request, explanation)),
  ]
  return [...new Set(found.filter((hint) => hint !== false))]
}

function conditionHints(
  culprit: Culprit,
  request: AccessRequest,
  facts: HintFacts,
): (string | false)[] {
  if (culprit.evaluation.policyType === 'GRANT') return [constraintHint(culprit)]
  const general = conditionRules.map((rule) => rule(culprit, request))
  // Of a register that there is not it says all that no request has such a key.
  return isMeasurement(culprit.key) && isKnownKey(culprit.key)
    ? [...measurementHints(culprit, request, facts), ...general]
    : general
}

function constraintHint({ operator, actual, evaluation }: Culprit): string | false {
  if (actual !== null) return false
  const what = operator === 'SourceArn' ? 'aws:SourceArn' : 'encryption context'
  return `the request has no ${what}, and the grant ${evaluation.policy} wants one`
}

type ConditionRule = (culprit: Culprit, request: AccessRequest) => string | false

const conditionRules: readonly ConditionRule[] = [
  ({ key, actual }) => {
    if (actual !== null || isKnownKey(key)) return false
    const range = registerRange(key)
    if (range) return `no request has a condition key ${key}: the registers are ${range}`
    const closest = closestKey(key)
    return `no request has a condition key ${key}${closest ? `: is ${closest} meant?` : ''}`
  },

  (culprit, request) =>
    isTakenLiterally(culprit, request) &&
    `the \${…} of ${culprit.key} is taken literally: policy variables want "Version": "2012-10-17"`,

  ({ operator, key, actual }) =>
    Array.isArray(actual) &&
    !operator.includes(':') &&
    `${key} is multivalued: ${operator} compares nothing without ForAllValues or ForAnyValue`,

  (culprit) => {
    const value = findExpected(culprit, (expected, actual) => expected.trim() === actual.trim())
    return value !== undefined && `the values of ${culprit.key} differ only by white space`
  },

  (culprit) => {
    const value = findExpected(
      culprit,
      (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
    )
    if (value === undefined) return false
    const digits = isMeasurement(culprit.key) ? ": the request's hex digits are lower-case" : ''
    return `the values of ${culprit.key} differ only by case${digits} (StringEqualsIgnoreCase)`
  },

  (culprit) => {
    if (!/^(?:\w+:)?String(?:Not)?Equals/i.test(culprit.operator)) return false
    const value = findExpected(
      culprit,
      (expected, actual) => /[*?]/.test(expected) && wildcardTest(expected)(actual),
    )
    return (
      value !== undefined &&
      `${culprit.operator} takes * and ? literally: StringLike is the one with wildcards`
    )
  },

  ({ key, actual }, { context }) => {
    const name = /^kms:encryptioncontext:(.*)$/is.exec(key)?.[1]
    if (name === undefined || actual !== null) return false
    return context.get('kms:encryptioncontextkeys') === undefined
      ? `the request has no encryption context: ${key} is not there`
      : `the request's encryption context has no pair named ${name}`
  },

  ({ key, actual }) =>
    /^aws:securetransport$/i.test(key) &&
    actual === 'false' &&
    'the call came over plain HTTP: aws:SecureTransport is true over --tls only',
]

/** Whether the condition would have let the request by in the language that has variables. */
function isTakenLiterally(
  { operator, key, expected, statement }: Culprit,
  { context }: AccessRequest,
): boolean {
  if (!expected.some((value) => value.includes('${'))) return false
  try {
    const condition = compileCondition({ operator, key, expected }, '2012-10-17', key)
    return condition.holds(context) === (statement.effect === 'Allow')
  } catch (error) {
    if (error instanceof PolicyError) return false
    throw error
  }
}

/** A value of the policy that is not the request's, but nearly. */
function findExpected(
  culprit: Culprit,
  isNear: (expected: string, actual: string) => boolean,
): string | undefined {
  const { actual, expected } = culprit
  if (typeof actual !== 'string' || !wantsEquality(culprit)) return undefined
  return expected.find((value) => value !== actual && isNear(value, actual))
}

type DecisionRule = (request: AccessRequest, explanation: Explanation) => string | false

const decisionRules: readonly DecisionRule[] = [
  (request, explanation) =>
    explanation.effect === 'IMPLICIT_DENY' &&
    !isSameAccount(request) &&
    !worksAcrossAccounts(request) &&
    `${request.action} does not work on a key of another account, whatever the policies allow`,

  ({ action }, explanation) =>
    /^kms:RetireGrant$/i.test(action) &&
    explanation.effect === 'IMPLICIT_DENY' &&
    allowsIn(explanation, 'RESOURCE_BASED_POLICY') &&
    'kms:RetireGrant has no effect in a key policy: the grant says who may retire it',

  ({ principal, action }, explanation) =>
    explanation.effect === 'IMPLICIT_DENY' &&
    principal.type !== 'Account' &&
    limits.every((type) => !isLimitedBy(explanation, type)) &&
    allowsIn(explanation, 'RESOURCE_BASED_POLICY') &&
    !allowsIn(explanation, 'IDENTITY_BASED_POLICY') &&
    `the ${resourcePolicy(action)} leaves it to account ${principal.account}: no identity policy allows it`,

  ({ principal, action }, explanation) =>
    explanation.effect === 'IMPLICIT_DENY' &&
    explanation.evaluations.some(({ policyType }) => policyType === 'RESOURCE_BASED_POLICY') &&
    !allowsIn(explanation, 'RESOURCE_BASED_POLICY') &&
    allowsIn(explanation, 'IDENTITY_BASED_POLICY') &&
    `an identity policy allows it, but identity policies count only where the ${resourcePolicy(action)} ` +
      `allows the caller or its account ${principal.account}`,

  (_, explanation) =>
    explanation.effect === 'IMPLICIT_DENY' &&
    isLimitedBy(explanation, 'RESOURCE_CONTROL_POLICY') &&
    'no resource control policy allows it: AWS always attaches RCPFullAWSAccess, which does',
]

/** The policy of what is acted on: a role has another than a key. */
export function resourcePolicy(action: string): string {
  return /^sts:/i.test(action) ? 'trust policy' : 'key policy'
}

function isLimitedBy(explanation: Explanation, type: Evaluation['policyType']): boolean {
  const present = explanation.evaluations.some(({ policyType }) => policyType === type)
  return present && !allowsIn(explanation, type)
}

function allowsIn({ evaluations }: Explanation, type: Evaluation['policyType']): boolean {
  return evaluations.some(
    ({ policyType, statements }) =>
      policyType === type &&
      statements.some(({ effect, applies }) => applies && effect === 'Allow'),
  )
}
