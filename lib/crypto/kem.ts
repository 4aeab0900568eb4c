/**
 * Encapsulate and Decapsulate: ML-KEM, FIPS 203. Refuses only a ciphertext of another length: for
 * every other one that was not made for the key, decapsulation gives a secret that nobody else has
 * (implicit rejection, section 6.3).
 */
import type { Material } from './material.ts'
import { offload } from './offload.ts'
import { mlKemParameterSets, type MlKemParameterSet } from './parameter-sets.ts'
import { systemRandom, type RandomSource } from './random.ts'
import { specs } from './specs.ts'

/** Of the message that encapsulation begins with, section 7.2. */
const randomBytes = 32

export interface Encapsulated {
  /** 32 bytes. */
  readonly sharedSecret: Buffer
  /** As long as the parameter set says. */
  readonly ciphertext: Buffer
}

/** A new shared secret, and the ciphertext that the private key gets it from. */
export async function encapsulate(
  material: Material,
  random: RandomSource = systemRandom,
): Promise<Encapsulated> {
  const { publicKey } = await material.seedPair.keys()
  return encapsulateTo(parameterSetOf(material), publicKey, random)
}

/** The same with a public key alone. */
export async function encapsulateTo(
  set: MlKemParameterSet,
  publicKey: Uint8Array,
  random: RandomSource,
): Promise<Encapsulated> {
  const made = await offload('mlKemEncapsulate', set, publicKey, random(randomBytes))
  return { sharedSecret: Buffer.from(made.sharedSecret), ciphertext: Buffer.from(made.cipherText) }
}

/** The shared secret; null for a ciphertext that no key of the spec makes. */
export async function decapsulate(
  material: Material,
  ciphertext: Uint8Array,
): Promise<Buffer | null> {
  const set = parameterSetOf(material)
  if (ciphertext.length !== mlKemParameterSets[set].ciphertextBytes) return null
  const { secretKey } = await material.seedPair.keys()
  return Buffer.from(await offload('mlKemDecapsulate', set, secretKey, ciphertext))
}

function parameterSetOf({ spec }: Material): MlKemParameterSet {
  const { material } = specs[spec]
  if (material.kind !== 'ml-kem') throw new Error(`no ML-KEM with ${spec}`)
  return material.parameterSet
}
