import assert from 'node:assert/strict'
import type { KeyState } from '../../lib/store/store.ts'
import { operations } from '../../lib/kms/operations/index.ts'
import { requireState } from '../../lib/kms/state.ts'
import type { OperationName } from '../../lib/kms/types.ts'
import { call, refused, type Refusal } from '../support/call.ts'
import { keyCalls, keylessOperations, type KeyCall } from '../support/key-calls.ts'
import { arnOf, useKms, type KeyName } from '../support/scene.ts'

/** The states that a key can be brought into here; AWS's table has three more. */
const states = ['Enabled', 'Disabled', 'PendingDeletion', 'PendingImport'] as const
type State = (typeof states)[number]

/** The letters of the table, E, D, P and I, and what AWS answers there. */
const ok = null
const refusals = {
  1: ['DisabledException', 'is disabled.'],
  3: ['KMSInvalidStateException', 'is pending deletion.'],
  4: ['KMSInvalidStateException', 'is not pending deletion.'],
  5: ['KMSInvalidStateException', 'is pending import.'],
} as const
type Cell = keyof typeof refusals | null
type Cells = readonly [enabled: Cell, disabled: Cell, pendingDeletion: Cell, pendingImport: Cell]

const cryptographic: Cells = [ok, 1, 3, 5]
const change: Cells = [ok, ok, 3, ok]
const always: Cells = [ok, ok, ok, ok]

/** KMS developer guide, "Key states of AWS KMS keys"; 2/3 is recorded as 3. */
const table: Readonly<Partial<Record<OperationName, Cells>>> = {
  CancelKeyDeletion: [4, 4, ok, 4],
  CreateAlias: change,
  CreateGrant: cryptographic,
  Decrypt: cryptographic,
  DeleteAlias: always,
  DeriveSharedSecret: cryptographic,
  DescribeKey: always,
  DisableKey: [ok, ok, 3, 5],
  EnableKey: [ok, ok, 3, 5],
  Encrypt: cryptographic,
  GenerateDataKey: cryptographic,
  GenerateDataKeyPair: cryptographic,
  GenerateDataKeyPairWithoutPlaintext: cryptographic,
  GenerateDataKeyWithoutPlaintext: cryptographic,
  GenerateMac: cryptographic,
  GetKeyPolicy: always,
  // AWS's table has ok for a pending import: here the public key comes with the material, so that
  // there is none to answer with.
  GetPublicKey: [ok, ok, 3, 5],
  ListAliases: always,
  ListKeyPolicies: always,
  ListResourceTags: always,
  PutKeyPolicy: always,
  ReEncrypt: cryptographic,
  ScheduleKeyDeletion: change,
  Sign: cryptographic,
  TagResource: change,
  UntagResource: change,
  UpdateAlias: change,
  UpdateKeyDescription: change,
  Verify: cryptographic,
  VerifyMac: cryptographic,
}

/** What CreateKey is asked for. */
const kinds: Readonly<Partial<Record<KeyName, object>>> = {
  symmetric: {},
  hmac: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
  signing: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
  agreement: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' },
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
    for (const [index, state] of states.entries()) {
      const cell = table[name]?.[index] ?? null
      it(`${name} on a key that is ${state}: ${cell === null ? 'goes on' : refusals[cell][1]}`, async () => {
        const { keyId, input } = await prepared(row, state)
        if (cell === null) await call(kms.root, name, input)
        else await refused(kms.root, name, input, refusal(cell, keyId))
      })
    }
  }

  function refusal(cell: keyof typeof refusals, keyId: string): Refusal {
    const [code, text] = refusals[cell]
    return [code, `${arnOf(keyId)} ${text}`]
  }

  /** A new key in that state, and a call on it. */
  async function prepared(row: KeyCall, state: State): Promise<{ keyId: string; input: object }> {
    const Origin = state === 'PendingImport' ? 'EXTERNAL' : 'AWS_KMS'
    const { KeyMetadata } = await call(kms.root, 'CreateKey', { ...kinds[row.kind], Origin })
    const keyId = KeyMetadata!.KeyId!
    const rest =
      (state === 'PendingImport' ? row.restWithoutMaterial : undefined) ??
      (await row.rest(kms, keyId))
    if (state === 'Disabled') await call(kms.root, 'DisableKey', { KeyId: keyId })
    if (state === 'PendingDeletion') {
      await call(kms.root, 'ScheduleKeyDeletion', { KeyId: keyId, PendingWindowInDays: 7 })
    }
    const found = await call(kms.root, 'DescribeKey', { KeyId: keyId })
    assert.equal(found.KeyMetadata?.KeyState, state)
    assert.equal(found.KeyMetadata.Enabled, state === 'Enabled')
    return { keyId, input: row.member ? { [row.member]: keyId, ...rest } : rest }
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

describe('requireState', () => {
  const arn = 'arn:aws:kms:us-east-1:111122223333:key/1'

  /** The states that no key of a test comes into. */
  const others: readonly (readonly [KeyState, code: string, text: string])[] = [
    ['PendingReplicaDeletion', 'KMSInvalidStateException', 'is pending replica deletion.'],
    ['Unavailable', 'KMSInvalidStateException', 'is unavailable.'],
    ['Creating', 'KMSInvalidStateException', 'is creating.'],
  ]
  for (const [state, code, text] of others) {
    it(`refuses cryptography with a key that is ${state}`, () => {
      assert.throws(() => requireState({ arn, state }, 'cryptographic'), {
        code,
        message: `${arn} ${text}`,
      })
    })
  }

  it('lets a key that is updating work, and not be deleted or disabled', () => {
    const key = { arn, state: 'Updating' } as const
    requireState(key, 'cryptographic')
    for (const rule of ['scheduleDeletion', 'enableOrDisable'] as const) {
      assert.throws(() => requireState(key, rule), {
        code: 'KMSInvalidStateException',
        message: `${arn} is updating.`,
      })
    }
  })
})
