/**
 * What a caller may say about a document to mint, and what follows from it: registers, module id,
 * time. Refuses, by the member's name, whatever no real document could have.
 */
import { createHash } from 'node:crypto'
import type { AttestationDocument, Platform } from '../codec/document.ts'
import { DecodeError } from '../errors.ts'
import {
  debugPcrs,
  enclavePcrs,
  instanceIdPcr,
  nitroTpmPcrs,
  pcrBytes,
  roleArnPcr,
  zeroPcr,
} from './pcr.ts'
import type { Origin } from './profiles.ts'
import { rootValidity } from './simulated-root.ts'

export interface MintOptions {
  /** `nitro-enclave` unless said. */
  readonly platform?: Platform | undefined
  /**
   * 48 bytes each, index 0 to 31 (NitroTPM: 23), or their hex by index: `{ 0: 'ab…' }`. Registers not
   * named are zero.
   */
  readonly pcrs?: ReadonlyMap<number, Uint8Array> | Readonly<Record<number, string>> | undefined
  /** At most 1024 bytes, of any content; so are the next two. Absent is null in the document. */
  readonly publicKey?: Uint8Array | undefined
  readonly nonce?: Uint8Array | undefined
  readonly userData?: Uint8Array | undefined
  /** The image of `pcrs` in debug mode: PCR0, PCR1, PCR2 and PCR8 are zero then. */
  readonly debug?: boolean | undefined
  /** The parent's role, `arn:aws:iam::…:role/…`: gives PCR3. */
  readonly roleArn?: string | undefined
  /** The parent instance, `i-…`: gives PCR4 and the module id. */
  readonly instanceId?: string | undefined
  /** `i-…-enc` and 16 hex digits; made from the other options unless said. */
  readonly moduleId?: string | undefined
  /** `us-east-1` unless said. */
  readonly region?: string | undefined
  /** Milliseconds since 1970; now unless said. */
  readonly timestampMs?: number | undefined
}

/** A document but for its signature and what signs it. */
export interface Statement {
  readonly origin: Origin
  readonly content: Omit<AttestationDocument, 'certificate' | 'cabundle'>
}

/** `public_key`, `user_data` and `nonce`: the NSM takes this much of each. */
const maxFieldBytes = 1024

const defaultInstanceId = 'i-1234567890abcdef0'
const tpmSuffix = '-tpm0000000000000000'
const launchPeriodMs = 12 * 3600 * 1000

/** @throws DecodeError `MINT_OPTION`, whose fact `member` names the option */
export function settle(options: MintOptions, nowMs: number): Statement {
  const platform = options.platform ?? 'nitro-enclave'
  if (!['nitro-enclave', 'nitro-tpm'].includes(platform)) {
    throw refusal('platform', 'want nitro-enclave or nitro-tpm')
  }
  if (options.roleArn !== undefined) checkRoleArn(options.roleArn, platform)
  if (options.instanceId !== undefined) checkInstanceId(options.instanceId)
  if (options.debug === true && platform === 'nitro-tpm') {
    throw refusal('debug', 'a NitroTPM document has no debug mode')
  }
  const timestampMs = readTimestamp(options.timestampMs ?? nowMs)
  const pcrs = platform === 'nitro-tpm' ? tpmRegisters(options) : enclaveRegisters(options)
  const origin = readOrigin(options, platform, pcrs, timestampMs)
  return {
    origin,
    content: {
      platform,
      moduleId: origin.moduleId,
      digest: 'SHA384',
      timestampMs,
      pcrs,
      publicKey: readField('publicKey', options.publicKey),
      userData: readField('userData', options.userData),
      nonce: readField('nonce', options.nonce),
    },
  }
}

function tpmRegisters(options: MintOptions): Map<number, Uint8Array> {
  const registers = nitroTpmPcrs()
  for (const [index, value] of readPcrs(options, 23)) registers.set(index, value)
  return registers
}

function enclaveRegisters(options: MintOptions): Map<number, Uint8Array> {
  const registers = enclavePcrs()
  const named = readPcrs(options, 31)
  for (const [index, value] of named) registers.set(index, value)
  if (options.roleArn !== undefined) {
    registers.set(3, agreed(named, 3, roleArnPcr(options.roleArn), 'roleArn'))
  }
  if (options.instanceId !== undefined) {
    registers.set(4, agreed(named, 4, instanceIdPcr(options.instanceId), 'instanceId'))
  }
  if (options.debug === true) for (const index of debugPcrs) registers.set(index, zeroPcr())
  return registers
}

/** Named registers, by index: a document lists them in this order. */
function readPcrs(options: MintOptions, maxIndex: number): Map<number, Uint8Array> {
  const named = registersOf(options.pcrs ?? {}).sort(([a], [b]) => a - b)
  for (const [index, value] of named) {
    if (!Number.isInteger(index) || index < 0 || index > maxIndex) {
      throw refusal(`pcrs.${index}`, `want an index from 0 to ${maxIndex}`)
    }
    if (value.length !== pcrBytes) {
      throw refusal(`pcrs.${index}`, `want ${pcrBytes} bytes, got ${value.length}`)
    }
  }
  return new Map(named)
}

function registersOf(pcrs: NonNullable<MintOptions['pcrs']>): [number, Uint8Array][] {
  if (pcrs instanceof Map) return [...(pcrs as ReadonlyMap<number, Uint8Array>)]
  return Object.entries(pcrs as Record<string, string>).map(([index, hex]) => {
    if (!/^(0|[1-9]\d?)$/.test(index)) throw refusal(`pcrs.${index}`, 'want a register number')
    if (!/^[0-9a-f]{96}$/i.test(hex)) {
      // A policy that has it, too, matches no document.
      const prefix = /^0x/i.test(hex) ? ' without 0x' : ''
      throw refusal(`pcrs.${index}`, `want 96 hex digits${prefix}`)
    }
    return [Number(index), Buffer.from(hex, 'hex')]
  })
}

/** A register that follows from another option must not be said to be something else. */
function agreed(
  named: ReadonlyMap<number, Uint8Array>,
  index: number,
  value: Buffer,
  member: string,
): Buffer {
  const said = named.get(index)
  if (said !== undefined && !value.equals(said)) {
    throw refusal(`pcrs.${index}`, `does not agree with ${member}, which gives this register`)
  }
  return value
}

function readField(member: string, value: Uint8Array | undefined): Uint8Array | null {
  if (value === undefined) return null
  if (value.length > maxFieldBytes) {
    throw refusal(member, `want at most ${maxFieldBytes} bytes, got ${value.length}`)
  }
  return value
}

function readTimestamp(timestampMs: number): number {
  const { notBeforeMs, notAfterMs } = rootValidity
  if (!Number.isInteger(timestampMs) || timestampMs < notBeforeMs || timestampMs > notAfterMs) {
    const range = [notBeforeMs, notAfterMs].map((time) => new Date(time).toISOString())
    throw refusal('timestamp', `want whole milliseconds from ${range.join(' to ')}`)
  }
  return timestampMs
}

function checkRoleArn(roleArn: string, platform: Platform): void {
  if (platform === 'nitro-tpm') {
    throw refusal('roleArn', 'a NitroTPM document does not measure the role')
  }
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/[\x21-\x7e]{1,576}$/.test(roleArn)) {
    throw refusal('roleArn', 'want the ARN of an IAM role, arn:aws:iam::<account>:role/<name>')
  }
}

function checkInstanceId(instanceId: string): void {
  if (!/^i-[0-9a-f]{8,17}$/.test(instanceId)) {
    throw refusal('instanceId', 'want i- and 8 to 17 hex digits')
  }
}

function readOrigin(
  options: MintOptions,
  platform: Platform,
  pcrs: ReadonlyMap<number, Uint8Array>,
  timestampMs: number,
): Origin {
  const region = options.region ?? 'us-east-1'
  if (!/^[a-z]{2}[a-z0-9-]{1,22}$/.test(region)) throw refusal('region', 'want an AWS region')
  const moduleId = options.moduleId ?? makeModuleId(options, platform, pcrs, timestampMs)
  const suffix = platform === 'nitro-tpm' ? tpmSuffix : '-enc[0-9a-f]{16}'
  const instanceId = new RegExp(`^(i-[0-9a-f]{8,17})${suffix}$`).exec(moduleId)?.[1]
  if (instanceId === undefined) {
    throw refusal('moduleId', `want ${defaultInstanceId}${suffix}, or the like`)
  }
  if (options.instanceId !== undefined && options.instanceId !== instanceId) {
    throw refusal('moduleId', 'does not agree with instanceId')
  }
  return { region, instanceId, moduleId }
}

/**
 * An enclave's number is its launch time in milliseconds, 48 bits, and 16 bits more. Here the launch
 * is the last noon or midnight, and the 16 bits come from the registers: documents of the same
 * enclave have the same module id, whoever mints them, and share a certificate.
 */
function makeModuleId(
  options: MintOptions,
  platform: Platform,
  pcrs: ReadonlyMap<number, Uint8Array>,
  timestampMs: number,
): string {
  const instanceId = options.instanceId ?? defaultInstanceId
  if (platform === 'nitro-tpm') return instanceId + tpmSuffix
  const launchMs = Math.floor(timestampMs / launchPeriodMs) * launchPeriodMs
  const registers = createHash('sha384')
  for (const [index, value] of pcrs) registers.update(Uint8Array.of(index)).update(value)
  return enclaveModuleId(instanceId, launchMs, registers.digest().subarray(0, 2))
}

/** `i-…-enc`, the launch time in milliseconds since 1970, and two bytes of the hypervisor's choice. */
export function enclaveModuleId(instanceId: string, launchMs: number, tail: Uint8Array): string {
  const launch = launchMs.toString(16).padStart(12, '0')
  return `${instanceId}-enc${launch}${Buffer.from(tail).toString('hex')}`
}

function refusal(member: string, wanted: string): DecodeError {
  return new DecodeError('MINT_OPTION', `${member}: ${wanted}`, { member })
}
