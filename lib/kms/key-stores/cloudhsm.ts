/**
 * The AWS CloudHSM clusters of this machine: every well-formed cluster id is a cluster that works,
 * unless it begins with one of the words below, which bring about each failure that AWS documents.
 * All of it is ours (docs/custom-key-stores.md); codes: API reference, CustomKeyStoresListEntry.
 */
import { X509Certificate } from 'node:crypto'
import type { ConnectionErrorCodeType } from '@aws-sdk/client-kms'
import type { CloudHsmBacking } from '../../store/store.ts'
import { Fault, type FaultCode } from '../faults.ts'

interface Cluster {
  /** What CreateCustomKeyStore and UpdateCustomKeyStore are refused with. */
  readonly associate?: FaultCode
  /** What ConnectCustomKeyStore is refused with. */
  readonly connect?: FaultCode
  /** What CreateKey is refused with. */
  readonly createKey?: FaultCode
  /** What a connection fails with, after ConnectCustomKeyStore was answered. */
  readonly connection?: ConnectionErrorCodeType
}

/** By the word that follows `cluster-`. */
const clusters: Readonly<Record<string, Cluster>> = {
  notFound: { associate: 'CloudHsmClusterNotFoundException' },
  notActive: { associate: 'CloudHsmClusterNotActiveException' },
  misconfigured: { associate: 'CloudHsmClusterInvalidConfigurationException' },
  stopped: { connect: 'CloudHsmClusterNotActiveException' },
  broken: { connect: 'CloudHsmClusterInvalidConfigurationException' },
  oneHsm: { createKey: 'CloudHsmClusterInvalidConfigurationException' },
  gone: { connection: 'CLUSTER_NOT_FOUND' },
  internal: { connection: 'INTERNAL_ERROR' },
  lockedOut: { connection: 'USER_LOCKED_OUT' },
  loggedIn: { connection: 'USER_LOGGED_IN' },
  network: { connection: 'NETWORK_ERRORS' },
  noAddress: { connection: 'INSUFFICIENT_FREE_ADDRESSES_IN_SUBNET' },
  noHsm: { connection: 'INSUFFICIENT_CLOUDHSM_HSMS' },
  noSubnet: { connection: 'SUBNET_NOT_FOUND' },
  noUser: { connection: 'USER_NOT_FOUND' },
}

/** The `kmsuser` of a cluster has every password but those that begin so. */
const wrongPassword = 'wrong'

const texts = {
  CloudHsmClusterNotFoundException: 'The CloudHSM cluster was not found.',
  CloudHsmClusterNotActiveException: 'The CloudHSM cluster is not active.',
  CloudHsmClusterInvalidConfigurationException:
    'The CloudHSM cluster does not meet the configuration requirements.',
} as const satisfies Partial<Record<FaultCode, string>>

const idStart = 'cluster-'

function clusterOf(clusterId: string): Cluster {
  const name = clusterId.slice(idStart.length)
  const word = Object.keys(clusters).find((one) => name.startsWith(one))
  return (word === undefined ? undefined : clusters[word]) ?? {}
}

/** Refuses what a cluster does not do. */
export function checkCluster(clusterId: string, what: 'associate' | 'connect' | 'createKey'): void {
  const code = clusterOf(clusterId)[what]
  if (code) throw new Fault(code, texts[code as keyof typeof texts])
}

/** Refuses a certificate that cannot be a cluster's: `customerCA.crt` is one in PEM. */
export function checkTrustAnchor(certificate: string): void {
  try {
    new X509Certificate(certificate)
  } catch (error) {
    throw new Fault(
      'IncorrectTrustAnchorException',
      'The trust anchor certificate is not that of the CloudHSM cluster.',
      { cause: error },
    )
  }
}

/** What a connection to the cluster fails with; undefined where it comes about. */
export function connectionErrorOf(backing: CloudHsmBacking): ConnectionErrorCodeType | undefined {
  if (backing.password.startsWith(wrongPassword)) return 'INVALID_CREDENTIALS'
  return clusterOf(backing.clusterId).connection
}

/** So many characters of its id say which backup a cluster was made of. */
const historyCharacters = idStart.length + 11

/** Whether two clusters share a backup history, and with it the cluster certificate. */
export function areRelated(clusterId: string, other: string): boolean {
  return clusterId.slice(0, historyCharacters) === other.slice(0, historyCharacters)
}
