/**
 * The usual mistakes in the elements of a statement (Principal, Action, Resource), one rule each: of
 * an Allow that fits but for one element, or a Deny that was meant to spare the caller. Sources: IAM
 * user guide, "AWS JSON policy elements: Principal" and "NotPrincipal"; KMS developer guide, "Key
 * policies".
 */
import { arnName } from './arn-pattern.ts'
import { distance } from './distance.ts'
import type { ElementExplanation, Evaluation, StatementExplanation } from './explain.ts'
import { keyActions, keylessActions } from './lint/actions.ts'
import type { AccessRequest, Principal } from './request.ts'

/** A statement that was looked at for a request, and the policy that it stands in. */
interface Looked {
  readonly statement: StatementExplanation
  readonly request: AccessRequest
  readonly evaluation: Evaluation
}

export function statementHints(
  statement: StatementExplanation,
  request: AccessRequest,
  evaluation: Evaluation,
): (string | false)[] {
  const { effect, elements, applies } = statement
  const looked = { statement, request, evaluation }
  const rest = [missingElement(looked)]
  if (effect === 'Deny') return [...rest, applies && notPrincipalHint(looked)]
  const [failing, ...more] = elements.filter(({ matched }) => !matched)
  if (!failing || more.length > 0) return rest
  const rules = rulesOf[failing.element] ?? []
  // One element has one hint, the nearest.
  const hint = rules.map((rule) => rule(failing, looked)).find((text) => text !== false)
  return [...rest, hint ?? false]
}

function missingElement({ statement: { elements, index, sid } }: Looked): string | false {
  const missing = elements.find(
    ({ element, expected }) => /^(?:Action|Resource)$/.test(element) && expected.length === 0,
  )
  return missing !== undefined && `statement ${sid ?? index} has no ${missing.element}: no effect`
}

type Rule = (failing: ElementExplanation, looked: Looked) => string | false

const principalRules: readonly Rule[] = [
  ({ expected }, { request: { principal } }) => {
    const own = namesOf(principal).map((arn) => arn.toLowerCase())
    const near = expected.find((arn) => own.includes(arn.toLowerCase()))
    return (
      near !== undefined &&
      `the policy names ${near}: the caller is ${principal.arn}, and upper and lower case differ`
    )
  },

  ({ expected }, { request: { principal } }) => {
    const sessions = `${sessionsOf(principal)}/`
    const near = expected.find((arn) => principal.roleArn && arn.startsWith(sessions))
    return (
      near !== undefined &&
      `the policy names another session of the role, ${near}: the caller is ${principal.arn}`
    )
  },

  ({ expected }, { request: { principal } }) => {
    const own = namesOf(principal).map(arnName)
    const near = expected.find((arn) => arn.includes('/') && own.includes(arnName(arn)))
    return near !== undefined && `the policy names ${near}: the caller is ${principal.arn}`
  },

  ({ expected }, { request: { principal, action } }) => {
    const service = expected.find((name) => computing.test(name))
    if (service === undefined || !principal.roleArn || !/^kms:/i.test(action)) return false
    return `the policy names ${service}: what runs there calls as its role, ${principal.roleArn}`
  },
]

/** Services that hand a role's credentials to the programs they run. */
const computing = /^(?:ec2|ecs-tasks|lambda|pods\.eks)\.amazonaws\.com(?:\.cn)?$/

const actionRules: readonly Rule[] = [
  ({ expected }, { request: { action } }) => {
    const asked = action.toLowerCase()
    const near = expected.find((text) => isMisspelt(text.toLowerCase(), asked))
    return near !== undefined && `there is no action ${near}: is ${action} meant?`
  },
]

/** Both in lower case: no action of its own, at most three slips away, and nearer to no other. */
export function isMisspelt(text: string, asked: string): boolean {
  if (/[*?]/.test(text) || keyActions.has(text) || keylessActions.has(text)) return false
  // The operation, for which AWS has two actions.
  if (text === 'kms:reencrypt') return asked.startsWith(text)
  const slips = distance(text, asked)
  if (!text.startsWith('kms:') || !asked.startsWith('kms:') || slips > 3) return false
  return [...keyActions.keys()].every((known) => distance(text, known) >= slips)
}

const resourceRules: readonly Rule[] = [
  ({ expected }, { request: { resource }, evaluation: { policyType } }) => {
    if (!holdsKeys.has(policyType) || !resource.includes(':key/')) return false
    const alias = expected.find((arn) => arn.includes(':alias/'))
    return alias !== undefined && `an alias does not stand for its key in a policy: ${alias}`
  },

  ({ expected }, { request: { resource }, evaluation: { policyType } }) => {
    if (policyType !== 'RESOURCE_BASED_POLICY' || !resource.includes(':key/')) return false
    const other = expected.find((arn) => arn.includes(':key/'))
    return (
      other !== undefined &&
      `the policy is of ${resource}, and the statement is about ${other}: "*" means the policy's own key`
    )
  },
]

const holdsKeys: ReadonlySet<Evaluation['policyType']> = new Set([
  'IDENTITY_BASED_POLICY',
  'RESOURCE_BASED_POLICY',
])

const rulesOf: Readonly<Record<string, readonly Rule[]>> = {
  Principal: principalRules,
  Action: actionRules,
  Resource: resourceRules,
}

/** NotPrincipal spares who is named with all that stands above: the account, the role, the session. */
function notPrincipalHint({ statement, request: { principal } }: Looked): string | false {
  const { expected } = statement.elements.find(({ element }) => element === 'NotPrincipal') ?? {}
  const own = namesOf(principal)
  if (!expected?.some((name) => own.includes(name))) return false
  const isNamed = (name: string): boolean => expected.includes(name)
  const root = rootOf(principal)
  const missing = own.filter((name) => !isNamed(name))
  if (!isNamed(root) && !isNamed(principal.account)) missing.push(root)
  return (
    missing.length > 0 &&
    `NotPrincipal spares the caller only where it also names ${missing.join(' and ')}`
  )
}

/** The caller's ARN, and its role's. */
function namesOf({ arn, roleArn }: Principal): string[] {
  return roleArn === undefined ? [arn] : [arn, roleArn]
}

/** A session's ARN without the session's name. */
function sessionsOf({ arn }: Principal): string {
  return arn.slice(0, arn.lastIndexOf('/'))
}

function rootOf({ arn, account }: Principal): string {
  const [, partition = 'aws'] = arn.split(':')
  return `arn:${partition}:iam::${account}:root`
}
