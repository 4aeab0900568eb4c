/**
 * The scenario of the AWS Encryption SDK: an envelope under two keys, opened by either. Bytes are in
 * base64; a refusal is `{"error": …}`, KMS's exception where the SDK's text names one.
 */
import assert from 'node:assert/strict'
import { bytes, context, plaintext, type Check } from './check.ts'
import { keyArns } from './scene.ts'

export const encryptionSdkScenario: readonly Check[] = [
  {
    step: 'createKeys',
    title: 'makes two keys',
    holds({ generator, second }) {
      for (const arn of [generator, second]) assert.ok(String(arn).startsWith(keyArns))
      assert.notEqual(generator, second)
    },
  },
  {
    step: 'encrypt',
    title: 'encrypts under both, which the message names',
    holds({ keys, message }, { all }) {
      const arns = [all.createKeys?.generator, all.createKeys?.second]
      assert.deepEqual(keys, arns)
      for (const arn of arns) assert.ok(bytes(message).includes(String(arn)))
    },
  },
  {
    step: 'decrypt',
    title: 'decrypts with the first, and finds the context',
    holds: (saw) => assert.deepEqual(saw, { plaintext, context }),
  },
  {
    step: 'decryptWithSecondKey',
    title: 'decrypts with the second',
    holds: (saw) => assert.deepEqual(saw, { plaintext, context }),
  },
  {
    step: 'decryptByDiscovery',
    title: 'decrypts with whichever key the message names',
    holds: (saw) => assert.deepEqual(saw, { plaintext, context }),
  },
  {
    step: 'otherKey',
    title: 'does not decrypt with a key that the message does not name',
    holds: (saw) => assert.deepEqual(saw, { error: 'unencryptedDataKey has not been set' }),
  },
  {
    step: 'damagedDataKey',
    title: 'is refused with a damaged data key',
    holds: (saw) => assert.deepEqual(saw, { error: 'InvalidCiphertextException' }),
  },
]
