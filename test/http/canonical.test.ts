import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { canonicalRequest, readHeaders, readQuery } from '../../lib/http/canonical.ts'
import { sameSignature, SigningKey } from '../../lib/http/signing-key.ts'
import { signatureOf } from './signing.ts'

/** The example key of AWS's documentation and of its signature test suite. */
const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const time = '20150830T123600Z'

interface Vector {
  readonly name: string
  readonly signature: string
  readonly method?: string
  readonly path?: string
  readonly query?: string
  readonly headers?: readonly string[]
  readonly body?: string
  readonly service?: string
  readonly host?: string
}

/** AWS's published signatures: the documented IAM example, and rows of the SigV4 test suite. */
const vectors: readonly Vector[] = [
  {
    name: 'the IAM ListUsers example of the documentation',
    service: 'iam',
    host: 'iam.amazonaws.com',
    query: 'Action=ListUsers&Version=2010-05-08',
    headers: ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8'],
    signature: '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  },
  {
    name: 'get-vanilla',
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  {
    name: 'post-vanilla',
    method: 'POST',
    signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  },
  {
    name: 'get-vanilla-empty-query-key',
    query: 'Param1=value1',
    signature: 'a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb',
  },
  {
    name: 'get-vanilla-query-order-key-case',
    query: 'Param2=value2&Param1=value1',
    signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  },
  {
    name: 'get-header-key-duplicate',
    headers: ['My-Header1', 'value2', 'My-Header1', 'value2', 'My-Header1', 'value1'],
    signature: 'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
  },
  {
    name: 'get-header-value-trim',
    headers: ['My-Header1', ' value1', 'My-Header2', ' "a   b   c"'],
    signature: 'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
  },
  {
    name: 'get-unreserved',
    path: '/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
    signature: '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
  },
  {
    name: 'get-utf8',
    path: Buffer.from('/\u1234').toString('latin1'),
    signature: '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85',
  },
  {
    name: 'get-slash',
    path: '//',
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  {
    name: 'get-relative',
    path: '/example/..',
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  {
    name: 'post-x-www-form-urlencoded',
    method: 'POST',
    headers: ['Content-Type', 'application/x-www-form-urlencoded'],
    body: 'Param1=value1',
    signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  },
]

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

const parts = {
  method: 'POST',
  path: '/',
  query: [],
  headers: new Map([
    ['host', 'localhost'],
    ['x-amz-date', time],
  ]),
  signedHeaders: 'host;x-amz-date',
  bodyHash: sha256(''),
}

describe('canonicalRequest and SigningKey', () => {
  for (const vector of vectors) {
    it(`give the signature that AWS published for ${vector.name}`, () => {
      const { host = 'example.amazonaws.com', service = 'service', query = '' } = vector
      const headers = readHeaders(['Host', host, 'X-Amz-Date', time, ...(vector.headers ?? [])])
      const canonical = canonicalRequest({
        method: vector.method ?? 'GET',
        path: vector.path ?? '/',
        query: readQuery(query) ?? [],
        headers,
        signedHeaders: [...headers.keys()].sort().join(';'),
        bodyHash: sha256(vector.body ?? ''),
      })
      const key = new SigningKey(secretAccessKey, { day: '20150830', region: 'us-east-1', service })
      assert.equal(key.sign(time, canonical ?? ''), vector.signature)
    })
  }

  it('agree with plain HMACs for any secret and any request, of any length', () => {
    const bytes = fc.string({
      unit: fc.integer({ min: 0, max: 255 }).map((n) => String.fromCharCode(n)),
    })
    const request = fc.oneof(
      bytes,
      bytes.map((text) => text.padEnd(20_000, 'x')),
    )
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), request, (secret, canonical) => {
        const key = new SigningKey(secret, { day: '20150830', region: 'eu-west-3', service: 'kms' })
        const scope = '20150830/eu-west-3/kms/aws4_request'
        const signed = { time, scope, canonicalRequest: canonical, secretAccessKey: secret }
        assert.equal(key.sign(time, canonical), signatureOf(signed))
      }),
      { numRuns: 50 },
    )
  })
})

describe('canonicalRequest', () => {
  it('has no form for signed headers that are out of order', () => {
    assert.equal(canonicalRequest({ ...parts, signedHeaders: 'x-amz-date;host' }), undefined)
  })

  it('has no form for a signed header that is named twice', () => {
    assert.equal(canonicalRequest({ ...parts, signedHeaders: 'host;host;x-amz-date' }), undefined)
  })

  it('has no form for a signed header that is absent', () => {
    assert.equal(canonicalRequest({ ...parts, signedHeaders: 'host;x-amz-target' }), undefined)
  })

  it('has no form for a name in upper case', () => {
    assert.equal(canonicalRequest({ ...parts, signedHeaders: 'Host;x-amz-date' }), undefined)
  })

  it('encodes an encoded path once more, as every service but S3 does', () => {
    const text = canonicalRequest({ ...parts, path: '/a%20b/./c//d/' })
    assert.equal(text?.split('\n')[1], '/a%2520b/c/d/')
  })
})

describe('readQuery', () => {
  it('gives names and values one encoding, whatever encoding they came in', () => {
    assert.deepEqual(readQuery('a%2fb=%7e+x&c=d%3D&e&&f='), [
      ['a%2Fb', '~%20x'],
      ['c', 'd%3D'],
      ['e', ''],
      ['f', ''],
    ])
  })

  it('refuses a broken escape', () => {
    for (const query of ['a=%', 'a=%2', '%zz=1']) assert.equal(readQuery(query), undefined)
  })
})

describe('sameSignature', () => {
  it('takes 64 characters that are all the same, and nothing else', () => {
    const digits = sha256('')
    assert.equal(sameSignature(digits, digits), true)
    assert.equal(sameSignature(digits.toUpperCase(), digits), false)
    assert.equal(sameSignature(digits.slice(1), digits), false)
    assert.equal(sameSignature(`${digits}0`, digits), false)
    assert.equal(sameSignature('', digits), false)
  })
})
