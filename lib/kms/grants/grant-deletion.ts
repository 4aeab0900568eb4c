/**
 * The end of a grant, by RetireGrant or RevokeGrant. A grant id that cannot be one is
 * InvalidGrantIdException, and one that the key does not have is NotFoundException: AWS documents
 * both errors, and not when it answers which.
 */
import type { GrantRecord } from '../../store/store.ts'
import type { Call } from '../call.ts'
import { Fault } from '../faults.ts'

const grantIdForm = /^[0-9a-f]{64}$/

export function checkGrantId(grantId: string): void {
  if (grantIdForm.test(grantId)) return
  throw new Fault('InvalidGrantIdException', `Invalid grantId '${grantId}'`)
}

/** Refuses a grant id for which the key has no grant. */
export function requireGrant(grant: GrantRecord | undefined, grantId: string): GrantRecord {
  checkGrantId(grantId)
  if (grant) return grant
  throw new Fault('NotFoundException', `Grant ID ${grantId} not found`)
}

/** Deletes a grant once: whoever comes second finds none. */
export function deleteGrant(call: Call, { grantId, ...grant }: GrantRecord): Promise<void> {
  return call.store.transact(async (writer) => {
    const record = await writer.grant(grant, grant.keyId, grantId)
    writer.deleteGrant(requireGrant(record, grantId))
  })
}
