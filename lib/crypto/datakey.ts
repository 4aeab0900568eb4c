/**
 * Data keys and data key pairs: what GenerateDataKey and GenerateDataKeyPair give to callers. Which
 * specs pairs come in, the rows of specs.ts say.
 */
import { generateMaterial } from './material.ts'
import type { KeySpec } from './specs.ts'

/** The lengths of GenerateDataKey's KeySpec. Source: API_GenerateDataKey. */
export const dataKeyBytes = { AES_256: 32, AES_128: 16 } as const

export interface DataKeyPair {
  /** PKCS#8 DER, RFC 5958; of ML-KEM the seed alone, RFC 9935. */
  readonly privateKey: Buffer
  /** SubjectPublicKeyInfo DER, RFC 5280 section 4.1. */
  readonly publicKey: Buffer
}

/** Makes a pair of a spec whose row has `dataKeyPair`, off the main thread. */
export async function generateDataKeyPair(spec: KeySpec): Promise<DataKeyPair> {
  const material = await generateMaterial(spec)
  return { privateKey: material.bytes, publicKey: await material.publicKeyInfo() }
}
