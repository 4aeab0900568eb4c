/**
 * Makes the simulated root's certificate and prints it as PEM: byte for byte certs/simulated-root.pem,
 * because the key, the serial number and the signature (RFC 6979) all follow from published text.
 */
import 'reflect-metadata/lite'
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { createECDH, createHash, createHmac, createPublicKey, webcrypto } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import {
  curveOrder,
  rootValidity,
  simulatedRootKey,
  simulatedRootScalar,
} from '../lib/attest/simulated-root.ts'

/** In place of `C=US, O=Amazon, OU=AWS, CN=aws.nitro-enclaves`. */
const name = new Name([
  { C: [{ printableString: 'US' }] },
  { O: [{ utf8String: 'enclave-kms' }] },
  { OU: [{ utf8String: 'NOT AWS' }] },
  { CN: [{ utf8String: 'simulated.nitro-enclaves' }] },
])

const { digitalSignature, keyCertSign, cRLSign } = KeyUsageFlags

/** The certificate, as PEM. */
export async function makeSimulatedRoot(): Promise<string> {
  const unsigned = await certificate(Buffer.alloc(96, 1))
  const signed = await certificate(
    signDeterministically(toBeSigned(unsigned), simulatedRootScalar()),
  )
  const lines = signed.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

async function certificate(signature: Uint8Array<ArrayBuffer>): Promise<Buffer> {
  const spki = createPublicKey(simulatedRootKey()).export({ type: 'spki', format: 'der' })
  const publicKey = new Uint8Array(spki)
  const { rawData } = await X509CertificateGenerator.create(
    {
      subject: name,
      issuer: name,
      serialNumber: createHash('sha256').update('simulated root').digest('hex').slice(0, 32),
      notBefore: new Date(rootValidity.notBeforeMs),
      notAfter: new Date(rootValidity.notAfterMs),
      // As AWS's root: no path length, and no authority key identifier.
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
        new KeyUsagesExtension(digitalSignature | keyCertSign | cRLSign, true),
      ],
      publicKey,
      signature,
      signingAlgorithm: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
    },
    webcrypto,
  )
  return Buffer.from(rawData)
}

/** Both SEQUENCEs, of the certificate and of tbsCertificate, have lengths of two bytes. */
function toBeSigned(der: Buffer): Buffer {
  return der.subarray(4, 4 + 4 + der.readUInt16BE(6))
}

/** ECDSA with P-384 and SHA-384 as r ‖ s, with the nonce of RFC 6979, 3.2. */
export function signDeterministically(message: Uint8Array, scalar: Buffer): Buffer<ArrayBuffer> {
  const digest = createHash('sha384').update(message).digest()
  // bits2octets: P-384's order and SHA-384 are equally long, so no bits are cut.
  const reduced = toBytes(toNumber(digest) % curveOrder)
  let key: Buffer = Buffer.alloc(48, 0)
  let value: Buffer = Buffer.alloc(48, 1)
  for (const step of ['00', '01']) {
    key = hmac(key, value, Buffer.from(step, 'hex'), scalar, reduced)
    value = hmac(key, value)
  }
  value = hmac(key, value)
  const nonce = toNumber(value)
  // The standard retries here; with this text there is nothing to retry, and a change must notice.
  if (nonce === 0n || nonce >= curveOrder) throw new Error('nonce out of range: change the text')

  const curve = createECDH('secp384r1')
  curve.setPrivateKey(value)
  const r = toNumber(curve.getPublicKey().subarray(1, 49)) % curveOrder
  const s = (inverse(nonce) * (toNumber(digest) + r * toNumber(scalar))) % curveOrder
  return Buffer.concat([toBytes(r), toBytes(s)])
}

function hmac(key: Buffer, ...parts: Buffer[]): Buffer {
  return createHmac('sha384', key).update(Buffer.concat(parts)).digest()
}

/** Fermat: the order is prime. */
function inverse(value: bigint): bigint {
  let result = 1n
  let base = value % curveOrder
  for (let exponent = curveOrder - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % curveOrder
    base = (base * base) % curveOrder
  }
  return result
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

function toBytes(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(96, '0'), 'hex')
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(await makeSimulatedRoot())
}
