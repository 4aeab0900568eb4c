import { decapsulate, encapsulateTo } from '../../lib/crypto/kem.ts'
import { Material } from '../../lib/crypto/material.ts'
import { mlKemParameterSets } from '../../lib/crypto/parameter-sets.ts'
import { SeedPair } from '../../lib/crypto/seed-pair.ts'
import { describeWycheproof, hex, itJudges } from '../support/wycheproof.ts'

describeWycheproof('ML-KEM', () => {
  for (const [spec, set] of [
    ['ML_KEM_512', 'ML-KEM-512'],
    ['ML_KEM_768', 'ML-KEM-768'],
    ['ML_KEM_1024', 'ML-KEM-1024'],
  ] as const) {
    const file = set.replaceAll('-', '_').replace('ML_KEM', 'mlkem')
    const { seedBytes } = mlKemParameterSets[set]

    itJudges<object, 'seed' | 'ek' | 'dk'>(
      `${file}_keygen_seed`,
      'the same keys',
      async (_group, { seed, ek, dk }) => {
        const keys = await new SeedPair(set, hex(seed)).keys()
        return hex(ek).equals(keys.publicKey) && hex(dk).equals(keys.secretKey)
      },
    )

    itJudges<object, 'seed' | 'ek' | 'c' | 'K'>(
      file,
      'the same secret, implicit rejection too',
      async (_group, { seed, c, K }) => {
        // No KMS key has another seed.
        if (hex(seed).length !== seedBytes) return false
        const material = new Material(spec, new SeedPair(set, hex(seed)))
        const secret = await decapsulate(material, hex(c))
        return secret?.equals(hex(K)) ?? false
      },
    )

    itJudges<object, 'ek' | 'm' | 'c' | 'K'>(
      `${file}_encaps`,
      'the same secret and ciphertext, of public keys that FIPS 203 takes',
      async (_group, { ek, m, c, K }) => {
        const made = await encapsulateTo(set, hex(ek), () => hex(m)).catch(() => null)
        if (made === null) return false
        return made.ciphertext.equals(hex(c)) && made.sharedSecret.equals(hex(K))
      },
    )
  }
})
