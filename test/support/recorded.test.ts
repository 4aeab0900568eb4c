/**
 * The replay engine against a server with made-up answers: what it must find wrong, and what it must
 * let pass. Without this, a replay that always passes would look like a perfect emulator.
 */
import assert from 'node:assert/strict'
import { constants, createDecipheriv, createPrivateKey, privateDecrypt } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mismatch } from './recorded-match.ts'
import { replay, type RecordedCase, type ReplayTarget } from './recorded.ts'
import { evaluate } from './recorded-values.ts'

interface Received {
  readonly operation: string
  readonly region: string
  readonly accessKeyId: string
  readonly body: string
}

type Respond = (received: Received) => { status?: number; body: object | string }

/** A server that answers as it is told, and keeps what it got. */
class FakeKms {
  readonly received: Received[] = []
  respond: Respond = () => ({ body: {} })
  readonly #server: Server

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const scope = /Credential=(\w+)\/\d{8}\/([\w-]+)\//.exec(
          request.headers.authorization ?? '',
        )
        const received = {
          operation: String(request.headers['x-amz-target']).replace('TrentService.', ''),
          accessKeyId: scope?.[1] ?? '',
          region: scope?.[2] ?? '',
          body: Buffer.concat(chunks).toString(),
        }
        this.received.push(received)
        const { status = 200, body } = this.respond(received)
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
        response.end(typeof body === 'string' ? body : JSON.stringify(body))
      })
    })
  }

  async start(): Promise<ReplayTarget> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    const { port } = this.#server.address() as AddressInfo
    return {
      endpoint: `http://127.0.0.1:${port}`,
      account: '111122223333',
      region: 'us-east-1',
      region2: 'eu-west-1',
    }
  }

  stop(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

describe('replay', () => {
  let fake: FakeKms
  let target: ReplayTarget

  beforeEach(async () => {
    fake = new FakeKms()
    target = await fake.start()
  })
  afterEach(() => fake.stop())

  const problemsOf = async (...cases: RecordedCase[]) =>
    (await replay(cases, target)).map(({ problem }) => problem)

  const describeKey = (expect: RecordedCase['expect']): RecordedCase => ({
    id: 'case',
    request: { op: 'DescribeKey', input: { KeyId: 'k' } },
    expect,
  })

  it('sends the call as root of the account, in the region of the call', async () => {
    const input = { KeyId: '${account}/${run}' }
    const request = { op: 'DescribeKey', region: '${region2}', input }
    assert.deepEqual(await problemsOf({ id: 'a', request, expect: { ok: {} } }), [undefined])
    const [received] = fake.received
    assert.equal(received?.operation, 'DescribeKey')
    assert.equal(received.accessKeyId, '111122223333')
    assert.equal(received.region, 'eu-west-1')
    assert.match(received.body, /^\{"KeyId":"111122223333\/[0-9a-f]{8}"\}$/)
  })

  it('sends a raw body as it is', async () => {
    const request = { op: 'GenerateRandom', rawBody: '{"NumberOfBytes":null}' }
    await problemsOf({ id: 'a', request, expect: { ok: {} } })
    assert.equal(fake.received[0]?.body, '{"NumberOfBytes":null}')
  })

  it('compares what the SDK shows: bytes, dates and absent members', async () => {
    fake.respond = () => ({
      body: { PublicKey: 'AQI=', ParametersValidTo: 1700000000.5, KeyId: null },
    })
    const request = { op: 'GetParametersForImport', input: {} }
    const ok = { PublicKey: { $hex: '0102' }, ParametersValidTo: { $type: 'date' } }
    const wrong = { ...ok, PublicKey: { $hex: '0103' } }
    assert.deepEqual(
      await problemsOf(
        { id: 'right', request, expect: { ok } },
        { id: 'wrong', request, expect: { ok: wrong } },
      ),
      [undefined, 'request: answer.PublicKey: wanted 2 bytes 0103, got 2 bytes 0102'],
    )
  })

  it('refuses an error where an answer is expected, and the other way round', async () => {
    const error = { code: 'NotFoundException', message: null }
    assert.deepEqual(await problemsOf(describeKey({ error })), [
      'request: wanted HTTP 400 NotFoundException, got 200 {}',
    ])
    fake.respond = () => ({ status: 400, body: { __type: 'NotFoundException' } })
    assert.deepEqual(await problemsOf(describeKey({ ok: {} })), [
      'request: wanted HTTP 200, got 400 {"__type":"NotFoundException"}',
    ])
  })

  describe('of an error', () => {
    const problemWith = async (error: object, body: object, status = 400) => {
      fake.respond = () => ({ status, body })
      const expected = { code: 'NotFoundException', message: 'no', ...error }
      return (await problemsOf(describeKey({ error: expected })))[0]
    }

    it('takes a code with and without a namespace', async () => {
      const body = { message: 'no' }
      assert.equal(await problemWith({}, { __type: 'NotFoundException', ...body }), undefined)
      assert.equal(await problemWith({}, { __type: 'a.b#NotFoundException', ...body }), undefined)
    })

    it('refuses another code, another status and another message', async () => {
      const body = { __type: 'NotFoundException', message: 'no' }
      assert.match((await problemWith({ code: 'X' }, body)) ?? '', /wanted X, got 400/)
      assert.match((await problemWith({}, body, 404)) ?? '', /wanted HTTP 400/)
      assert.equal(
        await problemWith({ message: 'yes' }, body),
        'request: message: wanted "yes", got "no"',
      )
    })

    it('holds the spelling of the member when the recording shows it', async () => {
      const body = { __type: 'NotFoundException', Message: 'no' }
      assert.equal(await problemWith({}, body), undefined)
      assert.match((await problemWith({ member: 'message' }, body)) ?? '', /the member message/)
    })

    it('tells no message from an empty one', async () => {
      const none = { __type: 'NotFoundException' }
      const empty = { ...none, message: '' }
      assert.equal(await problemWith({ message: null }, none), undefined)
      assert.match((await problemWith({ message: null }, empty)) ?? '', /wanted no message/)
      assert.equal(await problemWith({ message: '' }, none), undefined)
      assert.equal(await problemWith({ message: '' }, empty), undefined)
      assert.match((await problemWith({ message: '' }, { ...none, message: 'x' })) ?? '', /got "x"/)
    })
  })

  it('carries variables from setup to request, and to a case that goes on', async () => {
    fake.respond = ({ operation }) =>
      operation === 'CreateKey'
        ? { body: { KeyMetadata: { KeyId: 'the-key' } } }
        : { status: 400, body: { __type: 'NotFoundException', message: 'no' } }
    const first: RecordedCase = {
      id: 'first',
      setup: [
        { let: { bytes: { $text: 'ab' } } },
        { op: 'CreateKey', save: { keyId: 'KeyMetadata.KeyId' } },
      ],
      request: { op: 'DescribeKey', input: { KeyId: '${keyId}' } },
      expect: { ok: {} },
    }
    const second: RecordedCase = {
      id: 'second',
      continues: 'first',
      request: { op: 'Encrypt', input: { KeyId: '${keyId}', Plaintext: '${bytes}' } },
      expect: { error: { code: 'NotFoundException', message: 'no' } },
    }
    const [problem, none] = await problemsOf(first, second)
    assert.match(problem ?? '', /wanted HTTP 200/, 'the first does not hold, the second goes on')
    assert.equal(none, undefined)
    assert.equal(fake.received.length, 3)
    assert.equal(fake.received[2]?.body, '{"KeyId":"the-key","Plaintext":"YWI="}')
  })

  it('refuses a case whose setup fails, and all that go on from it', async () => {
    fake.respond = () => ({ status: 400, body: { __type: 'LimitExceededException' } })
    const first = { ...describeKey({ ok: {} }), id: 'first', setup: [{ op: 'CreateKey' }] }
    const second = { ...describeKey({ ok: {} }), id: 'second', continues: 'first' }
    const [one, two] = await problemsOf(first, second)
    assert.match(one ?? '', /^setup 0: CreateKey: wanted HTTP 200/)
    assert.equal(two, 'first did not run')
    assert.equal(fake.received.length, 1)
  })

  it('refuses a variable that no step saved', async () => {
    const request = { op: 'DescribeKey', input: { KeyId: '${missing}' } }
    assert.deepEqual(await problemsOf({ id: 'a', request, expect: { ok: {} } }), [
      'the variable missing is not known',
    ])
  })

  it('repeats a step until its answer is so', async () => {
    fake.respond = () => ({ body: { KeyRotationEnabled: fake.received.length >= 3 } })
    const setup = [{ op: 'GetKeyRotationStatus', until: { KeyRotationEnabled: true } }]
    assert.deepEqual(await problemsOf({ ...describeKey({ ok: { $open: true } }), setup }), [
      undefined,
    ])
    assert.equal(fake.received.length, 4)
  })

  it('repeats a request until it fails, and no more often than told', async () => {
    const error = { code: 'LimitExceededException', message: null }
    const request = { op: 'RotateKeyOnDemand', input: {}, repeatUntilError: 4 }
    fake.respond = () =>
      fake.received.length < 3
        ? { body: {} }
        : { status: 400, body: { __type: 'LimitExceededException' } }
    assert.deepEqual(await problemsOf({ id: 'a', request, expect: { error } }), [undefined])
    assert.equal(fake.received.length, 3)
    fake.respond = () => ({ body: {} })
    assert.match((await problemsOf({ id: 'b', request, expect: { error } }))[0] ?? '', /got 200/)
    assert.equal(fake.received.length, 7)
  })

  it('refuses a call afterwards that does not hold', async () => {
    const after = [{ op: 'ListKeys', expect: { ok: { Truncated: false } } }]
    assert.deepEqual(await problemsOf({ ...describeKey({ ok: {} }), after }), [
      'after 0: answer.Truncated: wanted false, got nothing',
    ])
  })
})

describe('mismatch', () => {
  const holds: [name: string, expected: unknown, actual: unknown][] = [
    ['a structure with its members', { A: 1, B: 'x' }, { A: 1, B: 'x' }],
    ['a member that is undefined', { A: 1 }, { A: 1, B: undefined }],
    ['an open structure', { $open: true, A: 1 }, { A: 1, B: 2 }],
    ['a member that AWS may also send', { A: 1, $mayAlso: ['B'] }, { A: 1, B: 2 }],
    ['bytes', Buffer.from('a'), Uint8Array.of(97)],
    ['dates', new Date(5), new Date(5)],
    ['$type and $length', { $type: 'bytes', $length: 2 }, Uint8Array.of(1, 2)],
    ['$match', { $match: '^[a-f]+$' }, 'abc'],
    ['$not', { $not: 'a' }, 'b'],
    ['$oneOf', { $oneOf: ['a', { $absent: true }] }, undefined],
    ['$json', { $json: { A: [1] } }, '{ "A": [1] }'],
    ['$absent', { A: { $absent: true } }, {}],
    ['$list', { $list: { before: 'set: ', known: ['A', 'B'] } }, 'set: [B, C, A]'],
  ]
  for (const [name, expected, actual] of holds) {
    it(`lets ${name} pass`, () => assert.equal(mismatch(expected, actual), undefined))
  }

  const refused: [name: string, expected: unknown, actual: unknown][] = [
    ['another value', 1, 2],
    ['another type', '1', 1],
    ['a member too many', { A: 1 }, { A: 1, B: 2 }],
    ['a member too few', { A: 1, B: 2 }, { A: 1 }],
    ['a member that is not among those AWS may send', { $mayAlso: ['B'] }, { C: 1 }],
    ['a text where a structure is expected', {}, 'x'],
    ['other bytes', Buffer.from('a'), Uint8Array.of(98)],
    ['a text where bytes are expected', Buffer.from('a'), 'a'],
    ['another date', new Date(5), new Date(6)],
    ['a list in another order', ['a', 'b'], ['b', 'a']],
    ['a longer list', ['a'], ['a', 'b']],
    ['another $type', { $type: 'date' }, 'x'],
    ['an unknown $type', { $type: 'number' }, 1],
    ['another $length', { $type: 'bytes', $length: 3 }, Uint8Array.of(1, 2)],
    ['a text that does not $match', { $match: '^[a-f]+$' }, 'xyz'],
    ['the same value under $not', { $not: 'a' }, 'a'],
    ['nothing under $not', { A: { $not: 'a' } }, {}],
    ['what is not $oneOf', { $oneOf: ['a', 'b'] }, 'c'],
    ['other $json', { $json: { A: [1] } }, '{ "A": [2] }'],
    ['what is not $json', { $json: {} }, 'x'],
    ['what is there under $absent', { A: { $absent: true } }, { A: 1 }],
    ['a $list without a known value', { $list: { before: 'set: ', known: ['A'] } }, 'set: [AB]'],
    ['a $list after another text', { $list: { before: 'set: ', known: [] } }, 'sets: [A]'],
    ['a $list that does not end', { $list: { before: 'set: ', known: ['A'] } }, 'set: [A'],
    ['one of two matchers', { $match: 'a', $not: 'a' }, 'a'],
    ['a matcher beside a member', { $match: 'a', A: 1 }, 'a'],
  ]
  for (const [name, expected, actual] of refused) {
    it(`refuses ${name}`, () => assert.equal(typeof mismatch(expected, actual), 'string'))
  }
})

describe('evaluate', () => {
  const variables = new Map<string, unknown>([
    ['n', 5],
    ['key', { Id: 'k', Bytes: Buffer.from('x') }],
  ])
  const evaluated = (value: unknown) => evaluate(value, variables)

  it('gives a variable alone as its value, and inside a text as its text', () => {
    assert.deepEqual(evaluated(['${n}', 'a${n}b', '${key.Id}/x']), [5, 'a5b', 'k/x'])
    assert.deepEqual(evaluated({ A: '${key.Bytes}' }), { A: Buffer.from('x') })
  })

  it('makes bytes, texts and lists from markers', () => {
    assert.deepEqual(evaluated({ $text: 'é' }), Buffer.from([0xc3, 0xa9]))
    assert.deepEqual(evaluated({ $hex: '00ff' }), Buffer.from([0, 255]))
    assert.equal((evaluated({ $random: 7 }) as Buffer).length, 7)
    assert.equal(evaluated({ $repeat: ['ab', 3] }), 'ababab')
    assert.deepEqual(evaluated({ $concat: ['${key.Bytes}', { $text: 'y' }] }), Buffer.from('xy'))
    assert.deepEqual(evaluated({ $slice: [{ $text: 'abc' }, 1] }), Buffer.from('bc'))
    assert.deepEqual(evaluated({ $each: [2, { K: 'k${i}', I: '${i}' }] }), [
      { K: 'k0', I: 0 },
      { K: 'k1', I: 1 },
    ])
  })

  it('makes a key pair for each spec that a case may import', () => {
    const specs = ['RSA_2048', 'ECC_NIST_P256', 'ECC_SECG_P256K1', 'ECC_NIST_EDWARDS25519']
    for (const spec of specs) {
      const { privateKey } = evaluated({ $keyPair: spec }) as { privateKey: Buffer }
      createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' })
    }
    assert.throws(() => evaluated({ $keyPair: 'AES_256' }), /no key pair of spec AES_256/)
  })

  it('agrees on a shared secret from either side', () => {
    const a = evaluated({ $keyPair: 'ECC_NIST_P256' }) as Record<string, Buffer>
    const b = evaluated({ $keyPair: 'ECC_NIST_P256' }) as Record<string, Buffer>
    const one = evaluated({ $ecdh: { privateKey: a.privateKey, publicKey: b.publicKey } })
    const other = evaluated({ $ecdh: { privateKey: b.privateKey, publicKey: a.publicKey } })
    assert.deepEqual(one, other)
    assert.equal((one as Buffer).length, 32)
  })

  describe('of $wrap', () => {
    const pair = evaluated({ $keyPair: 'RSA_2048' }) as Record<string, Buffer>
    const material = Buffer.from('0123456789abcdef0123456789abcdef0123456789')
    const wrapped = (algorithm: string) =>
      evaluated({ $wrap: { algorithm, publicKey: pair.publicKey, material } }) as Buffer
    const decrypt = (data: Buffer, oaepHash: string) => {
      const key = createPrivateKey({ key: pair.privateKey!, format: 'der', type: 'pkcs8' })
      return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, data)
    }

    it('wraps with RSA-OAEP under the hash of the algorithm', () => {
      assert.deepEqual(decrypt(wrapped('RSAES_OAEP_SHA_256'), 'sha256'), material)
      assert.deepEqual(decrypt(wrapped('RSAES_OAEP_SHA_1'), 'sha1'), material)
    })

    it('wraps with AES key wrap with padding, its key in front under RSA-OAEP', () => {
      const bytes = wrapped('RSA_AES_KEY_WRAP_SHA_256')
      const key = decrypt(bytes.subarray(0, 256), 'sha256')
      const initialValue = Buffer.from('a65959a6', 'hex')
      const decipher = createDecipheriv('id-aes256-wrap-pad', key, initialValue)
      const opened = Buffer.concat([decipher.update(bytes.subarray(256)), decipher.final()])
      assert.deepEqual(opened, material)
    })

    it('refuses an algorithm that it does not know', () => {
      assert.throws(() => wrapped('SM2PKE'), /no wrapping algorithm SM2PKE/)
    })
  })
})
