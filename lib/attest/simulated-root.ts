/**
 * The simulated root: its name, its key and its certificate. The key is derived from the text below
 * (certs/README.md has the recipe), so anybody can sign under it: what trusts this root trusts
 * everybody. It refuses nothing, and no key of AWS is here.
 */
import { createECDH, createHash, createPrivateKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'

const keyText = 'enclave-kms simulated Nitro Enclaves root, NOT AWS: this key is public, version 1'

/** Order of the P-384 group (FIPS 186-4, D.1.2.4). */
export const curveOrder = BigInt(
  '0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
)
const scalarBytes = 48

/** Whole seconds, and before 2050: certificates write both as UTCTime. */
export const rootValidity = {
  notBeforeMs: Date.parse('2019-01-01T00:00:00Z'),
  notAfterMs: Date.parse('2049-12-31T23:59:59Z'),
}

/** The private key, as a number of 48 bytes: SHA-512 of the text, mod (order - 1), plus 1. */
export function simulatedRootScalar(): Buffer {
  const digest = createHash('sha512').update(keyText).digest('hex')
  const scalar = (BigInt(`0x${digest}`) % (curveOrder - 1n)) + 1n
  return Buffer.from(scalar.toString(16).padStart(2 * scalarBytes, '0'), 'hex')
}

/** The private key for signing. */
export function simulatedRootKey(): KeyObject {
  const scalar = simulatedRootScalar()
  const curve = createECDH('secp384r1')
  curve.setPrivateKey(scalar)
  // Uncompressed point: 04, then x and y.
  const point = curve.getPublicKey()
  const jwk = {
    kty: 'EC',
    crv: 'P-384',
    d: scalar.toString('base64url'),
    x: point.subarray(1, 1 + scalarBytes).toString('base64url'),
    y: point.subarray(1 + scalarBytes).toString('base64url'),
  }
  return createPrivateKey({ key: jwk, format: 'jwk' })
}

let certificate: Buffer | undefined

/** DER of certs/simulated-root.pem, read once. */
export function simulatedRootCertificate(): Buffer {
  certificate ??= readCertificate()
  return certificate
}

function readCertificate(): Buffer {
  const pem = readFileSync(new URL('../../certs/simulated-root.pem', import.meta.url), 'utf8')
  return Buffer.from(pem.replace(/-----(?:BEGIN|END) CERTIFICATE-----/g, ''), 'base64')
}
