import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { isKnownKey } from '../../../lib/iam/condition-keys.ts'
import { valuesOfKey } from '../../../lib/iam/lint/value-enums.ts'

const model = JSON.parse(
  readFileSync(new URL('../../../lib/kms/model/model.json', import.meta.url), 'utf8'),
) as { readonly shapes: Readonly<Record<string, { readonly enum?: readonly string[] }>> }

/** The names of the API's enumerations where they are not those of the keys. */
const shapeNames: Readonly<Record<string, string>> = {
  'kms:datakeypairspec': 'DataKeyPairSpec',
  'kms:encryptionalgorithm': 'EncryptionAlgorithmSpec',
  'kms:expirationmodel': 'ExpirationModelType',
  'kms:keyagreementalgorithm': 'KeyAgreementAlgorithmSpec',
  'kms:keyorigin': 'OriginType',
  'kms:keyspec': 'KeySpec',
  'kms:keyusage': 'KeyUsageType',
  'kms:macalgorithm': 'MacAlgorithmSpec',
  'kms:messagetype': 'MessageType',
  'kms:multiregionkeytype': 'MultiRegionKeyType',
  'kms:signingalgorithm': 'SigningAlgorithmSpec',
  'kms:wrappingalgorithm': 'AlgorithmSpec',
  'kms:wrappingkeyspec': 'WrappingKeySpec',
}

describe('the values of condition keys that lint knows', () => {
  it("are those of the API's model, and of IAM for the type of a caller", () => {
    for (const [key, values] of valuesOfKey) {
      assert.ok(isKnownKey(key), key)
      if (key === 'aws:principaltype') continue
      const shape = model.shapes[shapeNames[key] ?? '']
      assert.deepEqual([...values].sort(), [...(shape?.enum ?? [])].sort(), key)
    }
    assert.equal(valuesOfKey.size, Object.keys(shapeNames).length + 1)
  })
})
