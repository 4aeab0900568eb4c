/**
 * ListRetirableGrants: the grants in the Region that name a principal of the caller's account as
 * their retiring principal, on whichever account's keys. Refuses RetiringServicePrincipal, which AWS
 * takes from services alone. Source: API reference, ListRetirableGrants.
 */
import { Fault } from '../faults.ts'
import { grantEntry, grantLimits } from '../grants/grant-entry.ts'
import { readPrincipal } from '../grants/grant-principal.ts'
import { operation } from '../operation.ts'
import { listPage } from '../paging.ts'
import type { Input } from '../model/types.ts'

export const ListRetirableGrants = operation('ListRetirableGrants', {
  async run(call) {
    const named = retirerOf(call.input)
    const retirer = readPrincipal(call, named, notFound(named))
    const [, , , , resourceAccount = ''] = retirer.split(':')
    await call.authorize({
      action: 'kms:ListRetirableGrants',
      key: null,
      resource: retirer,
      resourceAccount,
    })
    const { items, rest } = await listPage(
      call,
      `ListRetirableGrants ${retirer}`,
      grantLimits,
      (page) => call.store.retirableGrants(call.scope.region, retirer, page),
      ({ grantId }) => grantId,
    )
    return { Grants: items.map(grantEntry), ...rest }
  },
})

function notFound(principal: string): Fault {
  return new Fault('NotFoundException', `Retiring principal ${principal} could not be found`)
}

function retirerOf({
  RetiringPrincipal,
  RetiringServicePrincipal,
}: Input<'ListRetirableGrants'>): string {
  if (RetiringServicePrincipal !== undefined) {
    throw new Fault('ValidationException', 'RetiringServicePrincipal is for AWS services only')
  }
  if (RetiringPrincipal !== undefined) return RetiringPrincipal
  throw new Fault('ValidationException', 'RetiringPrincipal is required.')
}
