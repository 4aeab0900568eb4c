import assert from 'node:assert/strict'
import { startXksProxy, type RunningXksProxy } from '../../lib/http/xks-proxy.ts'
import { integrityValue } from '../../lib/kms/key-stores/xks-api.ts'
import {
  credential,
  disabledId,
  encryptOnlyId,
  startProxy,
  uriPath,
} from '../support/custom-key-stores.ts'
import { hasProgram, runToEnd } from '../support/programs.ts'
import { signedHeaders, type Unsigned } from '../support/xks-signer.ts'

const requestMetadata = {
  awsPrincipalArn: 'arn:aws:iam::123456789012:user/Alice',
  kmsKeyArn: 'arn:aws:kms:us-east-2:123456789012:/key/1234abcd-12ab-34cd-56ef-1234567890ab',
  kmsOperation: 'Encrypt',
  kmsRequestId: '4112f4d6-db54-4af4-ae30-c55a22a8dfae',
  kmsViaService: 'ebs',
}
/** The specification's example of an Encrypt request. */
const encryptRequest = {
  requestMetadata,
  additionalAuthenticatedData: 'cHJvamVjdD1uaWxlLGRlcGFydG1lbnQ9bWFya2V0aW5n',
  plaintext: 'SGVsbG8gV29ybGQh',
  encryptionAlgorithm: 'AES_GCM',
  ciphertextDataIntegrityValueAlgorithm: 'SHA_256',
}

type Json = Record<string, string>

describe('the external key store proxy', () => {
  let proxy: RunningXksProxy
  before(async () => {
    proxy = await startProxy()
  })
  after(() => proxy.close())

  async function post(path: string, body: object | string, how: Partial<Unsigned> = {}) {
    const host = proxy.url.slice('http://'.length)
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const { host: _, ...headers } = await signedHeaders({ host, path, body: text, ...how })
    const response = await fetch(proxy.url + path, { method: 'POST', headers, body: text })
    assert.equal(response.headers.get('content-type'), 'application/json')
    return { status: response.status, body: (await response.json()) as Json }
  }

  async function refusedBy(path: string, body: object | string, want: [number, string]) {
    const got = await post(path, body)
    assert.deepEqual([got.status, got.body.errorName], want)
    assert.match(got.body.errorMessage!, /^[\x20-\x7e]{1,511}$/)
  }

  const on = (id: string, operation: string) => `${uriPath}/keys/${id}/${operation}`
  const bytes = (text = '') => Buffer.from(text, 'base64')

  it('says how it is', async () => {
    const asked = { requestMetadata: { kmsRequestId: 'x', kmsOperation: 'KmsHealthCheck' } }
    const { status, body } = await post(`${uriPath}/health`, asked)
    assert.equal(status, 200)
    assert.deepEqual(Object.keys(body).sort(), [
      'ekmFleetDetails',
      'ekmVendor',
      'xksProxyFleetSize',
      'xksProxyModel',
      'xksProxyVendor',
    ])
  })

  it('describes its keys, disabled ones too', async () => {
    for (const [id, keyUsage, keyStatus] of [
      ['key-1', ['ENCRYPT', 'DECRYPT'], 'ENABLED'],
      [disabledId, ['ENCRYPT', 'DECRYPT'], 'DISABLED'],
      [encryptOnlyId, ['ENCRYPT'], 'ENABLED'],
    ] as const) {
      const { status, body } = await post(on(id, 'metadata'), { requestMetadata })
      assert.equal(status, 200)
      assert.deepEqual(body, { keySpec: 'AES_256', keyUsage, keyStatus })
    }
  })

  it('encrypts the specification’s example, vouches for it, and decrypts it', async () => {
    const { status, body: sealed } = await post(on('key-1', 'encrypt'), encryptRequest)
    assert.equal(status, 200)
    const value = integrityValue(bytes(encryptRequest.additionalAuthenticatedData), {
      ciphertext: bytes(sealed.ciphertext),
      metadata: bytes(sealed.ciphertextMetadata),
      initializationVector: bytes(sealed.initializationVector),
      authenticationTag: bytes(sealed.authenticationTag),
    })
    assert.equal(sealed.ciphertextDataIntegrityValue, value.toString('base64'))
    const { additionalAuthenticatedData } = encryptRequest
    const request = {
      requestMetadata,
      additionalAuthenticatedData,
      encryptionAlgorithm: 'AES_GCM',
      ...sealed,
    }
    const opened = await post(on('key-1', 'decrypt'), request)
    assert.deepEqual(opened, { status: 200, body: { plaintext: encryptRequest.plaintext } })
    const without = { ...request, additionalAuthenticatedData: undefined }
    await refusedBy(on('key-1', 'decrypt'), without, [400, 'InvalidCiphertextException'])
  })

  it('vouches only where it is asked to', async () => {
    const { ciphertextDataIntegrityValueAlgorithm: _, ...request } = encryptRequest
    const { body } = await post(on('key-1', 'encrypt'), request)
    assert.equal('ciphertextDataIntegrityValue' in body, false)
  })

  it('takes 4300 bytes of plaintext and 8192 of additional data, and no more', async () => {
    const base64 = (length: number) => Buffer.alloc(length).toString('base64')
    const most = {
      ...encryptRequest,
      plaintext: base64(4_300),
      additionalAuthenticatedData: base64(8_192),
    }
    assert.equal((await post(on('key-1', 'encrypt'), most)).status, 200)
    for (const more of [
      { plaintext: base64(4_301) },
      { additionalAuthenticatedData: base64(8_193) },
    ]) {
      const request = { ...most, ...more }
      await refusedBy(on('key-1', 'encrypt'), request, [501, 'UnsupportedOperationException'])
    }
  })

  for (const [what, id, change, want] of [
    ['a key that there is not', 'nobody', {}, [404, 'KeyNotFoundException']],
    ['a disabled key', disabledId, {}, [400, 'InvalidStateException']],
    [
      'another algorithm',
      'key-1',
      { encryptionAlgorithm: 'AES_CBC' },
      [400, 'ValidationException'],
    ],
    ['no plaintext', 'key-1', { plaintext: undefined }, [400, 'ValidationException']],
    ['what is not base64', 'key-1', { plaintext: 'SGVsbG8' }, [400, 'ValidationException']],
    [
      'another integrity algorithm',
      'key-1',
      { ciphertextDataIntegrityValueAlgorithm: 'MD5' },
      [400, 'ValidationException'],
    ],
    [
      'nobody’s request',
      'key-1',
      { requestMetadata: { ...requestMetadata, awsPrincipalArn: undefined } },
      [400, 'ValidationException'],
    ],
    ['no metadata', 'key-1', { requestMetadata: undefined }, [400, 'ValidationException']],
  ] as const) {
    it(`refuses to encrypt with ${what}`, async () => {
      const request = { ...encryptRequest, ...change }
      await refusedBy(on(id, 'encrypt'), request, [...want])
    })
  }

  it('refuses to decrypt with a key that only encrypts', async () => {
    const request = { ...encryptRequest, plaintext: undefined }
    await refusedBy(on(encryptOnlyId, 'decrypt'), request, [400, 'InvalidKeyUsageException'])
  })

  it('refuses a vector or metadata of a length that there is not', async () => {
    const { body: sealed } = await post(on('key-1', 'encrypt'), encryptRequest)
    for (const change of [
      { initializationVector: Buffer.alloc(13).toString('base64') },
      { ciphertextMetadata: Buffer.alloc(21).toString('base64') },
    ]) {
      const request = { requestMetadata, encryptionAlgorithm: 'AES_GCM', ...sealed, ...change }
      await refusedBy(on('key-1', 'decrypt'), request, [400, 'ValidationException'])
    }
  })

  it('refuses a body that is no JSON object', async () => {
    for (const body of ['{', '[]', '"x"', '\u{0}']) {
      await refusedBy(`${uriPath}/health`, body, [400, 'ValidationException'])
    }
  })

  it('refuses paths that it does not have', async () => {
    for (const path of [
      '/',
      '/health',
      '/other/kms/xks/v1/health',
      `${uriPath}/health/more`,
      `${uriPath}/keys/key-1`,
      `${uriPath}/keys/key-1/destroy`,
      `${uriPath}/keys/key-1/encrypt/more`,
    ]) {
      await refusedBy(path, { requestMetadata }, [404, 'InvalidUriPathException'])
    }
  })

  it('answers every other method 405', async () => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const response = await fetch(`${proxy.url}${uriPath}/health`, { method })
      assert.equal(response.status, 405)
      assert.equal(response.headers.get('allow'), 'POST')
    }
  })

  it('knows only its own credential, for this service, now', async () => {
    const health = { requestMetadata: { kmsRequestId: 'x', kmsOperation: 'KmsHealthCheck' } }
    for (const how of [
      { secretAccessKey: 'x'.repeat(43) },
      { service: 'kms' },
      { date: new Date(Date.now() - 6 * 60_000) },
      { date: new Date(Date.now() + 6 * 60_000) },
      { path: `${uriPath}/healthy` },
      { body: '{}' },
    ]) {
      const headers = await signedHeaders({
        host: proxy.url.slice('http://'.length),
        path: `${uriPath}/health`,
        body: JSON.stringify(health),
        ...how,
      })
      const { host: _, ...sent } = headers
      const response = await fetch(`${proxy.url}${uriPath}/health`, {
        method: 'POST',
        headers: sent,
        body: JSON.stringify(health),
      })
      assert.equal(response.status, 401, JSON.stringify(how))
      const { errorName } = (await response.json()) as Json
      assert.equal(errorName, 'AuthenticationFailedException')
    }
    const unsigned = await fetch(`${proxy.url}${uriPath}/health`, { method: 'POST', body: '{}' })
    assert.equal(unsigned.status, 401)
  })

  it('logs what AWS recommends, and nothing secret', async () => {
    const lines: string[] = []
    const keep = (fields: object) => void lines.push(JSON.stringify(fields))
    const logging = await startXksProxy({
      port: 0,
      credentials: new Map([[credential.AccessKeyId, credential.RawSecretAccessKey]]),
      keys: new Map([['key-1', { secret: Buffer.alloc(32, 7) }]]),
      log: { info: keep, warn: keep, error: keep },
    })
    const before = proxy
    proxy = logging
    await post(on('key-1', 'encrypt'), encryptRequest)
    await post(on('nobody', 'encrypt'), encryptRequest)
    proxy = before
    await logging.close()
    assert.equal(lines.length, 2)
    assert.match(lines[0]!, new RegExp(requestMetadata.kmsRequestId))
    const all = lines.join('')
    for (const secret of [encryptRequest.plaintext, credential.RawSecretAccessKey, 'Hello']) {
      assert.equal(all.includes(secret), false)
    }
  })

  const curl = hasProgram('curl')
  it(`answers the specification’s curl calls${curl ? '' : ' (skipped: no curl)'}`, async function () {
    if (!curl) this.skip()
    const request = { ...encryptRequest, ciphertextDataIntegrityValueAlgorithm: undefined }
    const { stdout, code } = await runToEnd('curl', [
      ...['--silent', '--aws-sigv4', 'aws:amz:us-east-1:kms-xks-proxy'],
      ...['--user', `${credential.AccessKeyId}:${credential.RawSecretAccessKey}`],
      ...['-X', 'POST', '-H', 'Content-Type:application/json'],
      ...['--data', JSON.stringify(request), `${proxy.url}${on('key-1', 'encrypt')}`],
    ])
    assert.equal(code, 0)
    const answer = JSON.parse(stdout) as Json
    assert.equal(bytes(answer.ciphertext).length, 'Hello World!'.length, stdout)
  })
})
