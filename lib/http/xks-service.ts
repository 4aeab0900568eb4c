/**
 * What the two ends of the external key store proxy API have to agree on beside its messages.
 * https://github.com/aws/aws-kms-xksproxy-api-spec/blob/main/xks_proxy_api_spec.md
 */

/** The service in a signature's scope. */
export const xksService = 'kms-xks-proxy'

/** What every path of the API has in it; a prefix may stand before. */
export const xksPath = '/kms/xks/v1'
