/**
 * Virtual devices for multi-factor authentication in a config. Refuses a serial number that is no
 * device's ARN, and a seed that is not base32 (RFC 4648, section 6) or too short to be a secret.
 */
import type { MfaDevice } from '../sts/mfa.ts'
import { inside, record, text, wrong, type Place } from './read.ts'

const readMembers = record<{ serialNumber: string; seed: string }>({
  serialNumber: text(
    'a text: arn:aws:iam::ACCOUNT:mfa/NAME',
    /^arn:aws[a-z-]*:iam::\d{12}:mfa\/[\w+=,.@/-]{1,226}$/,
  ),
  seed: text('a text: base32, as an authenticator app takes it', /^[A-Z2-7 ]{16,128}=*$/i),
})

/** RFC 4226, section 4: a shared secret has 128 bits or more; apps have had 80 for long. */
const minSeedBytes = 10

export function readMfaDevice(value: unknown, place: Place): MfaDevice {
  const { serialNumber, seed } = readMembers(value, place)
  const bytes = decodeBase32(seed.replace(/[ =]/g, '').toUpperCase())
  if (bytes.length < minSeedBytes) {
    throw wrong(inside(place, 'seed'), `want ${String(minSeedBytes)} bytes or more`)
  }
  return { serialNumber, seed: bytes }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** What is left of the last character is dropped, as authenticator apps do. */
function decodeBase32(text: string): Buffer {
  const bytes: number[] = []
  let bits = 0
  let value = 0
  for (const character of text) {
    value = ((value << 5) | alphabet.indexOf(character)) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes.push((value >> bits) & 0xff)
  }
  return Buffer.from(bytes)
}
