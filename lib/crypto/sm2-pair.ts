/**
 * An SM2 key pair (GB/T 32918.1, the curve of GB/T 32918.5): its numbers and its encodings, RFC 5915
 * and RFC 5480. Refuses spelt-out parameters, numbers out of range, and halves that are not
 * a pair. Not as key objects: Node 20 does not know its own SM2 keys when it reads them.
 */
import { createECDH, ECDH } from 'node:crypto'
import { DerReader, derTag } from '../codec/der.ts'
import {
  derBitString,
  derElement,
  derOctetString,
  derOid,
  derSequence,
  derUnsigned,
} from '../codec/der-writer.ts'
import { DecodeError } from '../errors.ts'
import { decodePkcs8, encodePkcs8, encodingError, readSecret } from './pkcs8.ts'

/** The length of a coordinate and of a scalar. */
export const sm2Bytes = 32

const curveName = 'SM2'
const curve = derOid('1.2.156.10197.1.301')
const algorithm = derSequence(derOid('1.2.840.10045.2.1'), curve)

/** ECPrivateKey, RFC 5915 section 3: its version, and its `[0]` and `[1]`, both EXPLICIT. */
const ecPrivateKey = { version: 1, parametersTag: 0xa0, publicKeyTag: 0xa1 }

/** The order of the curve less one: the first scalar that is out of range, GB/T 32918.1 section 6.1. */
const tooLarge = Buffer.from(
  'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122',
  'hex',
)

export class Sm2Pair {
  /** d, 32 bytes. */
  readonly scalar: Buffer
  /** The public key's x and y, 64 bytes. */
  readonly point: Buffer

  private constructor(ecdh: ECDH) {
    const scalar = ecdh.getPrivateKey()
    this.scalar = Buffer.concat([Buffer.alloc(sm2Bytes - scalar.length), scalar])
    this.point = ecdh.getPublicKey().subarray(1)
  }

  static generate(): Sm2Pair {
    const ecdh = createECDH(curveName)
    ecdh.generateKeys()
    return new Sm2Pair(ecdh)
  }

  /**
   * Reads PKCS#8 DER, with or without the public key, and that in any form.
   *
   * @throws DecodeError `MATERIAL_ENCODING`, `MATERIAL_SPEC` or `MATERIAL_PAIR`
   */
  static fromPkcs8(pkcs8: Uint8Array): Sm2Pair {
    const { scalar, publicKey } = readEcPrivateKey(decodePkcs8(pkcs8, algorithm, curveName))
    const ecdh = createECDH(curveName)
    if (scalar.length !== sm2Bytes || Buffer.compare(scalar, tooLarge) >= 0) throw encodingError()
    if (scalar.every((byte) => byte === 0)) throw encodingError()
    ecdh.setPrivateKey(scalar)
    if (publicKey && !uncompressed(publicKey)?.equals(ecdh.getPublicKey())) {
      throw new DecodeError(
        'MATERIAL_PAIR',
        'key material: the private and public key are not a pair',
      )
    }
    return new Sm2Pair(ecdh)
  }

  /** PKCS#8 DER, as OpenSSL writes it: with the public key, not compressed. */
  pkcs8(): Buffer {
    const { version, publicKeyTag } = ecPrivateKey
    const key = derSequence(
      derUnsigned(Uint8Array.of(version)),
      derOctetString(this.scalar),
      derElement(publicKeyTag, derBitString(this.#uncompressed())),
    )
    return encodePkcs8(algorithm, key)
  }

  #uncompressed(): Buffer {
    return Buffer.concat([Buffer.of(4), this.point])
  }

  /** SubjectPublicKeyInfo DER. */
  spki(): Buffer {
    return derSequence(algorithm, derBitString(this.#uncompressed()))
  }
}

function readEcPrivateKey(der: Uint8Array): { scalar: Buffer; publicKey?: Uint8Array } {
  const { version, parametersTag, publicKeyTag } = ecPrivateKey
  return readSecret(der, (outer) => {
    const key = outer.inside(derTag.sequence)
    if (key.small() !== version) throw encodingError()
    const scalar = Buffer.from(key.element(derTag.octetString).content)
    if (key.nextTag === parametersTag) {
      const { content } = key.any()
      if (Buffer.compare(content, curve) !== 0) throw encodingError()
    }
    if (key.atEnd) return { scalar }
    const publicKey = new DerReader(key.element(publicKeyTag).content)
    const point = publicKey.bytes()
    publicKey.end()
    key.end()
    return { scalar, publicKey: point }
  })
}

/** Null for what is no point of the curve. */
function uncompressed(point: Uint8Array): Buffer | null {
  try {
    const read = ECDH.convertKey(point, curveName, undefined, undefined, 'uncompressed')
    // No bytes are read as no point, without an error.
    return Buffer.isBuffer(read) ? read : null
  } catch {
    return null
  }
}
