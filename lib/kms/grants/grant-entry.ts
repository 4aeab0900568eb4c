/**
 * A grant as ListGrants and ListRetirableGrants show it.
 * Source: API reference, GrantListEntry; what AWS shows of a grant without a name is observed.
 */
import type { Grant } from '../../iam/grant.ts'
import type { GrantRecord } from '../../store/store.ts'
import { keyArn, rootArn } from '../arn.ts'
import { wholeSeconds } from '../clock.ts'
import { isService } from './grant-principal.ts'
import type { Limits } from '../paging.ts'
import type { Output } from '../model/types.ts'

/** AWS's limits of both listings. */
export const grantLimits: Limits = { usual: 50, most: 100 }

type Entry = NonNullable<Output<'ListGrants'>['Grants']>[number]

export function grantEntry(grant: GrantRecord): Entry {
  const { granteePrincipal: grantee, retiringPrincipal: retirer } = grant
  return {
    KeyId: keyArn(grant, grant.keyId),
    GrantId: grant.grantId,
    Name: grant.name,
    CreationDate: new Date(wholeSeconds(grant.createdMs)),
    ...(isService(grantee) ? { GranteeServicePrincipal: grantee } : { GranteePrincipal: grantee }),
    ...(retirer !== undefined &&
      (isService(retirer)
        ? { RetiringServicePrincipal: retirer }
        : { RetiringPrincipal: retirer })),
    IssuingAccount: rootArn(grant.issuingAccount, grant.region),
    Operations: grant.operations as NonNullable<Entry['Operations']>,
    ...constraintsOf(grant),
  }
}

/** The constraints as CreateGrant took them; no member where there are none. */
function constraintsOf({ constraints = {} }: Grant): Pick<Entry, 'Constraints'> {
  const { encryptionContextEquals, encryptionContextSubset, sourceArn } = constraints
  const shown = {
    ...(encryptionContextEquals && { EncryptionContextEquals: encryptionContextEquals }),
    ...(encryptionContextSubset && { EncryptionContextSubset: encryptionContextSubset }),
    ...(sourceArn !== undefined && { SourceArn: sourceArn }),
  }
  return Object.keys(shown).length > 0 ? { Constraints: shown } : {}
}
