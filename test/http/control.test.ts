import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { DecryptCommand, EncryptCommand, type KMSServiceException } from '@aws-sdk/client-kms'
import { decodeCoseSign1 } from '../../lib/codec/cose.ts'
import { decodeAttestationDocument } from '../../lib/codec/document.ts'
import { startServer, type RunningServer } from '../../lib/http/server.ts'
import { Enclave } from '../../lib/enclave/enclave.ts'
import { parentArn, startKms, type TestKms } from '../support/kms.ts'
import { rawRequest } from './raw.ts'

const image = 'ab'.repeat(48)
const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab'
const enclaveOnly = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'encrypt',
      Effect: 'Allow',
      Principal: { AWS: parentArn },
      Action: 'kms:Encrypt',
      Resource: '*',
    },
    {
      Sid: 'enclave',
      Effect: 'Allow',
      Principal: { AWS: parentArn },
      Action: 'kms:Decrypt',
      Resource: '*',
      Condition: { StringEquals: { 'kms:RecipientAttestation:ImageSha384': image } },
    },
  ],
}

interface Decision {
  requestId: string
  action: string
  effect: string
  principal: string
  resource: string
  message: string
  requestContext: Record<string, unknown>
  evaluations: { statements: { sid: string; elements: { key: string; matched: boolean }[] }[] }[]
  attestation: { debug: boolean; pcrs: Record<string, string> } | null
  hints: string[]
}

describe('controlApp', () => {
  let kms: TestKms
  before(async () => {
    kms = await startKms({ keys: [{ id: keyId, policy: enclaveOnly }], hosts: ['kms.test'] })
  })
  after(() => kms.close())

  const call = (
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body = '',
    url = kms.url,
  ) => {
    const all = { Host: 'localhost', 'Content-Length': String(body.length), ...headers }
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
    return rawRequest(url, [`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`])
  }

  it('says that it is well, and which version it is', async () => {
    const health = (await kms.control('GET', '/_/health')) as Record<string, string>
    assert.equal(health.status, 'ok')
    assert.match(health.version ?? '', /^\d+\.\d+\.\d+/)
  })

  it('gives every answer a request id', async () => {
    const answer = await call('GET', '/_/health')
    assert.match(answer.headers.get('x-amzn-requestid') ?? '', /^[0-9a-f-]{36}$/)
  })

  it('shows the simulated root', async () => {
    const answer = await call('GET', '/_/roots')
    assert.match(answer.body, /^-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----\n$/)
  })

  describe('attestation-documents', () => {
    it('mints a document that Decrypt believes', async () => {
      const enclave = await Enclave.start()
      const publicKey = Buffer.from(enclave.publicKey).toString('base64')
      const { document } = (await kms.control('POST', '/_/attestation-documents', {
        pcrs: { 0: image },
        publicKey,
      })) as { document: string }
      const { CiphertextBlob } = await kms.parent.send(
        new EncryptCommand({ KeyId: keyId, Plaintext: Buffer.from('secret') }),
      )
      const answer = await kms.parent.send(
        new DecryptCommand({
          CiphertextBlob,
          Recipient: {
            KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
            AttestationDocument: Buffer.from(document, 'base64'),
          },
        }),
      )
      assert.equal(answer.Plaintext, undefined)
      const opened = await enclave.open(answer.CiphertextForRecipient!)
      assert.equal(Buffer.from(opened).toString(), 'secret')
    })

    it('mints one with zero registers and no public key when nothing is said', async () => {
      const { document } = (await kms.control('POST', '/_/attestation-documents', {})) as {
        document: string
      }
      const bytes = Buffer.from(document, 'base64')
      const { pcrs, publicKey } = decodeAttestationDocument(decodeCoseSign1(bytes).payload)
      assert.deepEqual(
        [...pcrs].map(([index, value]) => [index, Buffer.from(value)]),
        Array.from({ length: 16 }, (_, index) => [index, Buffer.alloc(48)]),
      )
      assert.equal(publicKey, null)
    })

    const wrong: [body: unknown, error: RegExp][] = [
      [{ pcrs: { 32: image } }, /^pcrs\.32: /],
      [{ pcrs: { 0: 'ab' } }, /^pcrs\.0: want 96 hex digits$/],
      [{ pcrs: { 0: `0x${image}` } }, /^pcrs\.0: want 96 hex digits without 0x$/],
      [{ pcrs: { x: image } }, /^pcrs\.x: want a register number$/],
      [{ publicKey: '!' }, /^publicKey: expected base64$/],
      [{ nonce: Buffer.alloc(1025).toString('base64') }, /^nonce: /],
      [{ debug: 'yes' }, /^debug: expected true or false$/],
      [{ platform: 'sgx' }, /^platform: /],
      [{ timestamp: 'noon' }, /^timestamp: expected an ISO 8601 time$/],
      [{ roleArn: 'role/x' }, /^roleArn: /],
      [{ instanceId: 'x' }, /^instanceId: /],
      [{ colour: 'red' }, /^colour: expected one of /],
      [[], /^body: expected an object$/],
    ]
    for (const [body, error] of wrong) {
      it(`refuses ${JSON.stringify(body).slice(0, 40)}`, async () => {
        const answer = await call('POST', '/_/attestation-documents', {}, JSON.stringify(body))
        assert.equal(answer.status, 400)
        assert.match((JSON.parse(answer.body) as { error: string }).error, error)
      })
    }

    it('refuses a body that is not JSON', async () => {
      const answer = await call('POST', '/_/attestation-documents', {}, '{')
      assert.deepEqual([answer.status, answer.body], [400, '{"error":"body is not JSON"}'])
    })
  })

  describe('decisions', () => {
    const denied = async (input: { Recipient?: object }): Promise<Decision> => {
      const { CiphertextBlob } = await kms.parent.send(
        new EncryptCommand({ KeyId: keyId, Plaintext: Buffer.from('secret') }),
      )
      const error = await kms.parent.send(new DecryptCommand({ CiphertextBlob, ...input })).then(
        () => assert.fail('it was allowed'),
        (refusal: unknown) => refusal as KMSServiceException,
      )
      assert.equal(error.name, 'AccessDeniedException')
      const decision = await kms.control('GET', `/_/decisions/${error.$metadata.requestId!}`)
      assert.equal((decision as Decision).message, error.message)
      return decision as Decision
    }

    it('says why a request without a document was refused', async () => {
      const decision = await denied({})
      assert.equal(decision.action, 'kms:Decrypt')
      assert.equal(decision.effect, 'IMPLICIT_DENY')
      assert.equal(decision.attestation, null)
      assert.match(decision.hints.join('\n'), /document/)
      const condition = decision.evaluations[0]!.statements[1]!.elements.find(
        ({ key }) => key === 'kms:RecipientAttestation:ImageSha384',
      )
      assert.equal(condition?.matched, false)
    })

    it('shows the document of a debug enclave, and says that it is one', async () => {
      const enclave = await Enclave.start({ debug: true })
      const decision = await denied({ Recipient: await enclave.recipient() })
      assert.equal(decision.attestation?.debug, true)
      assert.equal(decision.attestation.pcrs['0'], '0'.repeat(96))
      assert.match(decision.hints.join('\n'), /debug/)
    })

    it('has the newest under the name last', async () => {
      const { requestId } = await denied({})
      assert.equal(
        ((await kms.control('GET', '/_/decisions/last')) as Decision).requestId,
        requestId,
      )
    })

    it('says nothing of bodies when a path cannot be read', async () => {
      const answer = await call('GET', '/_/decisions/%')
      assert.deepEqual([answer.status, answer.body], [400, '{"error":"bad request"}'])
    })

    it('knows nothing of other requests', async () => {
      const answer = await call('GET', '/_/decisions/00000000-0000-4000-8000-000000000000')
      assert.equal(answer.status, 404)
    })
  })

  describe('clock', () => {
    afterEach(() => kms.control('PUT', '/_/clock', { reset: true }))

    it('is set, goes on from there, advances, and is reset', async () => {
      const set = (await kms.control('PUT', '/_/clock', { now: '2030-01-01T00:00:00Z' })) as {
        now: string
      }
      assert.match(set.now, /^2030-01-01T00:00:0/)
      await kms.control('PUT', '/_/clock', { advanceSeconds: 86_400 })
      const { now } = (await kms.control('GET', '/_/clock')) as { now: string }
      assert.match(now, /^2030-01-02T00:00:0/)
      const reset = (await kms.control('PUT', '/_/clock', { reset: true })) as { now: string }
      assert.ok(Math.abs(Date.parse(reset.now) - Date.now()) < 5_000)
    })

    it('stands in the Date of every answer', async () => {
      await kms.control('PUT', '/_/clock', { now: '2030-01-01T00:00:00Z' })
      const response = await fetch(kms.url, { method: 'POST' })
      assert.match(response.headers.get('date') ?? '', /^Tue, 01 Jan 2030 00:00:0\d GMT$/)
    })

    for (const body of [
      {},
      { now: 'noon' },
      { now: 5 },
      { advanceSeconds: '5' },
      { advanceSeconds: 1e300 },
      { reset: false },
      { now: '2030-01-01T00:00:00Z', reset: true },
      null,
    ]) {
      it(`refuses ${JSON.stringify(body)}`, async () => {
        const answer = await call('PUT', '/_/clock', {}, JSON.stringify(body))
        assert.equal(answer.status, 400)
      })
    }
  })

  it('answers 501 for what is not built yet', async () => {
    for (const [method, path] of [
      ['GET', '/_/events'],
      ['PUT', '/_/faults'],
      ['GET', '/_/metrics'],
    ] as const) {
      const answer = await call(method, path)
      assert.deepEqual([answer.status, answer.body], [501, `{"error":"${path} is not built yet"}`])
    }
  })

  describe('who may call', () => {
    const refused: [why: string, headers: Record<string, string>][] = [
      ['a foreign Host', { Host: 'evil.example' }],
      ['a foreign Host with a port', { Host: 'evil.example:4599' }],
      ['a name that begins like this machine', { Host: 'localhost.evil.example' }],
      ['an address that begins like loopback', { Host: '127.0.0.1.evil.example' }],
    ]
    for (const [why, headers] of refused) {
      it(`refuses ${why}`, async () => {
        assert.equal((await call('GET', '/_/health', headers)).status, 403)
      })
    }

    for (const host of ['localhost', 'LOCALHOST:4599', '127.0.0.1:1', '[::1]:4599', 'kms.test']) {
      it(`answers Host ${host}`, async () => {
        assert.equal((await call('GET', '/_/health', { Host: host })).status, 200)
      })
    }

    it('refuses a change from a page of another origin, and takes one from its own', async () => {
      const evil = { Origin: 'http://evil.example', 'Content-Type': 'text/plain' }
      assert.equal((await call('POST', '/_/reset', evil)).status, 403)
      assert.equal((await call('POST', '/_/reset', { Origin: 'null' })).status, 403)
      assert.equal((await call('GET', '/_/health', evil)).status, 200)
      const own = { Host: 'localhost:1', Origin: 'http://localhost:1' }
      assert.equal((await call('POST', '/_/reset', own)).status, 200)
    })

    it('asks the control token of a caller from elsewhere (needs a network address)', async function () {
      const address = Object.values(networkInterfaces())
        .flat()
        .find((one) => one && !one.internal && one.family === 'IPv4')?.address
      if (address === undefined) this.skip()
      const open = await startServer({ port: 0, host: '0.0.0.0', controlToken: 'token' })
      const closed = await startServer({ port: 0, host: '0.0.0.0' })
      const at = (server: RunningServer) => `http://${address}:${new URL(server.url).port}`
      const health = async (server: RunningServer, token?: string) => {
        const headers = { Host: address, ...(token && { Authorization: `Bearer ${token}` }) }
        return (await call('GET', '/_/health', headers, '', at(server))).status
      }
      assert.equal(await health(open), 403)
      assert.equal(await health(open, 'other'), 403)
      assert.equal(await health(open, 'token'), 200)
      assert.equal(await health(closed, 'token'), 403)
      await open.close()
      await closed.close()
    })
  })
})
