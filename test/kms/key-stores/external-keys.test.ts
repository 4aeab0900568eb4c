import assert from 'node:assert/strict'
import type { RunningXksProxy } from '../../../lib/http/xks-proxy.ts'
import { call, refused, type Refusal } from '../../support/call.ts'
import {
  connect,
  create,
  createKey,
  disconnect,
  patient,
  proxyInput,
  startProxy,
  startScripted,
  type ScriptedProxy,
} from '../../support/custom-key-stores.ts'
import { arnOf, keyIds, parentArn, useKms } from '../../support/scene.ts'
import { allow, delegation, policyOf } from '../../support/policies.ts'

const Plaintext = Buffer.from('plaintext')
const EncryptionContext = { tenant: 'a' }

const rejected: Refusal = [
  'KMSInvalidStateException',
  'The external key store proxy rejected the request because the specified ciphertext or encryption context is corrupted, missing, or otherwise invalid.',
]
const notUnderstood: Refusal = [
  'KMSInvalidStateException',
  'AWS KMS cannot interpret the response from the external key store proxy. If you see this error repeatedly, report it to your external key store proxy administrator.',
]

describe('keys in an external key store', () => {
  const kms = useKms(['symmetric', 'rsa'], {}, patient)
  let proxy: RunningXksProxy
  let storeId: string
  let KeyId: string
  let other: string
  before(async () => {
    proxy = await startProxy()
    storeId = await create(kms, proxyInput(proxy.url))
    await connect(kms, storeId)
    KeyId = await createKey(kms, storeId, 'key-1')
    other = await createKey(kms, storeId, 'key-2')
  })
  after(() => proxy.close())

  async function encrypted(): Promise<Uint8Array> {
    const input = { KeyId, Plaintext, EncryptionContext }
    return (await call(kms.root, 'Encrypt', input)).CiphertextBlob!
  }

  it('encrypt up to 4096 bytes, and decrypt them', async () => {
    for (const bytes of [1, 32, 4096]) {
      const given = Buffer.alloc(bytes, 3)
      const input = { KeyId, Plaintext: given, EncryptionContext }
      const { CiphertextBlob } = await call(kms.root, 'Encrypt', input)
      assert.ok(CiphertextBlob!.length <= 6144)
      const opened = await call(kms.root, 'Decrypt', { CiphertextBlob, EncryptionContext })
      assert.deepEqual(Buffer.from(opened.Plaintext!), given)
      assert.equal(opened.KeyId, arnOf(KeyId))
    }
  })

  it('give another ciphertext every time', async () => {
    assert.notDeepEqual(await encrypted(), await encrypted())
  })

  it('encrypt data keys, with and without their plaintext', async () => {
    const made = await call(kms.root, 'GenerateDataKey', { KeyId, KeySpec: 'AES_256' })
    const { CiphertextBlob } = made
    const opened = await call(kms.root, 'Decrypt', { CiphertextBlob })
    assert.deepEqual(opened.Plaintext, made.Plaintext)
    const input = { KeyId, NumberOfBytes: 17 }
    const hidden = await call(kms.root, 'GenerateDataKeyWithoutPlaintext', input)
    const shown = await call(kms.root, 'Decrypt', { CiphertextBlob: hidden.CiphertextBlob })
    assert.equal(shown.Plaintext!.length, 17)
  })

  it('re-encrypt from and to other keys', async () => {
    const away = await call(kms.root, 'ReEncrypt', {
      CiphertextBlob: await encrypted(),
      SourceEncryptionContext: EncryptionContext,
      DestinationKeyId: keyIds.symmetric,
    })
    const back = await call(kms.root, 'ReEncrypt', {
      CiphertextBlob: away.CiphertextBlob,
      DestinationKeyId: other,
    })
    const { CiphertextBlob } = back
    const opened = await call(kms.root, 'Decrypt', { CiphertextBlob, KeyId: other })
    assert.deepEqual(Buffer.from(opened.Plaintext!), Plaintext)
  })

  it('refuse another encryption context, and damage, as the proxy does', async () => {
    const CiphertextBlob = await encrypted()
    await refused(kms.root, 'Decrypt', { CiphertextBlob, EncryptionContext: {} }, rejected)
    const damaged = Buffer.from(CiphertextBlob)
    damaged[damaged.length - 1]! ^= 1
    const input = { CiphertextBlob: damaged, EncryptionContext }
    await refused(kms.root, 'Decrypt', input, rejected)
  })

  it('refuse what was not made so, before the proxy hears of it', async () => {
    const CiphertextBlob = Buffer.from(await encrypted())
    // The first of the sealed bytes says their form: behind it stand 12 + 1 + 6 + 16 + 25 others.
    const at = CiphertextBlob.length - (2 + 12 + 1 + 6 + 16 + Plaintext.length + 16)
    assert.deepEqual(CiphertextBlob.subarray(at, at + 2), Buffer.of(1, 12))
    CiphertextBlob[at] = 2
    const input = { CiphertextBlob, EncryptionContext }
    await refused(kms.root, 'Decrypt', input, ['InvalidCiphertextException', null])
    const ordinary = { KeyId: keyIds.symmetric, Plaintext }
    const { CiphertextBlob: foreign } = await call(kms.root, 'Encrypt', ordinary)
    await refused(kms.root, 'Decrypt', { CiphertextBlob: foreign, KeyId }, [
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    ])
  })

  it('are not told apart by the external key alone: KMS has material of its own', async () => {
    // Both external keys are the same 32 bytes here.
    const CiphertextBlob = Buffer.from(await encrypted())
    const { CiphertextBlob: ofOther } = await call(kms.root, 'Encrypt', { KeyId: other, Plaintext })
    Buffer.from(ofOther!).copy(CiphertextBlob, 5, 5, 37)
    await refused(kms.root, 'Decrypt', { CiphertextBlob, EncryptionContext }, rejected)
  })

  it('make no data key pairs', async () => {
    for (const name of ['GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext'] as const) {
      await refused(kms.root, name, { KeyId, KeyPairSpec: 'ECC_NIST_P256' }, [
        'UnsupportedOperationException',
        `${arnOf(KeyId)} origin is EXTERNAL_KEY_STORE which is not valid for this operation.`,
      ])
    }
  })

  it('call their proxy last: a dry run and a call that is not allowed do not', async () => {
    const scripted = await startScripted()
    const id = await create(kms, proxyInput(scripted.url))
    await connect(kms, id)
    const key = await createKey(kms, id, 'x')
    scripted.asked.length = 0
    await refused(kms.root, 'Encrypt', { KeyId: key, Plaintext, DryRun: true }, [
      'DryRunOperationException',
      'The request would have succeeded, but the DryRun option is set.',
    ])
    await assert.rejects(call(kms.parent, 'Encrypt', { KeyId: key, Plaintext }))
    assert.deepEqual(scripted.asked, [])
    await scripted.close()
  })

  it('say that their key store is not connected', async () => {
    await disconnect(kms, storeId)
    await refused(kms.root, 'Encrypt', { KeyId, Plaintext }, [
      'KMSInvalidStateException',
      'This KMS key is in a custom key store that is not connected to its external key store proxy. Connect the external key store and try the request again.',
    ])
    await connect(kms, storeId)
    await encrypted()
  })

  describe('and a proxy', () => {
    let scripted: ScriptedProxy
    let key: string
    before(async () => {
      scripted = await startScripted()
      const id = await create(kms, proxyInput(scripted.url))
      await connect(kms, id)
      key = await createKey(kms, id, 'some.key_1-A')
    })
    after(() => scripted.close())
    beforeEach(() => {
      scripted.answers = {}
      scripted.asked.length = 0
    })

    it('that is asked hears who calls, with which key, and 32 bytes for all that is bound', async () => {
      const Policy = policyOf(delegation, allow('kms:Encrypt', parentArn))
      await call(kms.root, 'PutKeyPolicy', { KeyId: key, Policy })
      await refused(kms.parent, 'Encrypt', { KeyId: key, Plaintext }, notUnderstood)
      const [asked] = scripted.asked
      assert.equal(asked?.path, '/kms/xks/v1/keys/some.key_1-A/encrypt')
      const { requestMetadata, plaintext, additionalAuthenticatedData, ...rest } = JSON.parse(
        asked.body,
      ) as Record<string, string>
      const { kmsRequestId, ...metadata } = requestMetadata as unknown as Record<string, string>
      assert.match(kmsRequestId!, /^[0-9a-f-]{36}$/)
      assert.deepEqual(metadata, {
        awsPrincipalArn: parentArn,
        kmsKeyArn: arnOf(key),
        kmsOperation: 'Encrypt',
      })
      assert.deepEqual(rest, {
        encryptionAlgorithm: 'AES_GCM',
        ciphertextDataIntegrityValueAlgorithm: 'SHA_256',
      })
      assert.equal(Buffer.from(additionalAuthenticatedData!, 'base64').length, 32)
      const inner = Buffer.from(plaintext!, 'base64')
      assert.equal(inner.length, Plaintext.length + 16)
      assert.equal(inner.includes(Plaintext), false)
    })

    for (const [status, errorName, beginning] of [
      [400, 'ValidationException', 'AWS KMS cannot interpret'],
      [400, 'InvalidStateException', 'The external key associated'],
      [400, 'InvalidKeyUsageException', 'The external key associated'],
      [401, 'AuthenticationFailedException', 'The external key store proxy rejected'],
      [403, 'AccessDeniedException', 'The external key store proxy denied'],
      [404, 'KeyNotFoundException', 'The external key associated'],
      [404, 'InvalidUriPathException', 'The external key store proxy rejected'],
      [429, 'ThrottlingException', 'The external key store proxy rejected'],
      [500, 'InternalException', 'The external key store proxy rejected'],
      [501, 'UnsupportedOperationException', 'The external key store proxy rejected'],
      [503, 'DependencyTimeoutException', 'The external key store proxy did not respond'],
      [500, 'constructor', 'AWS KMS cannot interpret'],
    ] as const) {
      it(`that answers ${errorName} is told of in AWS’s words, and not in its own`, async () => {
        const body = { errorName, errorMessage: 'of the proxy itself' }
        scripted.answers = { encrypt: { status, body } }
        const input = { KeyId: key, KeySpec: 'AES_256' }
        await assert.rejects(call(kms.root, 'GenerateDataKey', input), ({ message }: Error) => {
          assert.match(message, new RegExp(`"KMSInvalidStateException","message":"${beginning}`))
          assert.equal(message.includes('of the proxy itself'), false)
          return true
        })
      })
    }

    it('that decrypts to something else does not deceive KMS', async () => {
      const ours = await startProxy()
      const id = await create(kms, proxyInput(ours.url))
      await connect(kms, id)
      const turned = await createKey(kms, id, 'key-1')
      const { CiphertextBlob } = await call(kms.root, 'Encrypt', { KeyId: turned, Plaintext })
      await call(kms.root, 'DisconnectCustomKeyStore', { CustomKeyStoreId: id })
      await call(kms.root, 'UpdateCustomKeyStore', {
        CustomKeyStoreId: id,
        XksProxyUriEndpoint: scripted.url,
        XksProxyUriPath: '/liar/kms/xks/v1',
      })
      await connect(kms, id)
      const bytes = (length: number) => Buffer.alloc(length).toString('base64')
      scripted.answers = { decrypt: { body: { plaintext: bytes(Plaintext.length + 16) } } }
      await refused(kms.root, 'Decrypt', { CiphertextBlob }, [
        'KMSInvalidStateException',
        'The ciphertext that the external key store proxy submitted for decryption, or the encryption context, is corrupted, missing, or otherwise invalid.',
      ])
      scripted.answers = { decrypt: { body: { plaintext: bytes(Plaintext.length) } } }
      await refused(kms.root, 'Decrypt', { CiphertextBlob }, notUnderstood)
      await ours.close()
    })
  })
})
