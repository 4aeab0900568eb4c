/**
 * The VPC endpoints of a config, through which a request may say that it comes. Refuses ids that AWS
 * does not give, and a policy that no endpoint can have.
 */
import type { AttachedPolicy } from '../iam/authorize.ts'
import { parsePolicy } from '../iam/document.ts'
import type { VpcEndpoint } from '../kms/context/facts.ts'
import { attachedPolicy } from './policies.ts'
import { accountId, optional, record, text } from './read.ts'

/** As it is written: the default account is not known yet. */
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

export const readVpcEndpoint = record<WrittenVpcEndpoint>({
  id: text('a text: vpce- and 8 or 17 hex digits', new RegExp(`^vpce-${digits}$`)),
  vpc: text('a text: vpc- and 8 or 17 hex digits', new RegExp(`^vpc-${digits}$`)),
  account: optional(accountId),
  policy: (value, place) => (value === undefined ? fullAccess() : readPolicy(value, place)),
})
