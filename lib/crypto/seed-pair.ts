/**
 * A key pair of ML-DSA or ML-KEM: the seed that it is made of, and the keys that FIPS 204 and
 * FIPS 203 make of the seed, once, off the main thread. Node 20 has no key objects for them.
 */
import { offload, type ExpandedKeys } from './offload.ts'
import type { ParameterSet } from './parameter-sets.ts'
import { encodePublicKey, encodeSeed } from './seed-encoding.ts'

export class SeedPair<Set extends ParameterSet = ParameterSet> {
  readonly parameterSet: Set
  /** FIPS 204's ξ; FIPS 203's d and z, one after the other. */
  readonly seed: Buffer
  #keys: Promise<ExpandedKeys> | undefined

  constructor(parameterSet: Set, seed: Buffer) {
    this.parameterSet = parameterSet
    this.seed = seed
  }

  /** Both keys, made with the first call. */
  keys(): Promise<ExpandedKeys> {
    return (this.#keys ??= offload('expandSeed', this.parameterSet, this.seed).catch(
      (error: unknown) => {
        this.#keys = undefined
        throw error
      },
    ))
  }

  /** PKCS#8 DER, with the seed alone. */
  pkcs8(): Buffer {
    return encodeSeed(this.parameterSet, this.seed)
  }

  /** SubjectPublicKeyInfo DER. */
  async spki(): Promise<Buffer> {
    return encodePublicKey(this.parameterSet, (await this.keys()).publicKey)
  }
}
