/** What the shelf "recipient" of an operation without the parameter has. */
import assert from 'node:assert/strict'
import { post } from './call.ts'
import type { TestKms } from './scene.ts'

/**
 * AWS ignores members that an operation does not have. `input` is JSON as it stands on the wire,
 * bytes in base64.
 */
export function testIgnoresRecipient(
  kms: TestKms,
  operation: string,
  input: () => object | Promise<object>,
): void {
  it('has none: the member is ignored, whatever it holds', async () => {
    const Recipient = { KeyEncryptionAlgorithm: 'none', AttestationDocument: 'AAAA' }
    const given = await input()
    const { status, body } = await post(kms.url, operation, { ...given, Recipient })
    assert.equal(status, 200, JSON.stringify(body))
    assert.equal('CiphertextForRecipient' in body, false)
  })
}
