import assert from 'node:assert/strict'
import { createPublicKey, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  DecryptCommand,
  DeriveSharedSecretCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyPairCommand,
  GenerateRandomCommand,
  KMS,
  KMSClient,
  type KMSClientConfig,
} from '@aws-sdk/client-kms'
import { sealForRecipient } from '../../lib/crypto/envelope.ts'
import { Enclave, withRecipient } from '../../lib/enclave/index.ts'

type Body = Record<string, unknown>

const secret = Buffer.from('the secret')
const ciphertext = Buffer.from('ciphertext')
const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab'

/** A KMS that answers what the test says, and remembers what it was asked. */
let server: Server
let config: KMSClientConfig
let enclave: Enclave
let calls: { operation: string; body: Body }[]
let answer: (body: Body) => Body

/** The sealed secret, as base64: what AWS KMS answers where a call has a Recipient. */
function sealed(): string {
  const spki = Buffer.from(enclave.publicKey)
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
  return sealForRecipient(secret, { key, spki }, randomBytes).toString('base64')
}

describe('withRecipient', () => {
  before(async () => {
    enclave = await Enclave.start()
    server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as Body
        const target = String(request.headers['x-amz-target'])
        calls.push({ operation: target.replace('TrentService.', ''), body })
        response.setHeader('content-type', 'application/x-amz-json-1.1')
        response.end(JSON.stringify(answer(body)))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    config = {
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: '111122223333', secretAccessKey: 'test' },
    }
  })

  beforeEach(() => {
    calls = []
    answer = () => ({ KeyId: keyId, CiphertextForRecipient: sealed() })
  })

  after(() => server.close())

  it('carries a document in the five calls, and opens their answers', async () => {
    const client = withRecipient(new KMSClient(config), enclave)
    const KeyId = keyId
    const opened = {
      Decrypt: (await client.send(new DecryptCommand({ CiphertextBlob: ciphertext }))).Plaintext,
      DeriveSharedSecret: (
        await client.send(
          new DeriveSharedSecretCommand({
            KeyId,
            KeyAgreementAlgorithm: 'ECDH',
            PublicKey: ciphertext,
          }),
        )
      ).SharedSecret,
      GenerateDataKey: (await client.send(new GenerateDataKeyCommand({ KeyId }))).Plaintext,
      GenerateDataKeyPair: (
        await client.send(new GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: 'RSA_2048' }))
      ).PrivateKeyPlaintext,
      GenerateRandom: (await client.send(new GenerateRandomCommand({}))).Plaintext,
    }
    for (const [operation, plaintext] of Object.entries(opened)) {
      assert.deepEqual(Buffer.from(plaintext!), secret, operation)
    }
    assert.deepEqual(
      calls.map(({ operation }) => operation),
      Object.keys(opened),
    )
    for (const { body } of calls) {
      const { KeyEncryptionAlgorithm, AttestationDocument } = body.Recipient as Body
      assert.equal(KeyEncryptionAlgorithm, 'RSAES_OAEP_SHA_256')
      assert.equal(Buffer.from(String(AttestationDocument), 'base64')[0], 0x84)
    }
  })

  it('leaves out the envelope, and keeps the rest of the answer', async () => {
    const client = withRecipient(new KMSClient(config), enclave)
    const output = await client.send(new DecryptCommand({ CiphertextBlob: ciphertext }))
    assert.equal('CiphertextForRecipient' in output, false)
    assert.equal(output.KeyId, keyId)
    assert.equal(output.$metadata.httpStatusCode, 200)
  })

  it('passes other operations untouched', async () => {
    answer = (body) => ({ KeyId: body.KeyId, CiphertextBlob: ciphertext.toString('base64') })
    const client = withRecipient(new KMSClient(config), enclave)
    const { CiphertextBlob } = await client.send(
      new EncryptCommand({ KeyId: keyId, Plaintext: Buffer.from('a') }),
    )
    assert.deepEqual(Buffer.from(CiphertextBlob!), ciphertext)
    await client.send(new DescribeKeyCommand({ KeyId: keyId }))
    assert.deepEqual(
      calls.map(({ body }) => body),
      [{ KeyId: keyId, Plaintext: 'YQ==' }, { KeyId: keyId }],
    )
  })

  it('passes a call with a Recipient of its own untouched', async () => {
    const client = withRecipient(new KMSClient(config), enclave)
    const Recipient = {
      KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
      AttestationDocument: secret,
    } as const
    const output = await client.send(new GenerateRandomCommand({ Recipient }))
    assert.ok(output.CiphertextForRecipient)
    assert.deepEqual(
      (calls[0]?.body.Recipient as Body).AttestationDocument,
      secret.toString('base64'),
    )
  })

  it('attests a call whose Recipient is undefined', async () => {
    const client = withRecipient(new KMSClient(config), enclave)
    const input = { CiphertextBlob: ciphertext, Recipient: undefined }
    const { Plaintext } = await client.send(new DecryptCommand(input))
    assert.deepEqual(Buffer.from(Plaintext!), secret)
    assert.ok(calls[0]?.body.Recipient)
  })

  it('leaves the client that it was given alone, before and after', async () => {
    const plain = new KMSClient({ ...config, cacheMiddleware: true })
    const attested = withRecipient(plain, enclave)
    const command = () => new DecryptCommand({ CiphertextBlob: ciphertext })
    await plain.send(command())
    await attested.send(command())
    // Options make the SDK drop its cache of handlers: the next call must not find the other's.
    await attested.send(command(), {})
    await attested.send(command())
    await plain.send(command())
    assert.deepEqual(
      calls.map(({ body }) => body.Recipient !== undefined),
      [false, true, true, true, false],
    )
  })

  it('keeps the class of the client and its methods', async () => {
    const client = withRecipient(new KMS(config), enclave)
    assert.ok(client instanceof KMS)
    const { Plaintext } = await client.decrypt({ CiphertextBlob: ciphertext })
    assert.deepEqual(Buffer.from(Plaintext!), secret)
  })

  it('takes an answer whose plaintext is empty', async () => {
    answer = () => ({ Plaintext: '', CiphertextForRecipient: sealed() })
    const client = withRecipient(new KMSClient(config), enclave)
    const { Plaintext } = await client.send(new DecryptCommand({ CiphertextBlob: ciphertext }))
    assert.deepEqual(Buffer.from(Plaintext!), secret)
  })

  it('refuses an answer with plaintext beside the envelope, or in its place', async () => {
    const client = withRecipient(new KMSClient(config), enclave)
    const clear = secret.toString('base64')
    for (const body of [
      { Plaintext: clear },
      { Plaintext: clear, CiphertextForRecipient: sealed() },
    ]) {
      answer = () => body
      await assert.rejects(client.send(new DecryptCommand({ CiphertextBlob: ciphertext })), {
        name: 'TrustError',
        code: 'ANSWER_IN_PLAINTEXT',
      })
    }
  })

  it('refuses an answer without an envelope, or with an empty one', async () => {
    const client = withRecipient(new KMSClient(config), enclave)
    for (const body of [{ KeyId: keyId }, { CiphertextForRecipient: '' }]) {
      answer = () => body
      await assert.rejects(client.send(new DecryptCommand({ CiphertextBlob: ciphertext })), {
        name: 'TrustError',
        code: 'ANSWER_NOT_SEALED',
      })
    }
  })

  it('refuses an envelope for another enclave', async () => {
    const client = withRecipient(new KMSClient(config), await Enclave.start())
    await assert.rejects(client.send(new DecryptCommand({ CiphertextBlob: ciphertext })), {
      code: 'ENVELOPE_OTHER_KEY',
    })
  })
})
