import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { ImportKeyMaterialRequest } from '@aws-sdk/client-kms'
import { testAccess } from '../../support/access-shelf.ts'
import { describeWithOpenssl, openssl, pem } from '../../crypto/openssl.ts'
import { answer, call, missing, outcome, post, refused } from '../../support/call.ts'
import {
  imported,
  importedKey,
  importParameters,
  importRequest,
  newExternalKey,
  wrapped,
} from '../../support/imports.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { allow, closedPolicy, noKeyPolicy } from '../../support/policies.ts'
import { arnOf, arns, keyIds, parentArn, useKms } from '../../support/scene.ts'

const name = 'ImportKeyMaterial'
const day = 86_400_000
const pkcs8 = { type: 'pkcs8', format: 'der' } as const
const spki = { type: 'spki', format: 'der' } as const
const asNew = { ImportType: 'NEW_KEY_MATERIAL' } as const

/** As it stands on the wire. */
function json(request: ImportKeyMaterialRequest): object {
  const base64 = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('base64')
  return {
    ...request,
    ImportToken: base64(request.ImportToken),
    EncryptedKeyMaterial: base64(request.EncryptedKeyMaterial),
  }
}

describe(name, function () {
  this.timeout(60_000)
  const kms = useKms(['symmetric'])
  afterEach(() => kms.control('PUT', '/_/clock', { reset: true }))

  const metadataOf = async (KeyId: string) =>
    (await call(kms.root, 'DescribeKey', { KeyId })).KeyMetadata!
  const pass = (ms: number) => kms.control('PUT', '/_/clock', { advanceSeconds: ms / 1000 })

  async function rotations(KeyId: string) {
    const input = { KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' }
    return (await call(kms.root, 'ListKeyRotations', input)).Rotations ?? []
  }

  describe('input', () => {
    it('requires a key, a token and what is wrapped', async () => {
      const request = await importRequest(kms, await newExternalKey(kms), randomBytes(32))
      for (const [member, want] of [
        ['KeyId', 'keyId'],
        ['ImportToken', 'importToken'],
        ['EncryptedKeyMaterial', 'encryptedKeyMaterial'],
      ] as const) {
        const rest = { ...request, [member]: undefined }
        await refused(kms.root, name, rest, missing(want))
      }
    })

    it('refuses a key whose material is KMS’s own', async () => {
      const request = await importRequest(kms, await newExternalKey(kms), randomBytes(32))
      await refused(kms.root, name, { ...request, KeyId: keyIds.symmetric }, [
        'UnsupportedOperationException',
        `${arns.symmetric} origin is AWS_KMS which is not valid for this operation.`,
      ])
    })

    it('wants a time of expiry where there is one, and none elsewhere', async () => {
      const request = await importRequest(kms, await newExternalKey(kms), randomBytes(32))
      const { ExpirationModel: _, ...rest } = request
      const required = [
        'ValidationException',
        'A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES',
      ] as const
      await refused(kms.root, name, rest, required)
      const expires = { ...rest, ExpirationModel: 'KEY_MATERIAL_EXPIRES' }
      await refused(kms.root, name, expires, required)
      await refused(kms.root, name, { ...request, ValidTo: new Date(Date.now() + day) }, [
        'ValidationException',
        'A validTo date cannot be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE',
      ])
    })

    it('refuses a time of expiry that is past, or more than 365 days ahead', async () => {
      const KeyId = await newExternalKey(kms)
      const request = await importRequest(kms, KeyId, randomBytes(32), { ValidTo: new Date(0) })
      for (const [ahead, words] of [
        [-1000, 'ValidTo must be in the future'],
        [365 * day + 60_000, 'ValidTo must be less than 365 days in the future'],
      ] as const) {
        const ValidTo = new Date(Date.now() + ahead)
        await refused(kms.root, name, { ...request, ValidTo }, ['ValidationException', words])
      }
      await call(kms.root, name, { ...request, ValidTo: new Date(Date.now() + 365 * day - 1000) })
    })

    it('refuses a token of another key, and what is none', async () => {
      const [KeyId, other] = [await newExternalKey(kms), await newExternalKey(kms)]
      const words = ['InvalidImportTokenException', null] as const
      const request = await importRequest(kms, other, randomBytes(32))
      await refused(kms.root, name, { ...request, KeyId }, words)
      await importParameters(kms, KeyId)
      await refused(kms.root, name, { ...request, KeyId }, words)
      for (const ImportToken of [Buffer.of(1), randomBytes(3000)]) {
        await refused(kms.root, name, { ...request, ImportToken }, words)
      }
      assert.equal((await metadataOf(KeyId)).KeyState, 'PendingImport')
    })

    it('refuses a token of the key in another Region', async () => {
      const KeyId = await newExternalKey(kms, { MultiRegion: true })
      await imported(kms, KeyId, randomBytes(32))
      await call(kms.root, 'ReplicateKey', { KeyId, ReplicaRegion: 'eu-west-1' })
      const replica = { root: kms.client({ region: 'eu-west-1' }) }
      await importParameters(replica, KeyId)
      const request = await importRequest(kms, KeyId, randomBytes(32))
      await refused(replica.root, name, request, ['InvalidImportTokenException', null])
    })

    it('refuses a token after a day', async () => {
      const KeyId = await newExternalKey(kms)
      const request = await importRequest(kms, KeyId, randomBytes(32))
      await pass(day - 60_000)
      await call(kms.root, name, request)
      await pass(120_000)
      await refused(kms.root, name, request, [
        'ExpiredImportTokenException',
        'the import token has expired',
      ])
    })

    it('refuses what was wrapped with another key or algorithm', async () => {
      const KeyId = await newExternalKey(kms)
      const { ImportToken, PublicKey } = await importParameters(kms, KeyId)
      const other = await importParameters(kms, KeyId)
      const material = randomBytes(32)
      const bad = [
        wrapped('RSAES_OAEP_SHA_256', other.PublicKey, material),
        wrapped('RSAES_OAEP_SHA_1', PublicKey, material),
        wrapped('RSAES_PKCS1_V1_5', PublicKey, material),
        material,
      ]
      const rest = { KeyId, ImportToken, ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }
      for (const EncryptedKeyMaterial of bad) {
        const input = { ...rest, EncryptedKeyMaterial }
        await refused(kms.root, name, input, ['InvalidCiphertextException', null])
      }
    })

    it('refuses material that is not of the key’s spec', async () => {
      const KeyId = await newExternalKey(kms)
      for (const length of [0, 16, 31, 33]) {
        await refused(kms.root, name, await importRequest(kms, KeyId, Buffer.alloc(length, 1)), [
          'InvalidCiphertextException',
          null,
        ])
      }
      const kind = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }
      const pair = await newExternalKey(kms, kind)
      const other = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey.export(pkcs8)
      await refused(kms.root, name, await importRequest(kms, pair, other), [
        'InvalidCiphertextException',
        null,
      ])
      await refused(kms.root, name, await importRequest(kms, pair, randomBytes(32)), [
        'InvalidCiphertextException',
        null,
      ])
    })

    it('takes what is only for symmetric encryption keys for no other', async () => {
      const kind = { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }
      const KeyId = await newExternalKey(kms, kind)
      const request = await importRequest(kms, KeyId, randomBytes(32))
      for (const [parameter, more] of [
        ['importType', { ImportType: 'NEW_KEY_MATERIAL' }],
        ['keyMaterialDescription', { KeyMaterialDescription: 'text' }],
        ['keyMaterialId', { KeyMaterialId: 'ab'.repeat(32) }],
      ] as const) {
        await refused(kms.root, name, { ...request, ...more }, [
          'ValidationException',
          `Input parameter ${parameter} cannot be used with HMAC_256 imported keys.`,
        ])
      }
    })

    it('takes as new what is new, one at a time, and as known what is known', async () => {
      const { KeyId, material, id } = await importedKey(kms)
      const arn = arnOf(KeyId)
      const second = randomBytes(32)
      const known = [
        'IncorrectKeyMaterialException',
        `Key material (id: ${id}) being imported as NEW_KEY_MATERIAL is already associated with KMS key ${arn}.`,
      ] as const
      await refused(kms.root, name, await importRequest(kms, KeyId, material, asNew), known)
      await refused(kms.root, name, await importRequest(kms, KeyId, second), [
        'IncorrectKeyMaterialException',
        `Imported key material does not have the expected identifier (${id}).`,
      ])
      const named = { ...asNew, KeyMaterialId: id }
      await refused(kms.root, name, await importRequest(kms, KeyId, second, named), [
        'ValidationException',
        'Input parameter keyMaterialId cannot be used with NEW_KEY_MATERIAL importType.',
      ])
      const pending = await imported(kms, KeyId, second, asNew)
      const third = await importRequest(kms, KeyId, randomBytes(32), asNew)
      const { body } = await outcome(kms.root, name, third)
      assert.equal(body.__type, 'KMSInvalidStateException')
      const text = String(body.message).replace(/[0-9a-f]{64}/, 'A')
      assert.equal(
        text,
        `New key material (id: A) cannot be imported into KMS key ${arn}, because another key material (id: ${pending}) is pending rotation.`,
      )
    })
  })

  describe('access', () => {
    testAccess(kms, name, {
      key: () => newExternalKey(kms),
      input: (KeyId) => importRequest(kms, KeyId, randomBytes(32)),
    })

    it('hears of the expiry', async () => {
      const KeyId = await newExternalKey(kms)
      const validTo = Math.floor(Date.now() / 1000) + 1000
      const request = await importRequest(kms, KeyId, randomBytes(32), {
        ValidTo: new Date(validTo * 1000),
      })
      const words = noKeyPolicy(`kms:${name}`, arnOf(KeyId))
      const under = async (Condition: object) => {
        const Policy = closedPolicy(allow(`kms:${name}`, parentArn, { Condition }))
        await call(kms.root, 'PutKeyPolicy', { KeyId, Policy })
      }
      await under({ StringEquals: { 'kms:ExpirationModel': 'KEY_MATERIAL_EXPIRES' } })
      await refused(kms.parent, name, request, words)
      await call(kms.parent, name, { ...request, ExpirationModel: 'KEY_MATERIAL_EXPIRES' })
      await under({ Null: { 'kms:ExpirationModel': 'true' } })
      await call(kms.parent, name, request)
      await under({ NumericLessThanEquals: { 'kms:ValidTo': String(validTo - 1) } })
      await refused(kms.parent, name, request, words)
      await under({ NumericLessThanEquals: { 'kms:ValidTo': String(validTo) } })
      await call(kms.parent, name, request)
      await under({ DateGreaterThan: { 'kms:ValidTo': '2020-01-01T00:00:00Z' } })
      await call(kms.parent, name, request)
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, async () =>
      json(await importRequest(kms, await newExternalKey(kms), randomBytes(32))),
    )
  })

  describe('result', () => {
    it('is the key and the id of its material, and the key works', async () => {
      const KeyId = await newExternalKey(kms)
      const request = await importRequest(kms, KeyId, randomBytes(32))
      const { body } = await answer(kms.root, name, request)
      const id = body.KeyMaterialId
      assert.match(String(id), /^[0-9a-f]{64}$/)
      assert.deepEqual(body, { KeyId: arnOf(KeyId), KeyMaterialId: id })
      const { KeyState, CurrentKeyMaterialId, ExpirationModel } = await metadataOf(KeyId)
      assert.deepEqual([KeyState, CurrentKeyMaterialId], ['Enabled', id])
      assert.equal(ExpirationModel, 'KEY_MATERIAL_DOES_NOT_EXPIRE')
      const sealed = await call(kms.root, 'Encrypt', { KeyId, Plaintext: Buffer.of(7) })
      const opened = await call(kms.root, 'Decrypt', { CiphertextBlob: sealed.CiphertextBlob })
      assert.deepEqual(Buffer.from(opened.Plaintext!), Buffer.of(7))
    })

    it('is material of the same id whenever it is the same, in this key alone', async () => {
      const { KeyId, material, id } = await importedKey(kms)
      assert.equal(await imported(kms, KeyId, material, { KeyMaterialId: id }), id)
      assert.notEqual((await importedKey(kms, material)).id, id)
    })

    it('is a key that computes what its owner’s material computes: HMAC', async () => {
      const kind = { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }
      for (const length of [32, 77, 128]) {
        const KeyId = await newExternalKey(kms, kind)
        const material = randomBytes(length)
        const { body } = await answer(kms.root, name, await importRequest(kms, KeyId, material))
        assert.deepEqual(body, { KeyId: arnOf(KeyId) })
        const input = { KeyId, Message: Buffer.from('message'), MacAlgorithm: 'HMAC_SHA_256' }
        const { Mac } = await call(kms.root, 'GenerateMac', input)
        assert.deepEqual(
          Buffer.from(Mac!),
          createHmac('sha256', material).update('message').digest(),
        )
      }
    })

    const pairs = [
      ['ECC_NIST_P256', 'ECDSA_SHA_256', 'RSAES_OAEP_SHA_1', { namedCurve: 'P-256' }],
      ['ECC_SECG_P256K1', 'ECDSA_SHA_256', 'RSA_AES_KEY_WRAP_SHA_1', { namedCurve: 'secp256k1' }],
      ['ECC_NIST_P521', 'ECDSA_SHA_512', 'RSA_AES_KEY_WRAP_SHA_256', { namedCurve: 'P-521' }],
    ] as const
    for (const [KeySpec, SigningAlgorithm, algorithm, curve] of pairs) {
      it(`is the owner’s key pair: ${KeySpec} with ${algorithm}`, async () => {
        const KeyId = await newExternalKey(kms, { KeySpec, KeyUsage: 'SIGN_VERIFY' })
        const { privateKey, publicKey } = generateKeyPairSync('ec', curve)
        const bytes = privateKey.export(pkcs8)
        await call(kms.root, name, await importRequest(kms, KeyId, bytes, {}, algorithm))
        const { PublicKey } = await call(kms.root, 'GetPublicKey', { KeyId })
        assert.deepEqual(Buffer.from(PublicKey!), publicKey.export(spki))
        const Message = Buffer.from('message')
        const hash = SigningAlgorithm.replace('ECDSA_SHA_', 'sha')
        const input = {
          KeyId,
          Message,
          SigningAlgorithm,
          Signature: sign(hash, Message, privateKey),
        }
        assert.equal((await call(kms.root, 'Verify', input)).SignatureValid, true)
      })
    }

    it('is the owner’s key pair: RSA', async () => {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const kind = { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' }
      const KeyId = await newExternalKey(kms, kind)
      const bytes = privateKey.export(pkcs8)
      const algorithm = 'RSA_AES_KEY_WRAP_SHA_256'
      const { body } = await answer(
        kms.root,
        name,
        await importRequest(kms, KeyId, bytes, {}, algorithm),
      )
      assert.deepEqual(body, { KeyId: arnOf(KeyId) })
      const { PublicKey } = await call(kms.root, 'GetPublicKey', { KeyId })
      assert.deepEqual(Buffer.from(PublicKey!), publicKey.export(spki))
    })

    it('is one key pair for good', async () => {
      const kind = { KeySpec: 'ECC_NIST_EDWARDS25519', KeyUsage: 'SIGN_VERIFY' }
      const KeyId = await newExternalKey(kms, kind)
      const newPair = () => generateKeyPairSync('ed25519').privateKey.export(pkcs8)
      const first = newPair()
      await imported(kms, KeyId, first)
      const other = await importRequest(kms, KeyId, newPair())
      const isRefused = async () => {
        const { body } = await outcome(kms.root, name, other)
        assert.equal(body.__type, 'IncorrectKeyMaterialException')
        assert.match(String(body.message), /does not have the expected identifier \([0-9a-f]{64}\)/)
      }
      await isRefused()
      await call(kms.root, 'DeleteImportedKeyMaterial', { KeyId })
      await isRefused()
      await imported(kms, KeyId, first)
      assert.equal((await metadataOf(KeyId)).KeyState, 'Enabled')
    })

    it('is new material beside the old, which a rotation makes current', async () => {
      const { KeyId, material, id } = await importedKey(kms)
      const old = await call(kms.root, 'Encrypt', { KeyId, Plaintext: Buffer.of(1) })
      const second = randomBytes(32)
      const next = await imported(kms, KeyId, second, {
        ...asNew,
        KeyMaterialDescription: 'safe 2',
      })
      const before = await rotations(KeyId)
      assert.deepEqual(
        before.map((one) => [one.KeyMaterialId, one.KeyMaterialState, one.KeyMaterialDescription]),
        [
          [id, 'CURRENT', undefined],
          [next, 'PENDING_ROTATION', 'safe 2'],
        ],
      )
      await call(kms.root, 'RotateKeyOnDemand', { KeyId })
      assert.equal((await metadataOf(KeyId)).CurrentKeyMaterialId, next)
      const { CiphertextBlob } = old
      assert.equal((await call(kms.root, 'Decrypt', { CiphertextBlob })).KeyMaterialId, id)
      for (const KeyMaterialId of [id, next]) {
        await call(kms.root, 'DeleteImportedKeyMaterial', { KeyId, KeyMaterialId })
      }
      await imported(kms, KeyId, second)
      assert.equal((await metadataOf(KeyId)).KeyState, 'PendingImport')
      await imported(kms, KeyId, material)
      assert.equal((await metadataOf(KeyId)).KeyState, 'Enabled')
      assert.equal((await call(kms.root, 'Decrypt', { CiphertextBlob })).KeyMaterialId, id)
      assert.equal((await rotations(KeyId))[1]?.KeyMaterialDescription, 'safe 2')
    })

    it('enables a key that was disabled', async () => {
      const { KeyId, material } = await importedKey(kms)
      await call(kms.root, 'DisableKey', { KeyId })
      await imported(kms, KeyId, material)
      assert.equal((await metadataOf(KeyId)).KeyState, 'Enabled')
    })

    it('is good until a whole second', async () => {
      const KeyId = await newExternalKey(kms)
      const second = Math.floor(Date.now() / 1000) * 1000 + 60_000
      await imported(kms, KeyId, randomBytes(32), { ValidTo: new Date(second + 750) })
      assert.deepEqual((await metadataOf(KeyId)).ValidTo, new Date(second))
    })

    it('stays while it waits for a rotation, whenever it expires, and is away after it', async () => {
      const { KeyId, id } = await importedKey(kms)
      const second = randomBytes(32)
      const ValidTo = new Date(Math.floor(Date.now() / 1000) * 1000 + 60_000)
      const next = await imported(kms, KeyId, second, { ...asNew, ValidTo })
      await pass(120_000)
      assert.deepEqual(
        (await rotations(KeyId)).map((one) => [one.KeyMaterialState, one.ImportState]),
        [
          ['CURRENT', 'IMPORTED'],
          ['PENDING_ROTATION', 'IMPORTED'],
        ],
      )
      await call(kms.root, 'Encrypt', { KeyId, Plaintext: Buffer.of(1) })
      await call(kms.root, 'RotateKeyOnDemand', { KeyId })
      const { KeyState, CurrentKeyMaterialId, ExpirationModel } = await metadataOf(KeyId)
      assert.deepEqual([KeyState, CurrentKeyMaterialId], ['PendingImport', next])
      assert.equal(ExpirationModel, undefined)
      await imported(kms, KeyId, second)
      assert.equal((await metadataOf(KeyId)).KeyState, 'Enabled')
      await call(kms.root, 'DeleteImportedKeyMaterial', { KeyId, KeyMaterialId: id })
      // Of a key that waits for some of its material, nothing is said of the rest.
      assert.equal((await metadataOf(KeyId)).ExpirationModel, undefined)
    })

    it('is material that expires, and can be imported again', async () => {
      const KeyId = await newExternalKey(kms)
      const material = randomBytes(32)
      const ValidTo = new Date((Math.floor(Date.now() / 1000) + 3600) * 1000)
      await imported(kms, KeyId, material, { ValidTo })
      const { ExpirationModel, ValidTo: until } = await metadataOf(KeyId)
      assert.equal(ExpirationModel, 'KEY_MATERIAL_EXPIRES')
      assert.deepEqual(until, ValidTo)
      const { CiphertextBlob } = await call(kms.root, 'Encrypt', { KeyId, Plaintext: Buffer.of(1) })
      await pass(3_590_000)
      assert.equal((await metadataOf(KeyId)).KeyState, 'Enabled')
      await pass(20_000)
      const expired = await metadataOf(KeyId)
      assert.deepEqual([expired.KeyState, expired.ExpirationModel], ['PendingImport', undefined])
      await imported(kms, KeyId, material)
      assert.equal((await metadataOf(KeyId)).ExpirationModel, 'KEY_MATERIAL_DOES_NOT_EXPIRE')
      await call(kms.root, 'Decrypt', { CiphertextBlob })
    })

    it('is one import of many at once', async () => {
      const KeyId = await newExternalKey(kms)
      const requests = await Promise.all(
        Array.from({ length: 4 }, () => importRequest(kms, KeyId, randomBytes(32))),
      )
      const seen = await Promise.all(requests.map((one) => outcome(kms.root, name, one)))
      assert.deepEqual(seen.map(({ status }) => status).sort(), [200, 400, 400, 400])
      assert.equal((await rotations(KeyId)).length, 1)
    })

    describeWithOpenssl('is what openssl wrapped', () => {
      const unlimited = { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }

      it('as AWS’s guide has it', async () => {
        const kind = { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }
        const KeyId = await newExternalKey(kms, kind)
        const { ImportToken, PublicKey } = await importParameters(kms, KeyId)
        const material = randomBytes(32)
        const EncryptedKeyMaterial = openssl(
          [
            ...['pkeyutl', '-encrypt', '-in', 'material', '-inkey', 'public', '-keyform', 'DER'],
            ...['-pubin', '-pkeyopt', 'rsa_padding_mode:oaep', '-pkeyopt', 'rsa_oaep_md:sha256'],
            ...['-pkeyopt', 'rsa_mgf1_md:sha256'],
          ],
          { material, public: PublicKey },
        )
        await call(kms.root, name, { KeyId, ImportToken, EncryptedKeyMaterial, ...unlimited })
        const input = { KeyId, Message: Buffer.of(1), MacAlgorithm: 'HMAC_SHA_256' }
        const { Mac } = await call(kms.root, 'GenerateMac', input)
        const want = createHmac('sha256', material).update(Buffer.of(1)).digest()
        assert.deepEqual(Buffer.from(Mac!), want)
      })

      it('with SM2, in a China Region', async () => {
        const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
        const root = kms.client({ region: 'cn-north-1' })
        const kind = { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }
        const KeyId = await newExternalKey({ root }, kind)
        const { ImportToken, PublicKey } = await importParameters({ root }, KeyId, 'SM2PKE', 'SM2')
        const EncryptedKeyMaterial = openssl(
          ['pkeyutl', '-encrypt', '-in', 'material', '-inkey', 'public', '-pubin'],
          { material: privateKey.export(pkcs8), public: pem('PUBLIC KEY', PublicKey) },
        )
        await call(root, name, { KeyId, ImportToken, EncryptedKeyMaterial, ...unlimited })
        const found = await call(root, 'GetPublicKey', { KeyId })
        assert.deepEqual(Buffer.from(found.PublicKey!), publicKey.export(spki))
      })
    })

    it('is a symmetric key of 16 bytes in a China Region', async () => {
      const root = kms.client({ region: 'cn-north-1' })
      const KeyId = await newExternalKey({ root })
      await refused(root, name, await importRequest({ root }, KeyId, randomBytes(32)), [
        'InvalidCiphertextException',
        null,
      ])
      await imported({ root }, KeyId, randomBytes(16))
      const { CiphertextBlob } = await call(root, 'Encrypt', { KeyId, Plaintext: Buffer.of(1) })
      await call(root, 'Decrypt', { CiphertextBlob })
    })

    it('of a multi-Region key is one in every Region before it is rotated', async () => {
      const KeyId = await newExternalKey(kms, { MultiRegion: true })
      const [first, second] = [randomBytes(32), randomBytes(32)]
      const id = await imported(kms, KeyId, first)
      const ReplicaRegion = 'eu-west-1'
      await call(kms.root, 'ReplicateKey', { KeyId, ReplicaRegion })
      const replica = { root: kms.client({ region: ReplicaRegion }) }
      const stateThere = async () =>
        (await call(replica.root, 'DescribeKey', { KeyId })).KeyMetadata?.KeyState
      assert.equal(await stateThere(), 'PendingImport')
      for (const [more, words] of [
        [
          asNew,
          'Input parameter ImportType NEW_KEY_MATERIAL cannot be used on replica Multi-Region keys',
        ],
        [
          { KeyMaterialDescription: 'text' },
          'Key material description can only be specified on primary Multi-Region keys',
        ],
      ] as const) {
        const request = await importRequest(replica, KeyId, first, more)
        await refused(replica.root, name, request, ['ValidationException', words])
      }
      assert.equal(await imported(replica, KeyId, first), id)
      assert.equal(await stateThere(), 'Enabled')

      const next = await imported(kms, KeyId, second, asNew)
      const pending = async () => (await rotations(KeyId)).at(-1)?.KeyMaterialState
      assert.equal(await pending(), 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION')
      await refused(kms.root, 'RotateKeyOnDemand', { KeyId }, [
        'KMSInvalidStateException',
        'Cannot perform key material rotation: Key material has not been imported for replicas of the Multi-Region key.',
      ])
      await imported(replica, KeyId, second, { ImportType: 'EXISTING_KEY_MATERIAL' })
      assert.equal(await pending(), 'PENDING_ROTATION')
      await call(kms.root, 'RotateKeyOnDemand', { KeyId })
      const { CiphertextBlob } = await call(kms.root, 'Encrypt', { KeyId, Plaintext: Buffer.of(7) })
      const opened = await call(replica.root, 'Decrypt', { CiphertextBlob })
      assert.deepEqual(Buffer.from(opened.Plaintext!), Buffer.of(7))
      assert.equal(opened.KeyMaterialId, next)
    })

    it('says nothing of the material', async () => {
      const KeyId = await newExternalKey(kms)
      const material = randomBytes(33)
      const { text } = await post(kms.url, name, json(await importRequest(kms, KeyId, material)))
      for (const form of ['hex', 'base64'] as const) {
        assert.equal(text.includes(material.toString(form).slice(0, 12)), false)
      }
    })
  })
})
