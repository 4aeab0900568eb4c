/**
 * ListGrants: the grants on a key, in the order of their ids; those of one grantee or the one with an
 * id where the request says so. Refuses GranteeServicePrincipal, which AWS takes from services alone.
 */
import { Fault } from '../faults.ts'
import { checkGrantId } from '../grants/grant-deletion.ts'
import { grantEntry, grantLimits } from '../grants/grant-entry.ts'
import { readPrincipal } from '../grants/grant-principal.ts'
import { keyOperation } from '../operation.ts'
import { listPage } from '../paging.ts'

export const ListGrants = keyOperation('ListGrants', {
  async run(call, key) {
    const { GrantId, GranteePrincipal, GranteeServicePrincipal } = call.input
    if (GranteeServicePrincipal !== undefined) {
      throw new Fault('ValidationException', 'GranteeServicePrincipal is for AWS services only')
    }
    if (GrantId !== undefined) checkGrantId(GrantId)
    const grantee =
      GranteePrincipal === undefined ? undefined : readPrincipal(call, GranteePrincipal, notValid())
    const grants = await call.store.grants(key.record, key.id)
    const { items, rest } = await listPage(
      call,
      `ListGrants ${key.arn}`,
      grantLimits,
      ({ after = '', limit }) =>
        grants
          .filter(
            ({ grantId, granteePrincipal }) =>
              grantId > after &&
              (GrantId === undefined || grantId === GrantId) &&
              (grantee === undefined || granteePrincipal === grantee),
          )
          .slice(0, limit),
      ({ grantId }) => grantId,
    )
    return { Grants: items.map(grantEntry), ...rest }
  },
})

function notValid(): Fault {
  return new Fault('InvalidArnException', 'Input does not refer to a valid principal')
}
