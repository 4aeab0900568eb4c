import assert from 'node:assert/strict'
import { misread } from '../../../lib/kms/recipient/misread.ts'
import { enclave } from '../../support/enclaves.ts'

describe('misread', () => {
  it('knows base64 text of a document, with its tag and without', async () => {
    const document = Buffer.from(await (await enclave()).attest())
    for (const bytes of [document, Buffer.concat([Buffer.of(0xd2), document])]) {
      const found = misread(Buffer.from(bytes.toString('base64')))
      assert.equal(found?.says, ' (it is base64 text: encoded once too often)')
      assert.match(found.hint, /give them the decoded document$/)
    }
  })

  it('knows other text', () => {
    for (const text of ['fileb://document.bin', 'x', '8444a1013822', '{"document": "hEShATgi"}']) {
      const found = misread(Buffer.from(text))
      assert.equal(found?.says, ' (it is text, not a document)', text)
      assert.match(found.hint, /AttestationDocument@=fileb:/)
    }
  })

  it('says nothing of a document, of other bytes, and of none', async () => {
    const document = await (await enclave()).attest()
    for (const bytes of [document, document.subarray(0, 100), Buffer.of(0, 0x41), Buffer.of()]) {
      assert.equal(misread(bytes), undefined)
    }
  })
})
