/**
 * The encodings of ML-DSA and ML-KEM keys, RFC 9881 and RFC 9935: SubjectPublicKeyInfo, and PKCS#8
 * with the seed alone, which both RFCs recommend. Refuses a private key without its seed, which
 * cannot be made from it.
 */
import { derTag } from '../codec/der.ts'
import { derBitString, derElement, derOid, derSequence } from '../codec/der-writer.ts'
import { parameterSets, type ParameterSet } from './parameter-sets.ts'
import { decodePkcs8, encodePkcs8, encodingError, readSecret } from './pkcs8.ts'

/** `[0] IMPLICIT OCTET STRING`: the choice of a seed alone, RFC 9881 section 6. */
const seedTag = 0x80

/** A private key as it is read: the seed, and what RFC 9881 calls the expanded key beside it. */
export interface EncodedSeed {
  readonly seed: Buffer
  readonly expandedKey?: Buffer
}

/** PKCS#8 DER with the seed alone. */
export function encodeSeed(set: ParameterSet, seed: Uint8Array): Buffer {
  return encodePkcs8(algorithmOf(set), derElement(seedTag, seed))
}

/** SubjectPublicKeyInfo DER. */
export function encodePublicKey(set: ParameterSet, publicKey: Uint8Array): Buffer {
  return derSequence(algorithmOf(set), derBitString(publicKey))
}

/**
 * Reads PKCS#8 DER that has a seed, alone or beside the expanded key.
 *
 * @throws DecodeError `MATERIAL_ENCODING` or `MATERIAL_SPEC`
 */
export function decodeSeed(set: ParameterSet, pkcs8: Uint8Array): EncodedSeed {
  const read = readKey(decodePkcs8(pkcs8, algorithmOf(set), set))
  if (read.seed.length !== parameterSets[set].seedBytes) throw encodingError()
  return read
}

function readKey(privateKey: Uint8Array): EncodedSeed {
  return readSecret(privateKey, (choice) => {
    if (choice.nextTag === seedTag) return { seed: Buffer.from(choice.any().content) }
    const both = choice.inside(derTag.sequence)
    const seed = Buffer.from(both.element(derTag.octetString).content)
    const expandedKey = Buffer.from(both.element(derTag.octetString).content)
    both.end()
    return { seed, expandedKey }
  })
}

function algorithmOf(set: ParameterSet): Buffer {
  return derSequence(derOid(parameterSets[set].oid))
}
