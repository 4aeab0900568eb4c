/**
 * RevokeGrant: deletes a grant, with the permission of the key policy or an IAM policy. What the
 * grant itself says of its end counts for RetireGrant alone.
 */
import { deleteGrant, requireGrant } from '../grants/grant-deletion.ts'
import { keyOperation } from '../operation.ts'

export const RevokeGrant = keyOperation('RevokeGrant', {
  async run(call, key) {
    const { GrantId } = call.input
    const grant = requireGrant(await call.store.grant(key.record, key.id, GrantId), GrantId)
    call.endDryRun()
    await deleteGrant(call, grant)
    return {}
  },
})
