/**
 * What CreateCustomKeyStore and UpdateCustomKeyStore say of a key store's backing. Refuses a
 * parameter that the type of key store does not have, and the lack of one that it needs.
 * Source: API reference, CreateCustomKeyStore and UpdateCustomKeyStore.
 */
import type { CloudHsmBacking, CustomKeyStoreRecord, XksBacking } from '../../store/store.ts'
import { checkCluster, checkTrustAnchor } from './cloudhsm.ts'
import { Fault } from '../faults.ts'
import type { Input } from '../model/types.ts'

type Backing = CustomKeyStoreRecord['backing']
type CreateInput = Input<'CreateCustomKeyStore'>
type UpdateInput = Input<'UpdateCustomKeyStore'>

const clusterMembers = ['CloudHsmClusterId', 'TrustAnchorCertificate', 'KeyStorePassword'] as const
const serviceMembers = [
  'XksProxyVpcEndpointServiceName',
  'XksProxyVpcEndpointServiceOwner',
] as const
const proxyMembers = [
  'XksProxyConnectivity',
  'XksProxyUriEndpoint',
  'XksProxyUriPath',
  'XksProxyAuthenticationCredential',
] as const

export function newBacking(input: CreateInput, account: string, region: string): Backing {
  const { CustomKeyStoreType: type = 'AWS_CLOUDHSM' } = input
  if (type === 'EXTERNAL_KEY_STORE') {
    refuse(input, clusterMembers, type)
    return checkedProxy(newProxy(input), account, region)
  }
  refuse(input, [...proxyMembers, ...serviceMembers], type)
  return newCluster(input)
}

function newCluster(input: CreateInput): CloudHsmBacking {
  const needed = (name: (typeof clusterMembers)[number]) => present(input[name], name)
  const cluster = {
    type: 'AWS_CLOUDHSM',
    clusterId: needed('CloudHsmClusterId'),
    trustAnchorCertificate: needed('TrustAnchorCertificate'),
    password: needed('KeyStorePassword'),
  } as const
  checkCluster(cluster.clusterId, 'associate')
  checkTrustAnchor(cluster.trustAnchorCertificate)
  return cluster
}

function newProxy(input: CreateInput): XksBacking {
  return {
    type: 'EXTERNAL_KEY_STORE',
    connectivity: present(input.XksProxyConnectivity, 'XksProxyConnectivity'),
    uriEndpoint: present(input.XksProxyUriEndpoint, 'XksProxyUriEndpoint'),
    uriPath: present(input.XksProxyUriPath, 'XksProxyUriPath'),
    credential: credentialOf(
      present(input.XksProxyAuthenticationCredential, 'XksProxyAuthenticationCredential'),
    ),
    ...serviceOf(input),
  }
}

/** The properties that can be changed while a key store is connected: its name, and these. */
const changeableWhileConnected: readonly string[] = [
  'CustomKeyStoreId',
  'NewCustomKeyStoreName',
  'XksProxyAuthenticationCredential',
  'XksProxyUriPath',
]

/** Whether an update needs a key store that is disconnected. */
export function needsDisconnected(input: UpdateInput): boolean {
  return membersOf(input).some((name) => !changeableWhileConnected.includes(name))
}

/** Whether an update touches how a proxy is reached. */
export function changesProxy(input: UpdateInput): boolean {
  return membersOf(input).some((name) => name.startsWith('XksProxy'))
}

function membersOf(input: object): string[] {
  return Object.entries(input).flatMap(([name, value]) => (value === undefined ? [] : name))
}

/** A backing as an update has it be. */
export function changedBacking(
  { backing, account, region }: CustomKeyStoreRecord,
  input: UpdateInput,
): Backing {
  if (backing.type === 'AWS_CLOUDHSM') {
    refuse(input, [...proxyMembers, ...serviceMembers], backing.type)
    const { CloudHsmClusterId: clusterId, KeyStorePassword: password } = input
    if (clusterId !== undefined) checkCluster(clusterId, 'associate')
    return {
      ...backing,
      ...(clusterId !== undefined && { clusterId }),
      ...(password !== undefined && { password }),
    }
  }
  refuse(input, clusterMembers, backing.type)
  return checkedProxy(changedProxy(backing, input), account, region)
}

function changedProxy(backing: XksBacking, input: UpdateInput): XksBacking {
  const { XksProxyConnectivity: connectivity, XksProxyUriEndpoint: uriEndpoint } = input
  const { XksProxyUriPath: uriPath, XksProxyAuthenticationCredential: credential } = input
  const changed = {
    ...backing,
    ...(connectivity !== undefined && { connectivity }),
    ...(uriEndpoint !== undefined && { uriEndpoint }),
    ...(uriPath !== undefined && { uriPath }),
    ...(credential !== undefined && { credential: credentialOf(credential) }),
  }
  if (changed.connectivity === backing.connectivity) return { ...changed, ...serviceOf(input) }
  // The other connectivity has another address, and its service or none.
  present(uriEndpoint, 'XksProxyUriEndpoint')
  const { vpcEndpointServiceName: _, vpcEndpointServiceOwner: __, ...rest } = changed
  return { ...rest, ...serviceOf(input) }
}

/** The service of VPC_ENDPOINT_SERVICE connectivity, in the Region; no service of another. */
function checkedProxy(proxy: XksBacking, account: string, region: string): XksBacking {
  const { vpcEndpointServiceName: name, vpcEndpointServiceOwner: owner = account } = proxy
  if (proxy.connectivity === 'PUBLIC_ENDPOINT') {
    if (name === undefined && proxy.vpcEndpointServiceOwner === undefined) return proxy
    throw new Fault(
      'ValidationException',
      'XksProxyVpcEndpointServiceName and XksProxyVpcEndpointServiceOwner are not valid for PUBLIC_ENDPOINT connectivity.',
    )
  }
  // Here every service of the Region exists.
  if (present(name, 'XksProxyVpcEndpointServiceName').split('.').at(3) !== region) {
    throw new Fault(
      'XksProxyVpcEndpointServiceNotFoundException',
      'The VPC endpoint service was not found in this Region.',
    )
  }
  return { ...proxy, vpcEndpointServiceOwner: owner }
}

function serviceOf(input: CreateInput | UpdateInput) {
  const { XksProxyVpcEndpointServiceName: name, XksProxyVpcEndpointServiceOwner: owner } = input
  return {
    ...(name !== undefined && { vpcEndpointServiceName: name }),
    ...(owner !== undefined && { vpcEndpointServiceOwner: owner }),
  }
}

function credentialOf(given: NonNullable<CreateInput['XksProxyAuthenticationCredential']>) {
  return { accessKeyId: given.AccessKeyId, secretAccessKey: given.RawSecretAccessKey }
}

function present<T>(value: T | undefined, name: string): T {
  if (value !== undefined) return value
  throw new Fault('ValidationException', `${name} is required for this custom key store.`)
}

function refuse(input: object, names: readonly string[], type: Backing['type']): void {
  const name = membersOf(input).find((one) => names.includes(one))
  if (name === undefined) return
  throw new Fault('ValidationException', `${name} is not valid for a custom key store of ${type}.`)
}
