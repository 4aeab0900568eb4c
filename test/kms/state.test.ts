import assert from 'node:assert/strict'
import type { KeyRecord, KeyState } from '../../lib/store/store.ts'
import { operations } from '../../lib/kms/operations/index.ts'
import type { OperationName } from '../../lib/kms/model/types.ts'
import { call, refused, type Refusal } from '../support/call.ts'
import { imported } from '../support/imports.ts'
import {
  importedMaterial,
  keyCalls,
  keylessOperations,
  nobodysGrantId,
  type KeyCall,
} from '../support/key-calls.ts'
import { account, arnOf, region, useKms, type KeyName } from '../support/scene.ts'

/** Columns of AWS's table, in its order. */
const columns = ['E', 'D', 'P', 'I', 'U', 'C', 'G'] as const

/** AWS's states, each with its column. */
const states = {
  Enabled: 'E',
  Disabled: 'D',
  PendingDeletion: 'P',
  PendingReplicaDeletion: 'P',
  PendingImport: 'I',
  Unavailable: 'U',
  Creating: 'C',
  Updating: 'G',
} as const satisfies Record<KeyState, (typeof columns)[number]>
type State = keyof typeof states

/** AWS's footnotes, by their numbers; noGrant is ours. */
const refusals = {
  1: ['DisabledException', 'is disabled.'],
  3: ['KMSInvalidStateException', 'is pending deletion.'],
  4: ['KMSInvalidStateException', 'is not pending deletion.'],
  5: ['KMSInvalidStateException', 'is pending import.'],
  6: ['UnsupportedOperationException', 'origin is EXTERNAL which is not valid for this operation.'],
  7: [
    'UnsupportedOperationException',
    'origin is AWS_CLOUDHSM which is not valid for this operation.',
  ],
  11: ['KMSInvalidStateException', 'is unavailable.'],
  14: ['KMSInvalidStateException', 'is creating.'],
  15: ['KMSInvalidStateException', 'is updating.'],
  noGrant: ['NotFoundException', `Grant ID ${nobodysGrantId} not found`],
} as const
type Footnote = keyof typeof refusals

const ok = null
/** No key that the operation is for comes into that state. */
const never = undefined
type Cell = Footnote | null | undefined
type Cells = readonly [Cell, Cell, Cell, Cell, Cell, Cell, Cell]

/** Only symmetric encryption keys are in custom key stores, and so Unavailable. */
const symmetric: Cells = [ok, 1, 3, 5, 11, 14, ok]
const asymmetric: Cells = [ok, 1, 3, 5, never, 14, ok]
/** AWS says nothing of ML-KEM: material of it is not imported here. */
const encapsulation: Cells = [ok, 1, 3, never, never, 14, ok]
const change: Cells = [ok, ok, 3, ok, ok, ok, ok]
const always: Cells = [ok, ok, ok, ok, ok, ok, ok]

/** KMS developer guide, "Key states of AWS KMS keys"; 2/3 is recorded as 3. */
const table: Readonly<Partial<Record<OperationName, Cells>>> = {
  CancelKeyDeletion: [4, 4, ok, 4, 4, 4, 4],
  CreateAlias: change,
  CreateGrant: [ok, 1, 3, 5, ok, 14, ok],
  Decapsulate: encapsulation,
  Decrypt: symmetric,
  DeleteAlias: always,
  DeleteImportedKeyMaterial: [ok, ok, ok, ok, never, 14, 15],
  DeriveSharedSecret: asymmetric,
  DescribeKey: always,
  DisableKey: [ok, ok, 3, 5, ok, 14, 15],
  DisableKeyRotation: [ok, 1, 3, 6, 7, 14, ok],
  EnableKey: [ok, ok, 3, 5, ok, 14, 15],
  EnableKeyRotation: [ok, 1, 3, 6, 7, 14, ok],
  Encapsulate: encapsulation,
  Encrypt: symmetric,
  GenerateDataKey: symmetric,
  GenerateDataKeyPair: [ok, 1, 3, 5, 7, 14, ok],
  GenerateDataKeyPairWithoutPlaintext: [ok, 1, 3, 5, 7, 14, ok],
  GenerateDataKeyWithoutPlaintext: symmetric,
  GenerateMac: asymmetric,
  GetKeyLastUsage: always,
  GetKeyPolicy: always,
  GetKeyRotationStatus: [ok, ok, ok, ok, 7, ok, ok],
  GetParametersForImport: [ok, ok, 3, ok, never, 14, 15],
  // AWS's table has ok for a pending import: here the public key comes with the material, so that
  // there is none to answer with.
  GetPublicKey: [ok, ok, 3, 5, never, 14, ok],
  ImportKeyMaterial: [ok, ok, 3, ok, never, 14, ok],
  ListAliases: always,
  ListGrants: always,
  ListKeyPolicies: always,
  ListKeyRotations: [ok, ok, ok, ok, 7, ok, ok],
  ListResourceTags: always,
  PutKeyPolicy: always,
  ReEncrypt: symmetric,
  ReplicateKey: [ok, 1, 3, 5, never, 14, 15],
  // AWS's table has ok for a pending import: a key that never had material has no grant to end.
  RetireGrant: [ok, ok, ok, 'noGrant', ok, ok, ok],
  RevokeGrant: [ok, ok, ok, 'noGrant', ok, ok, ok],
  RotateKeyOnDemand: [ok, 1, 3, 5, 7, 14, ok],
  ScheduleKeyDeletion: [ok, ok, 3, ok, ok, ok, 15],
  Sign: asymmetric,
  TagResource: change,
  UntagResource: change,
  UpdateAlias: change,
  UpdateKeyDescription: change,
  UpdatePrimaryRegion: [ok, 1, 3, 5, never, 14, ok],
  Verify: asymmetric,
  VerifyMac: asymmetric,
}

/** What a key has that is in an AWS CloudHSM key store. */
const inCloudHsm: Partial<KeyRecord> = {
  origin: 'AWS_CLOUDHSM',
  customKeyStore: { id: 'cks-1234567890abcdef0', cloudHsmClusterId: 'cluster-1a23b4cdefg' },
}

/** What CreateKey is asked for. */
const kinds: Readonly<Partial<Record<KeyName, object>>> = {
  symmetric: {},
  hmac: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
  signing: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
  agreement: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' },
  encapsulation: { KeySpec: 'ML_KEM_512', KeyUsage: 'ENCAPSULATE_DECAPSULATE' },
  multiRegion: { MultiRegion: true },
}

describe('key states', () => {
  const kms = useKms(['other'])

  it('have a row for every operation on a key', () => {
    const built = [...operations.keys()].filter(
      (name) => !keylessOperations.includes(name as OperationName),
    )
    assert.deepEqual(built.sort(), Object.keys(table).sort())
    assert.deepEqual(built.sort(), Object.keys(keyCalls).sort())
  })

  for (const [name, row] of Object.entries(keyCalls) as [OperationName, KeyCall][]) {
    for (const state of Object.keys(states) as State[]) {
      const cell = table[name]?.[columns.indexOf(states[state])]
      if (cell === never) continue
      it(`${name} on a key that is ${state}: ${cell === ok ? 'goes on' : textOf(cell, state)}`, async () => {
        const { keyId, input } = await prepared(row, state)
        if (cell === ok) await call(kms.root, name, input)
        else await refused(kms.root, name, input, refusal(cell, keyId, state))
      })
    }
  }

  function textOf(cell: Footnote, state?: State): string {
    const isReplicas = cell === 3 && state === 'PendingReplicaDeletion'
    return isReplicas ? 'is pending replica deletion.' : refusals[cell][1]
  }

  function refusal(cell: Footnote, keyId: string, state?: State): Refusal {
    const [code] = refusals[cell]
    const text = textOf(cell, state)
    return [code, cell === 'noGrant' ? text : `${arnOf(keyId)} ${text}`]
  }

  /** A new key in that state, and a call on it. */
  async function prepared(row: KeyCall, state: State): Promise<{ keyId: string; input: object }> {
    const Origin = row.imported || state === 'PendingImport' ? 'EXTERNAL' : 'AWS_KMS'
    const hasReplica = state === 'PendingReplicaDeletion'
    const input = { Origin, ...(hasReplica && { MultiRegion: true }), ...kinds[row.kind] }
    const { KeyMetadata } = await call(kms.root, 'CreateKey', input)
    const keyId = KeyMetadata!.KeyId!
    if (row.imported && state !== 'PendingImport') await imported(kms, keyId, importedMaterial)
    const rest =
      (state === 'PendingImport' ? row.restWithoutMaterial?.(keyId) : undefined) ??
      (await row.rest(kms, keyId))
    if (state === 'Disabled') await call(kms.root, 'DisableKey', { KeyId: keyId })
    if (hasReplica) {
      await call(kms.root, 'ReplicateKey', { KeyId: keyId, ReplicaRegion: 'us-west-1' })
    }
    if (state === 'PendingDeletion' || state === 'PendingReplicaDeletion') {
      await call(kms.root, 'ScheduleKeyDeletion', { KeyId: keyId, PendingWindowInDays: 7 })
    }
    if (state === 'Unavailable') await rewrite(keyId, { state, ...inCloudHsm })
    if (state === 'Creating' || state === 'Updating') await rewrite(keyId, { state })
    const found = await call(kms.root, 'DescribeKey', { KeyId: keyId })
    assert.equal(found.KeyMetadata?.KeyState, state)
    assert.equal(found.KeyMetadata.Enabled, state === 'Enabled')
    return { keyId, input: row.member ? { [row.member]: keyId, ...rest } : rest }
  }

  /** For states that nobody meets: what AWS does in the background is done at once here. */
  function rewrite(keyId: string, more: Partial<KeyRecord>): Promise<void> {
    const record = kms.store.key({ account, region }, keyId)!
    return kms.store.transact((writer) => writer.putKey({ ...record, ...more }))
  }

  it('count for the source of ReEncrypt as for its destination', async () => {
    const { KeyMetadata } = await call(kms.root, 'CreateKey')
    const KeyId = KeyMetadata!.KeyId!
    const { CiphertextBlob } = await call(kms.root, 'Encrypt', { KeyId, Plaintext: Buffer.of(1) })
    await call(kms.root, 'DisableKey', { KeyId })
    const input = { CiphertextBlob, DestinationKeyId: 'alias/other' }
    await refused(kms.root, 'ReEncrypt', input, refusal(1, KeyId))
  })

  it('do not count for the key that an alias leaves', async () => {
    const { input } = await prepared(keyCalls.DeleteAlias!, 'PendingDeletion')
    await call(kms.root, 'UpdateAlias', { ...input, TargetKeyId: await newKey() })
  })

  async function newKey(): Promise<string> {
    const { KeyMetadata } = await call(kms.root, 'CreateKey')
    return KeyMetadata!.KeyId!
  }
})
