/**
 * What the operations on custom key stores share: finding one, what its connection allows, what no
 * two of them may have alike, and the entry that a listing shows, which has no secret in it.
 * Source: API reference, CreateCustomKeyStore and CustomKeyStoreInvalidStateException.
 */
import type { CustomKeyStoresListEntry } from '@aws-sdk/client-kms'
import type {
  ConnectionState,
  CustomKeyStoreRecord,
  Reader,
  Scope,
  XksBacking,
} from '../../store/store.ts'
import type { Call } from '../call.ts'
import { areRelated } from './cloudhsm.ts'
import { Fault } from '../faults.ts'
import type { Key } from '../key.ts'
import type { XksCaller } from './xks-api.ts'

export async function requireCustomKeyStore(
  reader: Reader,
  scope: Scope,
  id: string,
): Promise<CustomKeyStoreRecord> {
  const found = await reader.customKeyStore(scope, id)
  if (found) return found
  throw new Fault('CustomKeyStoreNotFoundException', `The custom key store ${id} was not found.`)
}

/** Refuses a key store whose connection is in none of these states. */
export function requireConnection(
  { id, connection }: CustomKeyStoreRecord,
  ...allowed: readonly ConnectionState[]
): void {
  if (allowed.includes(connection.state)) return
  throw new Fault(
    'CustomKeyStoreInvalidStateException',
    `The custom key store ${id} is ${connection.state}: this needs ${allowed.join(' or ')}.`,
  )
}

/** Refuses a key store that has something which only one of an account and Region may have. */
export async function checkUnique(reader: Reader, wanted: CustomKeyStoreRecord): Promise<void> {
  const all = await reader.customKeyStores(wanted, { limit: Infinity })
  for (const other of all.filter(({ id }) => id !== wanted.id)) {
    if (other.name === wanted.name) {
      throw new Fault(
        'CustomKeyStoreNameInUseException',
        `Another custom key store has the name ${wanted.name}.`,
      )
    }
    checkBackings(wanted, other)
  }
}

function checkBackings(
  { backing }: CustomKeyStoreRecord,
  { backing: other }: CustomKeyStoreRecord,
): void {
  if (backing.type === 'AWS_CLOUDHSM' && other.type === 'AWS_CLOUDHSM') {
    if (!areRelated(backing.clusterId, other.clusterId)) return
    throw new Fault(
      'CloudHsmClusterInUseException',
      'The CloudHSM cluster, or one that shares a backup history with it, is associated with another custom key store.',
    )
  }
  if (backing.type === 'EXTERNAL_KEY_STORE' && other.type === 'EXTERNAL_KEY_STORE') {
    checkProxies(backing, other)
  }
}

function checkProxies(proxy: XksBacking, other: XksBacking): void {
  const service = proxy.vpcEndpointServiceName
  if (service !== undefined && service === other.vpcEndpointServiceName) {
    throw new Fault(
      'XksProxyVpcEndpointServiceInUseException',
      'The VPC endpoint service is associated with another external key store.',
    )
  }
  if (proxy.uriEndpoint.toLowerCase() !== other.uriEndpoint.toLowerCase()) return
  if (proxy.uriPath === other.uriPath) {
    throw new Fault(
      'XksProxyUriInUseException',
      'The XksProxyUriEndpoint and XksProxyUriPath are associated with another external key store.',
    )
  }
  // Of public endpoints several key stores may have one, each with a path of its own.
  if ([proxy, other].every(({ connectivity }) => connectivity === 'PUBLIC_ENDPOINT')) return
  throw new Fault(
    'XksProxyUriEndpointInUseException',
    'The XksProxyUriEndpoint is associated with another external key store.',
  )
}

/** Whoever calls, and the key if there is one, as its proxy hears of them. */
export function xksCaller(call: Call, proxy: XksBacking, key?: Key): XksCaller {
  const { requestId, caller } = call.asker
  const { roleArn, arn } = caller.principal
  return {
    transport: call.xks,
    proxy,
    region: call.scope.region,
    requestMetadata: {
      awsPrincipalArn: roleArn ?? arn,
      ...(key && { kmsKeyArn: key.arn }),
      kmsOperation: call.operation,
      kmsRequestId: requestId,
    },
  }
}

/** As xksCaller, for a question that is not asked on behalf of anybody: GetHealthStatus. */
export function xksProber(call: Call, proxy: XksBacking): XksCaller {
  const { awsPrincipalArn: _, ...requestMetadata } = xksCaller(call, proxy).requestMetadata
  return { ...xksCaller(call, proxy), requestMetadata }
}

export function listEntry(record: CustomKeyStoreRecord): CustomKeyStoresListEntry {
  const { backing, connection } = record
  return {
    CustomKeyStoreId: record.id,
    CustomKeyStoreName: record.name,
    CustomKeyStoreType: backing.type,
    ConnectionState: connection.state,
    ...(connection.errorCode !== undefined && {
      ConnectionErrorCode: connection.errorCode as NonNullable<
        CustomKeyStoresListEntry['ConnectionErrorCode']
      >,
    }),
    CreationDate: new Date(record.createdMs),
    ...(backing.type === 'AWS_CLOUDHSM'
      ? {
          CloudHsmClusterId: backing.clusterId,
          TrustAnchorCertificate: backing.trustAnchorCertificate,
        }
      : { XksProxyConfiguration: proxyConfiguration(backing) }),
  }
}

function proxyConfiguration({ vpcEndpointServiceName: service, ...proxy }: XksBacking) {
  return {
    Connectivity: proxy.connectivity,
    AccessKeyId: proxy.credential.accessKeyId,
    UriEndpoint: proxy.uriEndpoint,
    UriPath: proxy.uriPath,
    ...(service !== undefined && {
      VpcEndpointServiceName: service,
      VpcEndpointServiceOwner: proxy.vpcEndpointServiceOwner,
    }),
  }
}
