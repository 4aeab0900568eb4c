import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { readWebIdentityProvider } from '../../lib/config/web-identity-providers.ts'

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'a' }]
const provider = { issuer: 'https://id.example', audience: 'sts.amazonaws.com' }

function place(file = '') {
  return { path: 'webIdentityProviders[0]', baseDir: '.', readFile: () => Buffer.from(file) }
}

describe('readWebIdentityProvider', () => {
  it('takes a key set as a document or a file', () => {
    for (const read of [
      readWebIdentityProvider({ ...provider, jwks: { keys } }, place()),
      readWebIdentityProvider({ ...provider, jwks: './k.json' }, place(JSON.stringify({ keys }))),
    ]) {
      assert.deepEqual([read.issuer, read.audience], [provider.issuer, provider.audience])
      assert.deepEqual(
        read.keys.map(({ kid }) => kid),
        ['a'],
      )
    }
  })

  it('names the key set that it cannot read', () => {
    assert.throws(() => readWebIdentityProvider({ ...provider, jwks: {} }, place()), {
      message: 'webIdentityProviders[0].jwks: a key set has a list of keys',
    })
  })
})
