/**
 * Ciphertexts outlive what happens to their key: rotation, deletion and re-import of material,
 * replication, a restart and a clock that is set back.
 */
import assert from 'node:assert/strict'
import { call } from '../support/call.ts'
import { imported } from '../support/imports.ts'
import { startKms, type TestKms } from '../support/kms.ts'
import { ireland, west } from '../support/regions.ts'
import { keyIds, useKms } from '../support/scene.ts'

const Plaintext = Buffer.from('made before')
const EncryptionContext = { tenant: 'a' }
const day = 86_400

type Client = TestKms['root']

async function sealed(client: Client, KeyId: string): Promise<Uint8Array> {
  const input = { KeyId, Plaintext, EncryptionContext }
  return (await call(client, 'Encrypt', input)).CiphertextBlob!
}

async function opens(client: Client, ...blobs: readonly Uint8Array[]): Promise<void> {
  for (const CiphertextBlob of blobs) {
    const opened = await call(client, 'Decrypt', { CiphertextBlob, EncryptionContext })
    assert.deepEqual(Buffer.from(opened.Plaintext!), Plaintext)
  }
}

async function newKey(kms: TestKms, input: object = {}): Promise<string> {
  return (await call(kms.root, 'CreateKey', input)).KeyMetadata!.KeyId!
}

describe('a ciphertext that was made before', () => {
  const kms = useKms()
  afterEach(() => kms.control('PUT', '/_/clock', { reset: true }))
  const pass = (days: number) => kms.control('PUT', '/_/clock', { advanceSeconds: days * day + 1 })

  it('rotations, on demand and automatic, opens', async () => {
    const KeyId = await newKey(kms)
    const blobs = [await sealed(kms.root, KeyId)]
    await call(kms.root, 'RotateKeyOnDemand', { KeyId })
    blobs.push(await sealed(kms.root, KeyId))
    await call(kms.root, 'EnableKeyRotation', { KeyId, RotationPeriodInDays: 90 })
    for (let rotations = 0; rotations < 3; rotations += 1) {
      await pass(90)
      blobs.push(await sealed(kms.root, KeyId))
    }
    await opens(kms.root, ...blobs)
  })

  it('the deletion and the expiry of imported material opens when it is back', async () => {
    const KeyId = await newKey(kms, { Origin: 'EXTERNAL' })
    const material = Buffer.alloc(32, 9)
    await imported(kms, KeyId, material)
    const blob = await sealed(kms.root, KeyId)
    await call(kms.root, 'DeleteImportedKeyMaterial', { KeyId })
    await imported(kms, KeyId, material, {
      ExpirationModel: 'KEY_MATERIAL_EXPIRES',
      ValidTo: new Date(Date.now() + 10 * day * 1000),
    })
    await opens(kms.root, blob)
    await pass(11)
    assert.equal(
      (await call(kms.root, 'DescribeKey', { KeyId })).KeyMetadata?.KeyState,
      'PendingImport',
    )
    await imported(kms, KeyId, material)
    await opens(kms.root, blob)
  })

  it('replication and a change of the primary opens in every Region', async () => {
    const KeyId = await newKey(kms, { MultiRegion: true })
    const blobs = [await sealed(kms.root, KeyId)]
    for (const ReplicaRegion of [west, ireland]) {
      await call(kms.root, 'ReplicateKey', { KeyId, ReplicaRegion })
    }
    await call(kms.root, 'RotateKeyOnDemand', { KeyId })
    const regions = [kms.root, kms.client({ region: west }), kms.client({ region: ireland })]
    for (const client of regions) blobs.push(await sealed(client, KeyId))
    await call(kms.root, 'UpdatePrimaryRegion', { KeyId, PrimaryRegion: west })
    for (const client of regions) await opens(client, ...blobs)
  })

  it('a clock that goes ahead and back opens', async () => {
    const KeyId = await newKey(kms)
    const before = await sealed(kms.root, KeyId)
    await call(kms.root, 'EnableKeyRotation', { KeyId, RotationPeriodInDays: 90 })
    await pass(400)
    const ahead = await sealed(kms.root, KeyId)
    await kms.control('PUT', '/_/clock', { reset: true })
    await opens(kms.root, before, ahead, await sealed(kms.root, KeyId))
  })

  it('a cancelled deletion opens', async () => {
    const KeyId = await newKey(kms)
    const blob = await sealed(kms.root, KeyId)
    await call(kms.root, 'ScheduleKeyDeletion', { KeyId })
    await call(kms.root, 'CancelKeyDeletion', { KeyId })
    await call(kms.root, 'EnableKey', { KeyId })
    await opens(kms.root, blob)
  })
})

describe('a ciphertext under a key whose material is in the config', () => {
  const id = keyIds.symmetric
  const config = { keys: [{ id, material: Buffer.alloc(32, 3).toString('base64') }] }

  it('opens after a restart, and on another machine', async () => {
    const first = await startKms(config)
    const blob = await sealed(first.root, id)
    await first.close()
    const second = await startKms(config)
    try {
      await opens(second.root, blob)
    } finally {
      await second.close()
    }
  })

  it('opens after a reset', async () => {
    const kms = await startKms(config)
    try {
      const blob = await sealed(kms.root, id)
      await call(kms.root, 'RotateKeyOnDemand', { KeyId: id })
      await kms.control('POST', '/_/reset')
      await opens(kms.root, blob)
    } finally {
      await kms.close()
    }
  })
})
