import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { DecodeError } from '../../lib/errors.ts'
import { readKeySet } from '../../lib/sts/json-web-keys.ts'

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const publicKey = ec.publicKey.export({ format: 'jwk' })

describe('readKeySet', () => {
  it('reads RSA and elliptic curve keys that sign, and leaves out others', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey
    const keys = [
      { ...publicKey, kid: 'a', alg: 'ES256', use: 'sig' },
      rsa.export({ format: 'jwk' }),
      { ...publicKey, use: 'enc' },
      { kty: 'oct', k: 'AAAA' },
      { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' },
    ]
    const read = readKeySet(JSON.stringify({ keys }))
    assert.deepEqual(
      read.map(({ kid, alg, kty }) => [kid, alg, kty]),
      [
        ['a', 'ES256', 'EC'],
        [undefined, undefined, 'RSA'],
      ],
    )
    assert.deepEqual(readKeySet('{"keys":[]}'), [])
  })

  it('refuses what is no key set, and keys that are no public ones', () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey
    const cases: [string, string][] = [
      ['', 'the key set is not JSON'],
      ['[]', 'a key set is a JSON object'],
      ['{}', 'a key set has a list of keys'],
      ['{"keys":[1]}', 'keys[0] is no JSON object'],
      ['{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}', 'keys[0] cannot be read'],
      [
        JSON.stringify({ keys: [ec.privateKey.export({ format: 'jwk' })] }),
        'keys[0] is a private key',
      ],
      [
        JSON.stringify({ keys: [publicKey, weak.export({ format: 'jwk' })] }),
        'keys[1] has fewer than 2048 bits',
      ],
      [
        JSON.stringify({ keys: Array.from({ length: 201 }, () => ({})) }),
        'the key set has more than 200 keys',
      ],
      [' '.repeat(262_145), 'the key set has more than 262144 characters'],
    ]
    for (const [text, message] of cases) {
      assert.throws(
        () => readKeySet(text),
        (error: unknown) =>
          error instanceof DecodeError && error.code === 'JWKS' && error.message === message,
        message,
      )
    }
  })
})
