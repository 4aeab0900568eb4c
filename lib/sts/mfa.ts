/**
 * Multi-factor authentication: virtual devices of the config, whose codes are time-based one-time
 * passwords as AWS's are (RFC 6238: SHA-1, six digits, thirty seconds). Refuses a device that is not
 * the caller's, a wrong code, and a code that was used before.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { StsError } from './errors.ts'

export interface MfaDevice {
  /** `arn:aws:iam::111122223333:mfa/alice` */
  readonly serialNumber: string
  readonly seed: Uint8Array
}

export interface AskedMfa {
  readonly SerialNumber: string | undefined
  readonly TokenCode: string | undefined
}

const stepMs = 30_000
const digits = 6

/** AWS's own: how many steps a device's clock may be off, either way (RFC 6238, section 5.2). */
const drift = 2

export class MfaDevices {
  /** By the ARN of their user. */
  readonly #devices: ReadonlyMap<string, readonly MfaDevice[]>
  /** By serial number: the steps whose codes were used, those alone that could be used again. */
  readonly #used = new Map<string, readonly number[]>()

  constructor(devices: ReadonlyMap<string, readonly MfaDevice[]>) {
    this.#devices = devices
  }

  /** Whether the caller has proved to have a device; without parameters it has not. Throws AccessDenied. */
  isProved(userArn: string, asked: AskedMfa, nowMs: number): boolean {
    const { SerialNumber, TokenCode } = asked
    if (SerialNumber === undefined && TokenCode === undefined) return false
    if (SerialNumber === undefined || TokenCode === undefined) {
      throw new StsError(
        'AccessDenied',
        'MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.',
      )
    }
    const own = this.#devices.get(userArn) ?? []
    const device = own.find(({ serialNumber }) => serialNumber === SerialNumber)
    if (!device) {
      throw new StsError(
        'AccessDenied',
        'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.',
      )
    }
    this.#useCode(device, TokenCode, nowMs)
    return true
  }

  /** Every code is good once more. */
  reset(): void {
    this.#used.clear()
  }

  #useCode({ serialNumber, seed }: MfaDevice, code: string, nowMs: number): void {
    const now = Math.floor(nowMs / stepMs)
    const used = (this.#used.get(serialNumber) ?? []).filter((step) => isNear(step, now))
    for (let step = now - drift; step <= now + drift; step++) {
      if (used.includes(step) || !isSame(oneTimePassword(seed, step), code)) continue
      this.#used.set(serialNumber, [...used, step])
      return
    }
    throw new StsError(
      'AccessDenied',
      'MultiFactorAuthentication failed with invalid MFA one time pass code. ',
    )
  }
}

function isNear(step: number, now: number): boolean {
  return Math.abs(step - now) <= drift
}

/** RFC 4226, section 5.3, with the step as the counter. */
function oneTimePassword(seed: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.max(step, 0)))
  const mac = createHmac('sha1', seed).update(counter).digest()
  const offset = mac.readUInt8(mac.length - 1) & 0x0f
  const number = mac.readUInt32BE(offset) & 0x7f_ff_ff_ff
  return String(number % 10 ** digits).padStart(digits, '0')
}

function isSame(wanted: string, given: string): boolean {
  return given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted))
}
