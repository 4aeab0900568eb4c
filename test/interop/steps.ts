/**
 * The common scenario: its steps in their order, and what each has to have seen. A program prints
 * one line of JSON, `{"createKey": {"keyId": …, "arn": …}, …}`, bytes in base64; a refusal is
 * `{"error": code, "message": text}`, caught as the class that its SDK has for it.
 */
import assert from 'node:assert/strict'
import { createPublicKey, verify } from 'node:crypto'
import { DecryptCommand } from '@aws-sdk/client-kms'
import { bytes, context, plaintext, type Check, type Surroundings } from './check.ts'
import { caller, keyArns, pinnedKeyArn } from './scene.ts'

export const commonScenario: readonly Check[] = [
  {
    step: 'createKey',
    title: 'makes a key',
    holds({ keyId, arn }) {
      assert.match(String(keyId), /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
      assert.equal(arn, `${keyArns}${String(keyId)}`)
    },
  },
  {
    step: 'createAlias',
    title: 'gives it an alias',
    holds: (saw, { alias }) => assert.deepEqual(saw, { alias }),
  },
  {
    step: 'describeKey',
    title: 'finds it by its alias',
    holds(saw, { all }) {
      assert.deepEqual(saw, { keyId: all.createKey?.keyId, keySpec: 'SYMMETRIC_DEFAULT' })
    },
  },
  {
    step: 'encrypt',
    title: 'encrypts with a context, as another client sees it',
    async holds({ keyId, ciphertext }, around) {
      assert.equal(keyId, around.all.createKey?.arn)
      assert.equal(await decryptedElsewhere(ciphertext, around), plaintext)
    },
  },
  {
    step: 'decrypt',
    title: 'decrypts with the context',
    holds: (saw, { all }) => assert.deepEqual(saw, { keyId: all.createKey?.arn, plaintext }),
  },
  {
    step: 'wrongContext',
    title: 'is refused with another context',
    holds: (saw) => assert.deepEqual(saw, { error: 'InvalidCiphertextException', message: '' }),
  },
  {
    step: 'generateDataKey',
    title: 'gets a data key, as another client sees it',
    async holds({ keyId, plaintext: dataKey, ciphertext }, around) {
      assert.equal(keyId, around.all.createKey?.arn)
      assert.equal(bytes(dataKey).length, 32)
      assert.equal(await decryptedElsewhere(ciphertext, around), dataKey)
    },
  },
  {
    step: 'decryptDataKey',
    title: 'decrypts the data key',
    holds(saw, { all }) {
      assert.deepEqual(saw, { plaintext: all.generateDataKey?.plaintext })
    },
  },
  {
    step: 'sign',
    title: 'signs, as node:crypto sees it',
    holds({ message, signature, publicKey }) {
      const key = createPublicKey({ key: bytes(publicKey), format: 'der', type: 'spki' })
      assert.equal(key.asymmetricKeyDetails?.namedCurve, 'prime256v1')
      assert.ok(verify('sha256', bytes(message), key, bytes(signature)))
    },
  },
  {
    step: 'verify',
    title: 'has KMS verify the signature',
    holds: (saw) => assert.deepEqual(saw, { valid: true }),
  },
  {
    step: 'verifyLocally',
    title: 'verifies the signature itself',
    holds: (saw) => assert.deepEqual(saw, { valid: true }),
  },
  {
    step: 'wrongSignature',
    title: "is refused with another message's signature",
    holds: (saw) => assert.deepEqual(saw, { error: 'KMSInvalidSignatureException', message: '' }),
  },
  {
    step: 'generateMac',
    title: 'gets a MAC',
    holds: ({ mac }) => assert.equal(bytes(mac).length, 32),
  },
  {
    step: 'verifyMac',
    title: 'has KMS verify the MAC',
    holds: (saw) => assert.deepEqual(saw, { valid: true }),
  },
  {
    step: 'wrongMac',
    title: "is refused with another message's MAC",
    holds: (saw) => assert.deepEqual(saw, { error: 'KMSInvalidMacException', message: '' }),
  },
  {
    step: 'attestedDecrypt',
    title: "decrypts for the pinned image, and opens the recipient's envelope",
    holds(saw) {
      assert.deepEqual(saw, { keyId: pinnedKeyArn, hasPlaintext: false, opened: plaintext })
    },
  },
  {
    step: 'otherImage',
    title: 'is refused for another image',
    holds(saw) {
      const message = `User: ${caller} is not authorized to perform: kms:Decrypt on resource: ${pinnedKeyArn} because no resource-based policy allows the kms:Decrypt action`
      assert.deepEqual(saw, { error: 'AccessDeniedException', message })
    },
  },
]

/** What the suite's own client decrypts with the scenario's context, in base64. */
async function decryptedElsewhere(ciphertext: unknown, { kms }: Surroundings): Promise<string> {
  const input = { CiphertextBlob: bytes(ciphertext), EncryptionContext: context }
  const { Plaintext = new Uint8Array() } = await kms.send(new DecryptCommand(input))
  return Buffer.from(Plaintext).toString('base64')
}
