/**
 * RetireGrant: deletes a grant with the permission that the grant itself gives, to its retiring
 * principal, to a grantee with RetireGrant among its operations, and to the accounts of its issuer
 * and its key. Source: KMS developer guide, "Retiring and revoking grants".
 */
import type { Grant } from '../../iam/grant.ts'
import { Fault } from '../faults.ts'
import { deleteGrant, requireGrant } from '../grants/grant-deletion.ts'
import { decodeGrantToken, type NamedGrant } from '../grants/grant-token.ts'
import { constraintConditions } from '../grants/grants.ts'
import { operation } from '../operation.ts'
import type { Input } from '../model/types.ts'

const action = 'kms:RetireGrant'

export const RetireGrant = operation('RetireGrant', {
  async run(call) {
    const { keyArn, grantId } = namedGrant(call.input)
    const { key } = await call.locate(keyArn, { action, aliases: false })
    const grant = await call.store.grant(key.record, key.id, grantId)
    await call.authorize({
      action,
      key,
      grants: [grant ?? nobodysGrant(grantId)],
      conditions: constraintConditions(grant?.constraints),
    })
    const found = requireGrant(grant, grantId)
    call.endDryRun()
    await deleteGrant(call, found)
    return {}
  },
})

/** The grant that the request names, by a token or by its id and the ARN of its key. */
function namedGrant({ GrantToken, KeyId, GrantId }: Input<'RetireGrant'>): NamedGrant {
  const isNamed = KeyId !== undefined || GrantId !== undefined
  if (GrantToken !== undefined && !isNamed) return decodeGrantToken(GrantToken)
  if (GrantToken === undefined && KeyId !== undefined && GrantId !== undefined) {
    // The API reference says that a key id will do; AWS KMS answers that it is no ARN.
    if (!KeyId.startsWith('arn:')) throw new Fault('NotFoundException', `Invalid arn ${KeyId}`)
    return { keyArn: KeyId, grantId: GrantId }
  }
  throw new Fault('ValidationException', 'either GrantToken or KeyId and GrantId are required')
}

/**
 * Stands for a grant that is not there: who could retire any grant on the key is told so, and
 * everybody else is refused as for a grant of others.
 */
function nobodysGrant(grantId: string): Grant {
  return { grantId, granteePrincipal: '', operations: [] }
}
