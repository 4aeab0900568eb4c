/**
 * The VPC endpoints of a config or a cases file, through which a request may say that it comes.
 * Refuses ids that AWS does not give, two endpoints with one id, and a policy that none can have.
 */
import type { AttachedPolicy } from '../iam/authorize.ts'
import { parsePolicy } from '../iam/document.ts'
import type { VpcEndpoint } from '../kms/context/facts.ts'
import { attachedPolicy } from './policies.ts'
import { accountId, checkDistinct, list, optional, record, text, type Read } from './read.ts'

/** As it is written: whose it is unless it says so is not known yet. */
export interface WrittenVpcEndpoint extends Omit<VpcEndpoint, 'account'> {
  readonly account: string | undefined
}

/** What an endpoint has without one: KMS developer guide, "Default VPC endpoint policy". */
function fullAccess(): AttachedPolicy {
  const text = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'
  return { name: 'default', document: parsePolicy(text, 'vpcEndpoint') }
}

const readPolicy = attachedPolicy('vpcEndpoint')

const digits = '(?:[0-9a-f]{8}|[0-9a-f]{17})'

const readVpcEndpoint = record<WrittenVpcEndpoint>({
  id: text('a text: vpce- and 8 or 17 hex digits', new RegExp(`^vpce-${digits}$`)),
  vpc: text('a text: vpc- and 8 or 17 hex digits', new RegExp(`^vpc-${digits}$`)),
  account: optional(accountId),
  policy: (value, place) => (value === undefined ? fullAccess() : readPolicy(value, place)),
})

const readList = list(readVpcEndpoint)

export const readVpcEndpoints: Read<readonly WrittenVpcEndpoint[]> = (value, place) => {
  const endpoints = readList(value, place)
  const ids = endpoints.map(({ id }, index) => [id, `[${String(index)}].id`] as const)
  checkDistinct(place, 'VPC endpoint', ids)
  return endpoints
}

/** The endpoints, those without an owner as this account's. */
export function ownedBy(account: string, endpoints: readonly WrittenVpcEndpoint[]): VpcEndpoint[] {
  return endpoints.map((one) => ({ ...one, account: one.account ?? account }))
}
