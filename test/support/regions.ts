/**
 * One server asked from several Regions: what tests of multi-Region keys need. The Region of a call
 * is the one that its client signs for.
 */
import type { KMSClient } from '@aws-sdk/client-kms'
import { call } from './call.ts'
import { account, type TestKms } from './scene.ts'

export const east = 'us-east-1'
export const west = 'us-west-2'
export const ireland = 'eu-west-1'

export type Where = typeof east | typeof west | typeof ireland

/** Clients of the account's root user, by their Region. */
export type Clients = Readonly<Record<Where, KMSClient>>

export function clientsOf(kms: TestKms): Clients {
  const from = (region: Where) => kms.client({ region })
  return { [east]: kms.root, [west]: from(west), [ireland]: from(ireland) }
}

export function arnIn(region: string, keyId: string): string {
  return `arn:aws:kms:${region}:${account}:key/${keyId}`
}

/** A primary key in us-east-1 with replicas in these Regions; `input` is what CreateKey is asked. */
export async function newMultiRegionKey(
  kms: TestKms,
  replicas: readonly string[] = [],
  input: object = {},
): Promise<string> {
  const { KeyMetadata } = await call(kms.root, 'CreateKey', { MultiRegion: true, ...input })
  const KeyId = KeyMetadata!.KeyId!
  for (const ReplicaRegion of replicas) {
    await call(kms.root, 'ReplicateKey', { KeyId, ReplicaRegion })
  }
  return KeyId
}

/** What DescribeKey says in that Region. */
export async function describedIn(client: KMSClient, KeyId: string) {
  const { KeyMetadata } = await call(client, 'DescribeKey', { KeyId })
  return KeyMetadata!
}
