/** Documents that may be believed, but whose public key is none that AWS KMS encrypts for. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { Fault } from './fault.ts'
import { forge, spkiOf, testKey } from './forge.ts'
import * as cbor from './write-cbor.ts'

/** A document with another thing for a public key, made from the good one. */
function key(name: string, code: string, make: (spki: Buffer) => Buffer): Fault {
  return {
    name: `a public key that is ${name}`,
    code,
    forge: (recipientSpki, nowMs) =>
      Promise.resolve(forge(make(Buffer.from(recipientSpki)), nowMs)),
  }
}

function rsa(modulusLength: number, publicExponent = 0x10001): Buffer {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength, publicExponent })
  return publicKey.export({ type: 'spki', format: 'der' })
}

function exported(spki: Buffer, options: { type: 'pkcs1'; format: 'der' }): Buffer {
  return createPublicKey({ key: spki, format: 'der', type: 'spki' }).export(options)
}

export const recipientFaults: readonly Fault[] = [
  {
    name: 'a public key that is null',
    code: 'RECIPIENT_KEY_ABSENT',
    forge: (recipientSpki, nowMs) =>
      Promise.resolve(
        forge(recipientSpki, nowMs, {
          members: (members) => {
            members.set('public_key', cbor.nil)
          },
        }),
      ),
  },
  key('empty', 'RECIPIENT_KEY_EMPTY', () => Buffer.alloc(0)),
  key('a P-256 key', 'RECIPIENT_KEY_EC', () => spkiOf(testKey('p256', 'P-256'))),
  key('a P-384 key', 'RECIPIENT_KEY_EC', () => spkiOf(testKey('leaf'))),
  key('a raw point', 'RECIPIENT_KEY_NOT_SPKI', () => spkiOf(testKey('leaf')).subarray(-97)),
  key('an Ed25519 key', 'RECIPIENT_KEY_NOT_RSA', () =>
    generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }),
  ),
  key('a PKCS#1 key', 'RECIPIENT_KEY_PKCS1', (spki) =>
    exported(spki, { type: 'pkcs1', format: 'der' }),
  ),
  key('PEM text', 'RECIPIENT_KEY_PEM', (spki) =>
    Buffer.from(
      createPublicKey({ key: spki, format: 'der', type: 'spki' }).export({
        type: 'spki',
        format: 'pem',
      }),
    ),
  ),
  key('base64 text', 'RECIPIENT_KEY_NOT_SPKI', (spki) => Buffer.from(spki.toString('base64'))),
  key('RSA 1024', 'RECIPIENT_KEY_SIZE', () => rsa(1024)),
  key('RSA 2047', 'RECIPIENT_KEY_SIZE', () => rsa(2047)),
  key('RSA 2560', 'RECIPIENT_KEY_SIZE', () => rsa(2560)),
  key('followed by a byte', 'RECIPIENT_KEY_TRAILING_BYTES', (spki) =>
    Buffer.concat([spki, Buffer.of(0)]),
  ),
  key('a byte short', 'RECIPIENT_KEY_NOT_SPKI', (spki) => spki.subarray(0, -1)),
]
