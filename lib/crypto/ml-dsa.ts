/**
 * ML-DSA, FIPS 204, pure and without a context string: signatures of messages and of message
 * representatives μ are the same. Refuses, with one answer, what is not a signature of its key.
 */
import { createHash } from 'node:crypto'
import { offload } from './offload.ts'
import { mlDsaParameterSets, type MlDsaParameterSet } from './parameter-sets.ts'
import type { RandomSource } from './random.ts'
import type { SeedPair } from './seed-pair.ts'

/** FIPS 204, section 6.2: of μ, and of the public key's hash in it. */
const muBytes = 64

/** Section 3.4: a signature is hedged with so many random bytes, as KMS's are. */
const hedgeBytes = 32

/** The domain separator of pure ML-DSA and the length of the context, section 5.2. */
const pureWithoutContext = Buffer.of(0, 0)

/** The message representative μ, section 6.2, line 6. */
export function messageRepresentative(publicKey: Uint8Array, message: Uint8Array): Buffer {
  return shake256(shake256(publicKey), pureWithoutContext, message)
}

/** Signs μ. */
export async function signMlDsa(
  pair: SeedPair<MlDsaParameterSet>,
  mu: Uint8Array,
  random: RandomSource,
): Promise<Buffer> {
  const { secretKey } = await pair.keys()
  return Buffer.from(
    await offload('mlDsaSign', pair.parameterSet, secretKey, mu, random(hedgeBytes)),
  )
}

/** Whether it is a signature of μ. */
export async function verifyMlDsa(
  set: MlDsaParameterSet,
  publicKey: Uint8Array,
  mu: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (signature.length !== mlDsaParameterSets[set].signatureBytes) return false
  return offload('mlDsaVerify', set, publicKey, mu, signature)
}

function shake256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('shake256', { outputLength: muBytes })
  for (const part of parts) hash.update(part)
  return hash.digest()
}
