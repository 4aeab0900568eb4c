import assert from 'node:assert/strict'
import {
  checkHealth,
  checkKey,
  decrypt,
  encrypt,
  integrityValue,
  type XksCaller,
  type XksReply,
  type XksRequest,
} from '../../../lib/kms/key-stores/xks-api.ts'
import { healthy, usable } from '../../support/custom-key-stores.ts'

/** The specification's examples: of GetHealthStatus, Encrypt and Decrypt, and appendix C. */
const additional = Buffer.from('project=nile,department=marketing')
const example = {
  authenticationTag: 'vBxN2ncH1oEkR8WVXpmyYQ==',
  ciphertext: 'ghxkK1txeDNn3q8Y',
  ciphertextDataIntegrityValue: 'qHA/ImC9h5HsLRXqCyPmWgYx7tzyoTplzILbP0fPXsc=',
  ciphertextMetadata: 'a2V5X3ZlcnNpb249MQ==',
  initializationVector: 'HMrlRw85cAJUd5Ax',
}
const bytes = (text: string) => Buffer.from(text, 'base64')
const sealed = {
  ciphertext: bytes(example.ciphertext),
  metadata: bytes(example.ciphertextMetadata),
  initializationVector: bytes(example.initializationVector),
  authenticationTag: bytes(example.authenticationTag),
}
const requestMetadata = {
  awsPrincipalArn: 'arn:aws:iam::123456789012:user/Alice',
  kmsKeyArn: 'arn:aws:kms:us-east-2:123456789012:/key/1234abcd-12ab-34cd-56ef-1234567890ab',
  kmsOperation: 'Encrypt',
  kmsRequestId: '4112f4d6-db54-4af4-ae30-c55a22a8dfae',
}

/** A proxy that answers so, and what it was asked. */
function proxyThat(answer: object | string, status = 200) {
  const asked: XksRequest[] = []
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer)
  const caller: XksCaller = {
    transport: {
      send(request): Promise<XksReply> {
        asked.push(request)
        return Promise.resolve({ status, body: Buffer.from(text) })
      },
    },
    proxy: {
      type: 'EXTERNAL_KEY_STORE',
      connectivity: 'PUBLIC_ENDPOINT',
      uriEndpoint: 'https://xks.example.com',
      uriPath: '/example/kms/xks/v1',
      credential: { accessKeyId: 'A', secretAccessKey: 'B' },
    },
    region: 'us-east-2',
    requestMetadata,
  }
  return { caller, asked }
}

const failure = (message: string) => ({ name: 'XksFailure', message })

describe('encrypt', () => {
  const plaintext = Buffer.from('Hello World!')
  const send = (answer: object, status?: number) =>
    encrypt(proxyThat(answer, status).caller, 'key', plaintext, additional)

  it('asks as the specification’s example does, and takes its answer', async () => {
    const { caller, asked } = proxyThat(example)
    assert.deepEqual(await encrypt(caller, 'key', plaintext, additional), sealed)
    const [{ path, region, body } = { path: '', region: '', body: '' }] = asked
    assert.equal(path, '/example/kms/xks/v1/keys/key/encrypt')
    assert.equal(region, 'us-east-2')
    assert.deepEqual(JSON.parse(body), {
      requestMetadata,
      additionalAuthenticatedData: 'cHJvamVjdD1uaWxlLGRlcGFydG1lbnQ9bWFya2V0aW5n',
      plaintext: 'SGVsbG8gV29ybGQh',
      encryptionAlgorithm: 'AES_GCM',
      ciphertextDataIntegrityValueAlgorithm: 'SHA_256',
    })
  })

  it('takes an answer without metadata', async () => {
    const metadata = Buffer.alloc(0)
    const value = integrityValue(additional, { ...sealed, metadata }).toString('base64')
    const { ciphertextMetadata: _, ...rest } = example
    const answer = { ...rest, ciphertextDataIntegrityValue: value }
    assert.deepEqual(await send(answer), { ...sealed, metadata })
  })

  for (const [what, change] of [
    ['no integrity value', { ciphertextDataIntegrityValue: undefined }],
    ['another integrity value', { ciphertextDataIntegrityValue: 'AAAA' }],
    ['a flipped bit', { ciphertext: 'ghxkK1txeDNn3q8Z' }],
    ['a longer ciphertext', { ciphertext: 'ghxkK1txeDNn3q8YAA==' }],
    ['a vector of 13 bytes', { initializationVector: 'AAAAAAAAAAAAAAAAAA==' }],
    ['a tag of 12 bytes', { authenticationTag: 'AAAAAAAAAAAAAAAA' }],
    ['metadata of 21 bytes', { ciphertextMetadata: Buffer.alloc(21).toString('base64') }],
    ['what is not base64', { ciphertext: 'ghxkK1txeDNn3q8' }],
    ['a number', { ciphertext: 1 }],
  ] as const) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(send({ ...example, ...change }), failure('malformed'))
    })
  }

  it('tells the specification’s errors apart, and takes no other for one', async () => {
    const named = { errorName: 'KeyNotFoundException' }
    await assert.rejects(send(named, 404), failure('KeyNotFoundException'))
    for (const errorName of ['timeout', 'notConnected', 'NoSuchException', '__proto__', 7, null]) {
      await assert.rejects(send({ errorName }, 400), failure('malformed'))
    }
    await assert.rejects(send(example, 201), failure('malformed'))
  })
})

describe('decrypt', () => {
  const send = (answer: object | string) =>
    decrypt(proxyThat(answer).caller, 'key', sealed, additional)

  it('asks as the specification’s example does, and takes its answer', async () => {
    const { caller, asked } = proxyThat({ plaintext: 'SGVsbG8gV29ybGQh' })
    const plaintext = await decrypt(caller, 'key', sealed, additional)
    assert.equal(plaintext.toString(), 'Hello World!')
    const { ciphertextDataIntegrityValue: _, ...members } = example
    assert.deepEqual(JSON.parse(asked[0]?.body ?? ''), {
      requestMetadata,
      additionalAuthenticatedData: 'cHJvamVjdD1uaWxlLGRlcGFydG1lbnQ9bWFya2V0aW5n',
      encryptionAlgorithm: 'AES_GCM',
      ...members,
    })
  })

  it('refuses a plaintext of another length, and an answer that is no object', async () => {
    for (const answer of [{ plaintext: 'AAAA' }, {}, [], 'null', '', '{', '"x"']) {
      await assert.rejects(send(answer), failure('malformed'))
    }
  })
})

describe('integrityValue', () => {
  it('is that of the specification’s appendix C', () => {
    const value = integrityValue(additional, sealed)
    assert.equal(value.toString('base64'), example.ciphertextDataIntegrityValue)
  })
})

describe('checkHealth', () => {
  const check = (answer: object) => checkHealth(proxyThat(answer).caller)
  const [degraded, active] = healthy.ekmFleetDetails
  const unavailable = { ...active, healthStatus: 'UNAVAILABLE' }

  it('takes the specification’s example, and one key manager of several', async () => {
    await check(healthy)
    await check({ ...healthy, ekmFleetDetails: [unavailable, degraded] })
  })

  it('refuses a proxy whose key managers are all unavailable', async () => {
    const answer = { ...healthy, ekmFleetDetails: [unavailable, unavailable] }
    await assert.rejects(check(answer), failure('noKeyManager'))
  })

  for (const [what, change] of [
    ['no fleet', { xksProxyFleetSize: 0 }],
    ['half a proxy', { xksProxyFleetSize: 1.5 }],
    ['a proxy without a vendor', { xksProxyVendor: undefined }],
    ['no key manager', { ekmFleetDetails: [] }],
    ['eleven key managers', { ekmFleetDetails: Array(11).fill(active) }],
    ['a key manager that is none', { ekmFleetDetails: [null] }],
    ['a status that there is not', { ekmFleetDetails: [{ ...active, healthStatus: 'FINE' }] }],
    ['a key manager without a model', { ekmFleetDetails: [{ ...active, model: undefined }] }],
  ] as const) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(check({ ...healthy, ...change }), failure('malformed'))
    })
  }
})

describe('checkKey', () => {
  const check = (change: object) =>
    checkKey(proxyThat({ ...usable, ...change }).caller, 'b42c7fbf-de61-441c-ae24-123456789012')

  it('takes a key for more than KMS needs', async () => {
    await check({})
    await check({ keyUsage: ['SIGN', 'DECRYPT', 'WRAP', 'ENCRYPT'] })
  })

  for (const [change, message] of [
    [{ keySpec: 'AES_128' }, 'wrongKeySpec'],
    [{ keyUsage: ['ENCRYPT'] }, 'InvalidKeyUsageException'],
    [{ keyUsage: ['DECRYPT'] }, 'InvalidKeyUsageException'],
    [{ keyStatus: 'DISABLED' }, 'InvalidStateException'],
    [{ keyStatus: 'enabled' }, 'malformed'],
    [{ keyUsage: 'ENCRYPT,DECRYPT' }, 'malformed'],
    [{ keyUsage: Array(11).fill('ENCRYPT') }, 'malformed'],
    [{ keySpec: undefined }, 'malformed'],
  ] as const) {
    it(`refuses ${JSON.stringify(change)}`, async () => {
      await assert.rejects(check(change), failure(message))
    })
  }
})
