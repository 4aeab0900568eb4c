import assert from 'node:assert/strict'
import { mlDsaParameterSets, mlKemParameterSets } from '../../lib/crypto/parameter-sets.ts'

/** FIPS 204, tables 1 and 2: k, and the lengths of keys and signatures. */
const mlDsa = { 'ML-DSA-44': [4, 2420], 'ML-DSA-65': [6, 3309], 'ML-DSA-87': [8, 4627] } as const

/** FIPS 203, table 2: k, du and dv. */
const mlKem = {
  'ML-KEM-512': [2, 10, 4],
  'ML-KEM-768': [3, 10, 4],
  'ML-KEM-1024': [4, 11, 5],
} as const

describe('the parameter sets', () => {
  it('of ML-DSA have the lengths that follow from FIPS 204', () => {
    for (const [name, { publicKeyBytes, signatureBytes }] of Object.entries(mlDsaParameterSets)) {
      const [k, signature] = mlDsa[name as keyof typeof mlDsa]
      assert.equal(publicKeyBytes, 32 + 32 * k * 10, name)
      assert.equal(signatureBytes, signature, name)
    }
  })

  it('of ML-KEM have the lengths that follow from FIPS 203', () => {
    for (const [name, { publicKeyBytes, ciphertextBytes }] of Object.entries(mlKemParameterSets)) {
      const [k, du, dv] = mlKem[name as keyof typeof mlKem]
      assert.equal(publicKeyBytes, 384 * k + 32, name)
      assert.equal(ciphertextBytes, 32 * (du * k + dv), name)
    }
  })
})
