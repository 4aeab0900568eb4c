import assert from 'node:assert/strict'
import { generateMaterial, type Material } from '../../lib/crypto/material.ts'
import {
  newImportSecret,
  openImportToken,
  sealImportToken,
  type TokenKey,
} from '../../lib/kms/import-token.ts'

const arn = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'
const algorithm = 'RSAES_OAEP_SHA_256'
const validToMs = 1_700_000_000_000

describe('openImportToken', () => {
  const key: TokenKey = { secret: newImportSecret(), arn }
  let wrappingKey: Material
  let token: Buffer
  before(async () => {
    wrappingKey = await generateMaterial('RSA_2048')
    token = sealImportToken(key, { algorithm, wrappingKey, validToMs })
  })

  it('gives the wrapping key back, to whoever has the secret', () => {
    const opened = openImportToken({ secret: Buffer.from(key.secret), arn }, token)
    assert.equal(opened?.algorithm, algorithm)
    assert.equal(opened.validToMs, validToMs)
    assert.deepEqual(opened.wrappingKey.bytes, wrappingKey.bytes)
    assert.equal(opened.wrappingKey.spec, 'RSA_2048')
  })

  it('refuses a token of another key, or of the key in another Region', () => {
    assert.equal(openImportToken({ ...key, secret: newImportSecret() }, token), null)
    assert.equal(openImportToken({ ...key, arn: arn.replace('us-east', 'eu-west') }, token), null)
  })

  it('refuses every damage', () => {
    for (let at = 0; at < token.length; at += 97) {
      const damaged = Buffer.from(token)
      damaged[at]! ^= 0x10
      assert.equal(openImportToken(key, damaged), null)
      assert.equal(openImportToken(key, token.subarray(0, at)), null)
    }
    assert.equal(openImportToken(key, Buffer.concat([token, Buffer.of(0)])), null)
  })

  it('is another one every time, and shows nothing of the wrapping key', () => {
    const again = sealImportToken(key, { algorithm, wrappingKey, validToMs })
    assert.notDeepEqual(again, token)
    assert.equal(token.includes(wrappingKey.bytes.toString('base64').slice(64, 96)), false)
  })

  it('stays within what ImportToken may be, for the longest wrapping key too', async () => {
    const longest = await generateMaterial('RSA_4096')
    const sealed = sealImportToken(key, { algorithm, wrappingKey: longest, validToMs })
    assert.ok(sealed.length < 6144, String(sealed.length))
    assert.equal(openImportToken(key, sealed)?.wrappingKey.spec, 'RSA_4096')
  })
})
