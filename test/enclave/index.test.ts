import assert from 'node:assert/strict'
import * as enclaveKms from '../../lib/enclave/index.ts'

describe('enclave-kms/enclave', () => {
  it('exports what the documentation names, and nothing else', () => {
    const names = ['DecodeError', 'Enclave', 'TrustError', 'withRecipient']
    assert.deepEqual(Object.keys(enclaveKms).sort(), names)
  })
})
