/**
 * A principal of a cases file: one of a config, and the policies that its session was begun with.
 * Refuses session policies of who has no session.
 */
import { attachedPolicy } from '../config/policies.ts'
import { principalOf, principalRows, type PrincipalMembers } from '../config/principals.ts'
import { inside, list, record, withDefault, wrong, type Place } from '../config/read.ts'
import type { AttachedPolicy } from '../iam/authorize.ts'
import type { PrincipalType } from '../iam/request.ts'
import type { Caller } from '../kms/callers.ts'

interface Members extends PrincipalMembers {
  readonly sessionPolicies: readonly AttachedPolicy[]
}

const withSession: ReadonlySet<PrincipalType> = new Set<PrincipalType>([
  'AssumedRole',
  'FederatedUser',
])

const readMembers = record<Members>({
  ...principalRows,
  sessionPolicies: withDefault(list(attachedPolicy('session')), []),
})

export function readCaller(value: unknown, place: Place): Caller {
  const { sessionPolicies: session, ...members } = readMembers(value, place)
  const { caller } = principalOf(members, place)
  if (session.length === 0) return caller
  if (withSession.has(caller.principal.type)) return { ...caller, session }
  throw wrong(inside(place, 'sessionPolicies'), 'only a role or a federated user has them')
}
