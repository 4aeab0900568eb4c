import assert from 'node:assert/strict'
import fc from 'fast-check'
import { writeOutput } from '../../../lib/kms/model/model.ts'

const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab'

describe('writeOutput', () => {
  const date = new Date(1700000000123)

  it('writes blobs in base64, and timestamps in seconds', () => {
    const text = writeOutput('GetParametersForImport', {
      KeyId: keyId,
      ImportToken: Uint8Array.of(0, 1, 2, 3).subarray(1, 3),
      PublicKey: Buffer.from([3]),
      ParametersValidTo: date,
    })
    const body = `"ImportToken":"AQI=","PublicKey":"Aw==","ParametersValidTo":1700000000.123`
    assert.equal(text, `{"KeyId":"${keyId}",${body}}`)
    assert.equal(
      writeOutput('GetParametersForImport', { ParametersValidTo: 1700000000000 }),
      '{"ParametersValidTo":1700000000}',
    )
  })

  it('leaves out absent members, and those that the operation lacks', () => {
    const output = { KeyId: undefined, MacValid: true, Secret: 'never' }
    assert.equal(writeOutput('VerifyMac', output), '{"MacValid":true}')
  })

  it('writes nested structures, lists and maps', () => {
    const Constraints = { EncryptionContextEquals: { 'a"': 'é' } }
    const Grants = [
      { KeyId: keyId, CreationDate: date, Operations: ['Decrypt' as const], Constraints },
      { Name: '' },
    ]
    const text = writeOutput('ListGrants', { Grants, Truncated: false })
    assert.deepEqual(JSON.parse(text), {
      Grants: [{ ...Grants[0], CreationDate: 1700000000.123 }, { Name: '' }],
      Truncated: false,
    })
    assert.equal(writeOutput('ListGrants', { Grants: [] }), '{"Grants":[]}')
  })

  it('writes an empty body where AWS does, and an empty object elsewhere', () => {
    assert.equal(writeOutput('DisableKey', {}), '')
    assert.equal(writeOutput('ConnectCustomKeyStore', {}), '{}')
  })

  it('escapes texts as JSON does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (Policy) => {
        assert.deepEqual(JSON.parse(writeOutput('GetKeyPolicy', { Policy })), { Policy })
      }),
    )
  })
})
