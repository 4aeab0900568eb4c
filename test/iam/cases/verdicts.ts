/**
 * The decision over all policy types once more, for the tests: written from AWS's rules alone, about
 * policies of which it only knows what they say. It shares no code with lib/iam.
 */

/** Who calls. Partners are of another account than the key. */
export type Who =
  | 'root'
  | 'user'
  | 'session'
  | 'federated'
  | 'service'
  | 'partnerRoot'
  | 'partnerUser'
  | 'partnerSession'

/** What the policies of one type say: `none` where the caller has no such policy. */
export type Word = 'none' | 'silent' | 'allows' | 'denies'

/** Whom the key policy's Allow names. `denies`: it allows everyone, and denies the caller. */
export type KeyWord = 'silent' | 'account' | 'role' | 'name' | 'everyone' | 'denies'

/** To whom a grant is, for the action or for another one. */
export type GrantWord = 'none' | 'otherAction' | 'account' | 'role' | 'name'

export interface Situation {
  readonly who: Who
  readonly key: KeyWord
  readonly identity: Word
  readonly boundary: Word
  readonly session: Word
  readonly scp: Word
  readonly rcp: Word
  readonly vpce: Word
  readonly grant: GrantWord
}

export interface Expected {
  readonly effect: 'ALLOW' | 'IMPLICIT_DENY' | 'EXPLICIT_DENY'
  readonly decidedBy: string
  /** What says so. */
  readonly clause: string
}

const clauses = {
  deny: 'IAM: explicit and implicit denies',
  ceiling: 'IAM: SCPs, RCPs and VPC endpoint policies only limit',
  delegation: 'KMS: Allow access to the AWS account and enable IAM policies',
  direct: 'IAM: a resource-based policy that names the principal',
  role: 'IAM: a resource-based policy that names the role',
  silent: 'KMS: every key needs a key policy that allows',
  cross: 'KMS: Allowing users in other accounts to use a KMS key',
  grant: 'KMS: Grants',
}

export function isPartner(who: Who): boolean {
  return who.startsWith('partner')
}

export function isRoot(who: Who): boolean {
  return who === 'root' || who === 'partnerRoot'
}

export function expectedOf(s: Situation): Expected {
  return denied(s) ?? limited(s) ?? allowedByKey(s) ?? byGrant(s) ?? refusedByKey(s)
}

/** Whatever allows, a denial wins; of several the first of this order is named. */
function denied(s: Situation): Expected | null {
  const order: readonly (readonly [word: string, type: string])[] = [
    [s.scp, 'SERVICE_CONTROL_POLICY'],
    [s.rcp, 'RESOURCE_CONTROL_POLICY'],
    [s.key, 'RESOURCE_BASED_POLICY'],
    [s.identity, 'IDENTITY_BASED_POLICY'],
    [s.boundary, 'PERMISSIONS_BOUNDARY'],
    [s.session, 'SESSION_POLICY'],
    [s.vpce, 'VPC_ENDPOINT_POLICY'],
  ]
  const denial = order.find(([word]) => word === 'denies')
  return denial ? { effect: 'EXPLICIT_DENY', decidedBy: denial[1], clause: clauses.deny } : null
}

function limited(s: Situation): Expected | null {
  if (s.rcp === 'silent') return no('RESOURCE_CONTROL_POLICY', clauses.ceiling)
  if (s.scp === 'silent') return no('SERVICE_CONTROL_POLICY', clauses.ceiling)
  if (s.vpce === 'silent') return no('VPC_ENDPOINT_POLICY', clauses.ceiling)
  return null
}

function allowedByKey(s: Situation): Expected | null {
  const verdict = judgedByKey(s)
  return verdict.effect === 'ALLOW' ? verdict : null
}

function refusedByKey(s: Situation): Expected {
  return judgedByKey(s)
}

function judgedByKey(s: Situation): Expected {
  if (s.key === 'silent') {
    return no('RESOURCE_BASED_POLICY', isPartner(s.who) ? clauses.cross : clauses.silent)
  }
  if (isPartner(s.who)) {
    return yesUnless(missingIdentity(s), 'IDENTITY_BASED_POLICY', clauses.cross)
  }
  if (s.key === 'account') {
    const by = s.who === 'root' ? 'RESOURCE_BASED_POLICY' : 'IDENTITY_BASED_POLICY'
    return yesUnless(missingIdentity(s), by, clauses.delegation)
  }
  if (s.key === 'role') return yesUnless(missingLimit(s), 'RESOURCE_BASED_POLICY', clauses.role)
  return { effect: 'ALLOW', decidedBy: 'RESOURCE_BASED_POLICY', clause: clauses.direct }
}

/** A grant allows as a key policy would; to an account it is as good as that account's policies. */
function byGrant(s: Situation): Expected | null {
  if (s.grant === 'none' || s.grant === 'otherAction') return null
  const limit = s.grant === 'role' ? missingLimit(s) : null
  const needsIdentity = s.grant === 'account' || isPartner(s.who)
  const missing = limit ?? (needsIdentity ? missingIdentity(s) : null)
  if (!missing) return { effect: 'ALLOW', decidedBy: 'GRANT', clause: clauses.grant }
  return s.grant === 'account' ? null : no(missing, clauses.grant)
}

/** What the caller's account lacks. */
function missingIdentity(s: Situation): string | null {
  if (isRoot(s.who)) return null
  if (s.identity !== 'allows') return 'IDENTITY_BASED_POLICY'
  return missingLimit(s)
}

function missingLimit(s: Situation): string | null {
  if (s.boundary === 'silent') return 'PERMISSIONS_BOUNDARY'
  if (s.session === 'silent') return 'SESSION_POLICY'
  return null
}

function no(decidedBy: string, clause: string): Expected {
  return { effect: 'IMPLICIT_DENY', decidedBy, clause }
}

function yesUnless(missing: string | null, decidedBy: string, clause: string): Expected {
  return missing === null ? { effect: 'ALLOW', decidedBy, clause } : no(missing, clause)
}

const unreachable =
  'because the resource does not exist in this Region, no resource-based policies allow access, ' +
  'or a resource-based policy explicitly denies access'

const names: Readonly<Record<string, string>> = {
  IDENTITY_BASED_POLICY: 'an identity-based policy',
  PERMISSIONS_BOUNDARY: 'a permissions boundary',
  RESOURCE_BASED_POLICY: 'a resource-based policy',
  RESOURCE_CONTROL_POLICY: 'a resource control policy',
  SERVICE_CONTROL_POLICY: 'a service control policy',
  SESSION_POLICY: 'a session policy',
  VPC_ENDPOINT_POLICY: 'a VPC endpoint policy',
}

/** AWS's text of the refusal; empty where it is none. */
export function expectedText(
  s: Pick<Situation, 'who'>,
  { effect, decidedBy }: Pick<Expected, 'effect' | 'decidedBy'>,
  { principal, action, resource }: Readonly<Record<'principal' | 'action' | 'resource', string>>,
): string {
  if (effect === 'ALLOW') return ''
  const isForeign = isPartner(s.who) || s.who === 'service'
  const where = isForeign ? 'this resource' : `resource: ${resource}`
  const what = `User: ${principal} is not authorized to perform: ${action} on ${where}`
  if (decidedBy === 'RESOURCE_BASED_POLICY' && isForeign) return `${what} ${unreachable}`
  const name = names[decidedBy] ?? ''
  if (effect === 'EXPLICIT_DENY') return `${what} with an explicit deny in ${name}`
  return `${what} because no ${name.replace(/^an? /, '')} allows the ${action} action`
}
