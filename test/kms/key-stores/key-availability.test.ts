import assert from 'node:assert/strict'
import type { OperationName } from '../../../lib/kms/model/types.ts'
import { call, refused } from '../../support/call.ts'
import {
  connect,
  connectedCluster,
  createKey,
  disconnect,
  patient,
} from '../../support/custom-key-stores.ts'
import { keyCalls } from '../../support/key-calls.ts'
import { arnOf, useKms } from '../../support/scene.ts'

describe('keys of a key store that is not connected', () => {
  const kms = useKms([], {}, patient)
  let storeId: string
  let KeyId: string
  beforeEach(async () => {
    storeId = await connectedCluster(kms)
    KeyId = await createKey(kms, storeId)
  })

  async function isIn(state: string): Promise<void> {
    const { KeyMetadata } = await call(kms.root, 'DescribeKey', { KeyId })
    assert.equal(KeyMetadata?.KeyState, state)
    assert.equal(KeyMetadata.Enabled, state === 'Enabled')
  }

  it('are Unavailable from the call on, and Enabled again with the connection', async () => {
    await call(kms.root, 'DisconnectCustomKeyStore', { CustomKeyStoreId: storeId })
    await isIn('Unavailable')
    await refused(kms.root, 'Encrypt', { KeyId, Plaintext: Buffer.of(1) }, [
      'KMSInvalidStateException',
      `${arnOf(KeyId)} is unavailable.`,
    ])
    await refused(kms.root, 'GenerateRandom', { NumberOfBytes: 1, CustomKeyStoreId: storeId }, [
      'CustomKeyStoreInvalidStateException',
      `The custom key store ${storeId} is DISCONNECTING: this needs CONNECTED.`,
    ])
    while ((await call(kms.root, 'DescribeKey', { KeyId })).KeyMetadata?.KeyState !== 'Enabled') {
      await call(kms.root, 'ConnectCustomKeyStore', { CustomKeyStoreId: storeId }).catch(
        () => undefined,
      )
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await call(kms.root, 'Encrypt', { KeyId, Plaintext: Buffer.of(1) })
    await call(kms.root, 'GenerateRandom', { NumberOfBytes: 1, CustomKeyStoreId: storeId })
  })

  it('stay so where they are enabled or disabled, and are as they were told later', async () => {
    await disconnect(kms, storeId)
    await call(kms.root, 'DisableKey', { KeyId })
    await isIn('Unavailable')
    await connect(kms, storeId)
    await isIn('Disabled')
    await disconnect(kms, storeId)
    await call(kms.root, 'EnableKey', { KeyId })
    await isIn('Unavailable')
    await connect(kms, storeId)
    await isIn('Enabled')
  })

  it('can be deleted; one whose deletion is cancelled comes back Unavailable', async () => {
    await disconnect(kms, storeId)
    await call(kms.root, 'ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })
    await isIn('PendingDeletion')
    await call(kms.root, 'CancelKeyDeletion', { KeyId })
    await isIn('Unavailable')
    await connect(kms, storeId)
    await isIn('Disabled')
  })

  it('stay PendingDeletion, whatever becomes of the connection', async () => {
    await call(kms.root, 'ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })
    await disconnect(kms, storeId)
    await isIn('PendingDeletion')
    await connect(kms, storeId)
    await isIn('PendingDeletion')
    await call(kms.root, 'CancelKeyDeletion', { KeyId })
    await isIn('Disabled')
  })
})

/** KMS developer guide, "Key states of AWS KMS keys", column Unavailable; what is not here goes on. */
const refusals: Readonly<Partial<Record<OperationName, 4 | 7 | 11>>> = {
  CancelKeyDeletion: 4,
  Decrypt: 11,
  DisableKeyRotation: 7,
  EnableKeyRotation: 7,
  Encrypt: 11,
  GenerateDataKey: 11,
  GenerateDataKeyPair: 7,
  GenerateDataKeyPairWithoutPlaintext: 7,
  GenerateDataKeyWithoutPlaintext: 11,
  GetKeyRotationStatus: 7,
  ListKeyRotations: 7,
  ReEncrypt: 11,
  RotateKeyOnDemand: 7,
}

const texts = {
  4: ['KMSInvalidStateException', 'is not pending deletion.'],
  7: [
    'UnsupportedOperationException',
    'origin is AWS_CLOUDHSM which is not valid for this operation.',
  ],
  11: ['KMSInvalidStateException', 'is unavailable.'],
} as const

describe('operations on a key that is Unavailable', () => {
  const kms = useKms(['other'], {}, patient)
  const rows = Object.entries(keyCalls).filter(
    ([, row]) => row.kind === 'symmetric' && !row.imported,
  )
  const prepared = new Map<string, { keyId: string; input: object }>()
  before(async () => {
    const storeId = await connectedCluster(kms)
    for (const [name, row] of rows) {
      const keyId = await createKey(kms, storeId)
      const rest = await row.rest(kms, keyId)
      prepared.set(name, { keyId, input: row.member ? { [row.member]: keyId, ...rest } : rest })
    }
    await disconnect(kms, storeId)
  })

  for (const [name] of rows) {
    const cell = refusals[name as OperationName]
    it(`${name}: ${cell === undefined ? 'goes on' : texts[cell][1]}`, async () => {
      const { keyId, input } = prepared.get(name)!
      const operation = name as OperationName
      if (cell === undefined) {
        await call(kms.root, operation, input)
        return
      }
      const [code, text] = texts[cell]
      await refused(kms.root, operation, input, [code, `${arnOf(keyId)} ${text}`])
    })
  }

  it('are all in the table that is refused', () => {
    const names = rows.map(([name]) => name)
    assert.deepEqual(
      Object.keys(refusals).filter((name) => !names.includes(name)),
      [],
    )
  })
})
