/**
 * Key material as ImportKeyMaterial takes it. Refuses, beyond what no material may be, curves that
 * are spelt out, RSA keys of more than two primes, and in the China Regions symmetric keys of another
 * length than SM4's. Source: KMS developer guide, "Requirements for imported key material".
 */
import { createHash } from 'node:crypto'
import { DerReader, derTag } from '../codec/der.ts'
import { DecodeError } from '../errors.ts'
import { importMaterial, type Material } from './material.ts'
import { specs, type KeySpec } from './specs.ts'

/** @throws DecodeError as `importMaterial` */
export async function readImportedMaterial(
  spec: KeySpec,
  bytes: Uint8Array,
  region: string,
): Promise<Material> {
  if (spec === 'SYMMETRIC_DEFAULT' && region.startsWith('cn-')) {
    return importMaterial(spec, fromSm4Key(bytes))
  }
  const { kind } = specs[spec].material
  if (kind === 'ec' || kind === 'sm2') check(bytes, namesCurve, 'that names its curve')
  if (kind === 'rsa') check(bytes, hasTwoPrimes, 'with two primes')
  return importMaterial(spec, bytes)
}

const sm4KeyBytes = 16

/** Ciphertexts are opaque: here an AES-256 key is behind them in every Region. */
function fromSm4Key(bytes: Uint8Array): Buffer {
  if (bytes.length === sm4KeyBytes) {
    return createHash('sha256').update('enclave-kms SM4 key\0').update(bytes).digest()
  }
  throw new DecodeError(
    'MATERIAL_LENGTH',
    `key material: want ${sm4KeyBytes} bytes in the China Regions, got ${bytes.length}`,
    { want: sm4KeyBytes, got: bytes.length },
  )
}

/** Reads PKCS#8, RFC 5208 section 5, as far as its rule goes, which throws or is not so. */
function check(pkcs8: Uint8Array, rule: (info: DerReader) => boolean, want: string): void {
  try {
    const info = new DerReader(pkcs8).inside(derTag.sequence)
    info.element(derTag.integer)
    if (rule(info)) return
  } catch {
    // The cause is left out: it describes a secret.
  }
  throw new DecodeError(
    'MATERIAL_ENCODING',
    `key material: want a private key in PKCS#8 DER ${want}`,
  )
}

/** RFC 5480 section 2.1.1: the parameters of the algorithm are an object identifier. */
function namesCurve(info: DerReader): boolean {
  const algorithm = info.inside(derTag.sequence)
  algorithm.oid()
  return algorithm.nextTag === derTag.oid
}

/** RFC 8017 appendix A.1.2: the version of a key that has more is 1. */
function hasTwoPrimes(info: DerReader): boolean {
  info.element(derTag.sequence)
  return info.inside(derTag.octetString).inside(derTag.sequence).small() === 0
}
