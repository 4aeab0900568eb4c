import assert from 'node:assert/strict'
import { call, post, refused } from '../support/call.ts'
import { keyIds, useKms } from '../support/scene.ts'

const plaintext = Buffer.from('plaintext')

describe('ciphertexts', () => {
  const kms = useKms(['symmetric', 'other'])

  async function encrypted(EncryptionContext: Record<string, string>): Promise<Uint8Array> {
    const input = { KeyId: keyIds.symmetric, Plaintext: plaintext, EncryptionContext }
    return (await call(kms.root, 'Encrypt', input)).CiphertextBlob!
  }

  const pairs: readonly (readonly [Record<string, string>, Record<string, string>])[] = [
    [{ a: 'bc' }, { ab: 'c' }],
    [{ a: 'b', c: 'd' }, { a: 'bcd' }],
    [{ a: '' }, {}],
    [{ '': 'a' }, { a: '' }],
    [{ a: 'b' }, { a: 'b', '': '' }],
    [{ é: '1' }, { 'e\u0301': '1' }],
  ]
  for (const [one, other] of pairs) {
    it(`of ${JSON.stringify(one)} do not open with ${JSON.stringify(other)}`, async () => {
      for (const [made, given] of [
        [one, other],
        [other, one],
      ] as const) {
        const CiphertextBlob = await encrypted(made)
        await refused(kms.root, 'Decrypt', { CiphertextBlob, EncryptionContext: given }, [
          'InvalidCiphertextException',
          null,
        ])
        await call(kms.root, 'Decrypt', { CiphertextBlob, EncryptionContext: made })
      }
    })
  }

  it('have a context also where its names mean something to JavaScript', async () => {
    const context = '{"__proto__":"a","constructor":"b"}'
    const input = `{"KeyId":"${keyIds.symmetric}","Plaintext":"AA==","EncryptionContext":${context}}`
    const { body } = await post(kms.url, 'Encrypt', input)
    const blob = String(body.CiphertextBlob)
    const wrong = await post(kms.url, 'Decrypt', `{"CiphertextBlob":"${blob}"}`)
    assert.deepEqual(wrong.body, { __type: 'InvalidCiphertextException' })
    const given = `{"CiphertextBlob":"${blob}","EncryptionContext":${context}}`
    assert.equal((await post(kms.url, 'Decrypt', given)).body.Plaintext, 'AA==')
  })

  it('do not open under another key of the same account, whatever they are made to say', async () => {
    const blob = Buffer.from(await encrypted({}))
    Buffer.from(keyIds.other.replaceAll('-', ''), 'hex').copy(blob, 5)
    await refused(kms.root, 'Decrypt', { CiphertextBlob: blob }, [
      'InvalidCiphertextException',
      null,
    ])
  })

  it('open after the key policy, the alias and the description are others', async () => {
    const CiphertextBlob = await encrypted({})
    await call(kms.root, 'UpdateKeyDescription', { KeyId: keyIds.symmetric, Description: 'new' })
    const { Plaintext } = await call(kms.root, 'Decrypt', { CiphertextBlob })
    assert.deepEqual(Buffer.from(Plaintext!), plaintext)
  })
})
