/**
 * PKCS#8 (RFC 5208) for the private keys that node:crypto does not read: an algorithm identifier,
 * and the private key as the algorithm has it. Refuses another version, attributes, and whatever is
 * not DER.
 */
import { DerReader, derTag } from '../codec/der.ts'
import { derOctetString, derSequence, derUnsigned } from '../codec/der-writer.ts'
import { DecodeError } from '../errors.ts'

const version = 0

/** @param algorithm AlgorithmIdentifier DER */
export function encodePkcs8(algorithm: Uint8Array, privateKey: Uint8Array): Buffer {
  return derSequence(derUnsigned(Uint8Array.of(version)), algorithm, derOctetString(privateKey))
}

/**
 * The private key of PKCS#8 DER.
 *
 * @param algorithm AlgorithmIdentifier DER
 * @param name what the algorithm is called in the error
 * @throws DecodeError `MATERIAL_ENCODING`; `MATERIAL_SPEC` for another algorithm
 */
export function decodePkcs8(pkcs8: Uint8Array, algorithm: Uint8Array, name: string): Uint8Array {
  const read = readSecret(pkcs8, (outer) => {
    const info = outer.inside(derTag.sequence)
    if (info.small() !== version) throw encodingError()
    const { bytes } = info.element(derTag.sequence)
    const { content } = info.element(derTag.octetString)
    info.end()
    return { algorithm: bytes, privateKey: content }
  })
  if (Buffer.compare(read.algorithm, algorithm) === 0) return read.privateKey
  throw new DecodeError('MATERIAL_SPEC', `key material: the private key is not of ${name}`)
}

/**
 * Reads the elements of a secret, and nothing behind them.
 *
 * @throws DecodeError `MATERIAL_ENCODING`, whatever is wrong: the cause describes a secret
 */
export function readSecret<T>(der: Uint8Array, read: (reader: DerReader) => T): T {
  try {
    const reader = new DerReader(der)
    const value = read(reader)
    reader.end()
    return value
  } catch {
    throw encodingError()
  }
}

export function encodingError(): DecodeError {
  return new DecodeError('MATERIAL_ENCODING', 'key material: want a private key in PKCS#8 DER')
}
