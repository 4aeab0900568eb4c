import assert from 'node:assert/strict'
import { importMaterial } from '../../lib/crypto/material.ts'
import { messageRepresentative, signMlDsa, verifyMlDsa } from '../../lib/crypto/ml-dsa.ts'
import { mlDsaParameterSets } from '../../lib/crypto/parameter-sets.ts'
import { SeedPair } from '../../lib/crypto/seed-pair.ts'
import { DecodeError } from '../../lib/errors.ts'
import { describeWycheproof, hex, itJudges } from '../support/wycheproof.ts'

interface VerifyGroup {
  readonly publicKey: string
}

interface SignGroup {
  readonly privateSeed: string
  readonly privateKeyPkcs8?: string
  readonly publicKey: string | null
}

/** Members that a vector may lack. */
type Optional = Partial<Record<'ctx' | 'msg' | 'mu' | 'rnd', string>>

/** KMS's messages have no context. */
const withoutContext = ({ ctx = '' }: Optional) => ctx === ''

describeWycheproof('ML-DSA', () => {
  for (const [spec, set] of [
    ['ML_DSA_44', 'ML-DSA-44'],
    ['ML_DSA_65', 'ML-DSA-65'],
    ['ML_DSA_87', 'ML-DSA-87'],
  ] as const) {
    const file = set.replaceAll('-', '_').replace('ML_DSA', 'mldsa')
    const { publicKeyBytes, seedBytes } = mlDsaParameterSets[set]

    itJudges<VerifyGroup, 'msg' | 'sig'>(
      `${file}_verify`,
      'with KMS’s empty context alone',
      async ({ publicKey }, { msg, sig }) => {
        const key = hex(publicKey)
        // No KMS key has another one.
        if (key.length !== publicKeyBytes) return false
        return verifyMlDsa(set, key, messageRepresentative(key, hex(msg)), hex(sig))
      },
      (vector) => vector.result === 'valid' && withoutContext(vector),
    )

    itJudges<SignGroup, 'sig'>(
      `${file}_sign_seed`,
      'the same signature of μ, and the same μ of the message',
      async ({ privateSeed, privateKeyPkcs8 }, vector) => {
        const { msg, mu, rnd = '00'.repeat(32) } = vector as Optional
        const seed = hex(privateSeed)
        const pair = new SeedPair(set, seed)
        if (privateKeyPkcs8 !== undefined) {
          const read = await importMaterial(spec, hex(privateKeyPkcs8)).catch(refusal)
          assert.equal(read === null, seed.length !== seedBytes)
          if (read) assert.deepEqual(read.bytes, pair.pkcs8())
        }
        if (mu === undefined || seed.length !== seedBytes) return false
        const { publicKey } = await pair.keys()
        if (msg !== undefined && withoutContext(vector as Optional)) {
          assert.deepEqual(messageRepresentative(publicKey, hex(msg)), hex(mu))
        }
        const signature = await signMlDsa(pair, hex(mu), () => hex(rnd))
        assert.equal(await verifyMlDsa(set, publicKey, hex(mu), signature), true)
        return signature.equals(hex(vector.sig))
      },
    )
  }
})

function refusal(error: unknown): null {
  if (error instanceof DecodeError) return null
  throw error
}
