/** What a server is started with, as a config says it. */
import type { KmsServerOptions } from '../http/server.ts'
import type { Config } from './config.ts'

export function serverOptionsOf(
  config: Config,
): Required<
  Pick<
    KmsServerOptions,
    | 'account'
    | 'region'
    | 'keys'
    | 'attestation'
    | 'hosts'
    | 'principals'
    | 'organization'
    | 'vpcEndpoints'
    | 'quotas'
    | 'webIdentityProviders'
  >
> {
  const {
    account,
    region,
    keys,
    attestation,
    hosts,
    principals,
    organization,
    vpcEndpoints,
    quotas,
    webIdentityProviders,
  } = config
  return {
    account,
    region,
    keys,
    attestation,
    hosts,
    principals,
    organization,
    vpcEndpoints,
    quotas,
    webIdentityProviders,
  }
}
