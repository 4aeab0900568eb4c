/**
 * The rules about the values that conditions on attestation compare with: KMS has the 96 lower-case
 * hex digits of a SHA-384 digest. Sources: KMS developer guide, "Condition keys for AWS Nitro
 * Enclaves"; Nitro Enclaves user guide, "Cryptographic attestation" (debug mode zeroes registers).
 */
import {
  itemPath,
  type AttestationCondition,
  type Register,
  type StatementView,
} from './statement-view.ts'
import { wildcardTest } from '../pattern.ts'
import type { Rule } from './rule.ts'

interface Measurement {
  readonly view: StatementView
  readonly condition: AttestationCondition
  readonly value: string
  /** Whether it has wildcards. */
  readonly isPattern: boolean
  readonly path: string
}

/** Ours: 256 bits of a digest are as hard to meet as a digest of that length. */
const fewestDigits = 64
const patternForm = /^[0-9a-f*?]*$/i
const zeros = '0'.repeat(96)

export const measurementRules: readonly Rule[] = [
  {
    id: 'loose-measurement',
    severity: 'error',
    about:
      `A pattern leaves much of a measurement open. Where it fixes fewer than ${fewestDigits} of the 96 hex ` +
      'digits, images that fit it are less than 256 bits of trial builds away: 7* is met by one image ' +
      'in sixteen.',
    fix: 'write all 96 hex digits, and several measurements as a list',
    *find({ statements }) {
      for (const one of measurements(statements)) {
        const { value, path, isPattern } = one
        if (!isPattern || !isWanted(one) || !one.condition.pins || !patternForm.test(value))
          continue
        const digits = value.replace(/[*?]/g, '').length
        if (digits >= fewestDigits || whyZero(one) !== undefined) continue
        const what = `the pattern fixes ${digits} of 96 hex digits`
        yield { path, message: `${what}: trial builds find an image that fits it` }
      }
    },
  },
  {
    id: 'hex-prefix',
    severity: 'error',
    about: 'A measurement begins with 0x, as some tools print it. KMS compares plain hex digits.',
    fix: 'leave 0x out',
    *find({ statements }) {
      for (const { value, path } of measurements(statements)) {
        if (!hasPrefix(value)) continue
        yield {
          path,
          message: `the value begins with 0x, and so equals no measurement: ${shown(value)}`,
        }
      }
    },
  },
  {
    id: 'not-a-digest',
    severity: 'error',
    about:
      'A measurement is not 96 hex digits, which is what a SHA-384 digest has: it was cut off, is of ' +
      'another register size, or is what the digest is of (a role ARN, an instance id).',
    fix: 'copy the 96 hex digits that nitro-cli describe-eif or nitro-tpm-pcr-compute prints',
    *find({ statements }) {
      for (const { value, path, isPattern } of measurements(statements)) {
        if (hasPrefix(value) || isDigestForm(value, isPattern)) continue
        yield { path, message: isPattern ? noSuchDigest(value) : whatElse(value) }
      }
    },
  },
  {
    id: 'upper-case-hex',
    severity: 'error',
    about:
      'A measurement has upper-case digits under an operator that minds the case. KMS has lower.',
    fix: 'write the digits in lower case, or StringEqualsIgnoreCase',
    *find({ statements }) {
      for (const { value, path, condition, isPattern } of measurements(statements)) {
        if (!isDigestForm(value, isPattern) || !/[A-F]/.test(value)) continue
        const { operator } = condition.condition
        if (/IgnoreCase/i.test(operator)) continue
        yield { path, message: `${operator} minds the case, and KMS has lower-case hex digits` }
      }
    },
  },
  {
    id: 'zero-measurement',
    severity: 'error',
    about:
      'A register is wanted to be all zeros. PCR0, PCR1, PCR2 and PCR8 are zero for every enclave in ' +
      'debug mode, whatever its image, and the parent reads the console of such an enclave. PCR4, and ' +
      'PCR4 and PCR7 of a NitroTPM, are never zero.',
    fix: 'write the measurement that nitro-cli describe-eif prints for the image',
    *find({ statements }) {
      for (const one of measurements(statements)) {
        const why = whyZero(one)
        if (why === undefined || !isWanted(one)) continue
        const fits = one.isPattern ? ', and zeros fit the pattern' : ''
        const message = `${one.condition.condition.key} is zero ${why}${fits}`
        const isTpm = one.condition.register?.platform === 'nitro-tpm'
        yield { path: one.path, message, ...(isTpm && { fix: tpmFix }) }
      }
    },
  },
]

/** The values that are compared with a register, policy variables aside. */
function* measurements(statements: readonly StatementView[]): Generator<Measurement> {
  for (const view of statements) {
    for (const condition of view.attestation) {
      if (condition.register === null || !condition.name.operator.name.startsWith('String'))
        continue
      const hasPatterns = condition.name.operator.name.endsWith('Like')
      const { expected } = condition.condition
      for (const [index, value] of expected.entries()) {
        if (value.includes('${')) continue
        const isPattern = hasPatterns && /[*?]/.test(value)
        const path = itemPath(condition.path, expected, index)
        yield { view, condition, value, isPattern, path }
      }
    }
  }
}

/** Whether the call that gets through has the value, and not any other. */
function isWanted({ view, condition }: Measurement): boolean {
  return condition.name.operator.negated !== view.allows
}

/** Why an enclave's register may be zero, where the value is met then; `*` is another rule's. */
function whyZero({ value, isPattern, condition }: Measurement): string | undefined {
  const isZero = isPattern ? condition.pins && wildcardTest(value)(zeros) : value === zeros
  return isZero ? zeroMeaning(condition.register) : undefined
}

function isDigestForm(value: string, isPattern: boolean): boolean {
  if (!isPattern) return /^[0-9a-f]{96}$/i.test(value)
  const { length } = value.replaceAll('*', '')
  return patternForm.test(value) && (value.includes('*') ? length <= 96 : length === 96)
}

function noSuchDigest(value: string): string {
  return `no digest of 96 hex digits fits the pattern: ${shown(value)}`
}

function hasPrefix(value: string): boolean {
  return /^0x/i.test(value)
}

function whatElse(value: string): string {
  if (value.startsWith('arn:')) {
    return `PCR3 is the SHA-384 digest of 48 zero bytes and the role's ARN, not ${shown(value)}`
  }
  if (/^i-[0-9a-f]+$/.test(value)) {
    return `PCR4 is the SHA-384 digest of 48 zero bytes and the instance's id, not ${shown(value)}`
  }
  if (/^[0-9a-f]*$/i.test(value)) return `the value has ${value.length} hex digits, not 96`
  return `the value is not hex digits: ${shown(value)}`
}

/** Why a register is zero; undefined where that says little, or is what AWS recommends. */
function zeroMeaning(register: Register | null): string | undefined {
  if (!register) return undefined
  return register.platform === 'nitro-enclave'
    ? enclaveZeros.get(register.index)
    : tpmZeros.get(register.index)
}

const tpmFix = 'write the measurement that nitro-tpm-pcr-compute prints for the image'

/**
 * TCG PC Client Platform Firmware Profile, "Event logging" (EV_SEPARATOR): the firmware extends a
 * separator into each of PCR0 to PCR7 before it boots anything.
 */
const neverBooted = 'for no instance that has booted: its firmware extends the register'

/** Of those that say what was booted. */
const tpmZeros: ReadonlyMap<number, string> = new Map([
  [4, neverBooted],
  [7, neverBooted],
])

const debugMode = 'for every enclave in debug mode, whatever its image'

const enclaveZeros: ReadonlyMap<number, string> = new Map([
  [0, debugMode],
  [1, debugMode],
  [2, debugMode],
  [3, 'for every enclave whose parent instance has no role'],
  [4, 'for no instance of AWS: it is the digest of the id'],
  [8, 'for every image that is not signed'],
])

function shown(value: string): string {
  return value.length > 40 ? `${value.slice(0, 40)}…` : value
}
