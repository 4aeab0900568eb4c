/**
 * Where CreateKey makes a key: with KMS itself, or in a custom key store that is connected and can
 * have it. Refuses every kind of key but symmetric ones of one Region in a custom key store.
 * Source: API reference, CreateKey.
 */
import type { KeyInCustomKeyStore, Origin, Reader } from '../../store/store.ts'
import type { Call } from '../call.ts'
import { checkCluster } from './cloudhsm.ts'
import { requireConnection, requireCustomKeyStore, xksCaller } from './custom-key-stores.ts'
import { Fault } from '../faults.ts'
import type { Input } from '../model/types.ts'
import { checkKey } from './xks-api.ts'
import { answeredFor } from './xks-failures.ts'

/** The origins of keys in custom key stores, each the type of its key store. */
const customOrigins: readonly Origin[] = ['AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE']

function isInCustomKeyStore(origin: Origin): boolean {
  return customOrigins.includes(origin)
}

/** Refuses parameters that do not fit together. */
export function checkPlace(input: Input<'CreateKey'>, origin: Origin, spec: string): void {
  const { CustomKeyStoreId, XksKeyId, MultiRegion } = input
  const isCustom = isInCustomKeyStore(origin)
  if (isCustom !== (CustomKeyStoreId !== undefined)) {
    throw new Fault(
      'ValidationException',
      isCustom
        ? `CustomKeyStoreId is required for a KMS key with origin ${origin}.`
        : `CustomKeyStoreId is not valid for a KMS key with origin ${origin}.`,
    )
  }
  if ((origin === 'EXTERNAL_KEY_STORE') !== (XksKeyId !== undefined)) {
    throw new Fault(
      'ValidationException',
      XksKeyId === undefined
        ? `XksKeyId is required for a KMS key with origin ${origin}.`
        : `XksKeyId is not valid for a KMS key with origin ${origin}.`,
    )
  }
  if (!isCustom || (spec === 'SYMMETRIC_DEFAULT' && !MultiRegion)) return
  throw new Fault(
    'UnsupportedOperationException',
    'A custom key store has symmetric encryption KMS keys of a single Region only.',
  )
}

/**
 * The place of the key that a call is to create; undefined for KMS itself. Asks the proxy of an
 * external key store for the external key.
 */
export async function findPlace(
  call: Call<'CreateKey'>,
  origin: Origin,
): Promise<KeyInCustomKeyStore | undefined> {
  const { CustomKeyStoreId: id, XksKeyId: xksKeyId } = call.input
  if (id === undefined) return undefined
  const { backing } = await requireRoom(call, call.store, { id, ...(xksKeyId && { xksKeyId }) })
  if (backing.type !== origin) {
    throw new Fault(
      'ValidationException',
      `Origin ${origin} is not valid for a custom key store of ${backing.type}.`,
    )
  }
  if (backing.type === 'AWS_CLOUDHSM') {
    checkCluster(backing.clusterId, 'createKey')
    return { id, cloudHsmClusterId: backing.clusterId }
  }
  if (xksKeyId === undefined) return { id }
  await answeredFor('key', checkKey(xksCaller(call, backing), xksKeyId))
  return { id, xksKeyId }
}

/** The key store of a place, if it is connected and the external key is still free. */
export async function requireRoom(call: Call, reader: Reader, place: KeyInCustomKeyStore) {
  const found = await requireCustomKeyStore(reader, call.scope, place.id)
  requireConnection(found, 'CONNECTED')
  if (place.xksKeyId === undefined) return found
  const keys = await reader.keysOfCustomKeyStore(call.scope, place.id)
  if (keys.every(({ customKeyStore }) => customKeyStore?.xksKeyId !== place.xksKeyId)) return found
  throw new Fault(
    'XksKeyAlreadyInUseException',
    'The external key is associated with another KMS key in this external key store.',
  )
}
