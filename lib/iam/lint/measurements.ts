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
import type { Rule } from './rule.ts'

interface Measurement {
  readonly view: StatementView
  readonly condition: AttestationCondition
  readonly value: string
  readonly path: string
}

export const measurementRules: readonly Rule[] = [
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
      for (const { value, path } of measurements(statements)) {
        if (hasPrefix(value) || /^[0-9a-f]{96}$/i.test(value)) continue
        yield { path, message: whatElse(value) }
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
      for (const { value, path, condition } of measurements(statements)) {
        if (!/^[0-9a-f]{96}$/i.test(value) || !/[A-F]/.test(value)) continue
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
      'debug mode, whatever its image, and the parent reads the console of such an enclave.',
    fix: 'write the measurement that nitro-cli describe-eif prints for the image',
    *find({ statements }) {
      for (const { view, value, path, condition } of measurements(statements)) {
        const why = zeroMeaning(condition.register)
        const isWanted = condition.name.operator.negated !== view.allows
        if (!/^0{96}$/.test(value) || why === undefined || !isWanted) continue
        yield { path, message: `${condition.condition.key} is zero ${why}` }
      }
    },
  },
]

/** The values that are compared with a register, wildcards and policy variables aside. */
function* measurements(statements: readonly StatementView[]): Generator<Measurement> {
  for (const view of statements) {
    for (const condition of view.attestation) {
      if (condition.register === null || !condition.name.operator.name.startsWith('String'))
        continue
      const isPattern = condition.name.operator.name.includes('Like')
      const { expected } = condition.condition
      for (const [index, value] of expected.entries()) {
        if (value.includes('${') || (isPattern && /[*?]/.test(value))) continue
        yield { view, condition, value, path: itemPath(condition.path, expected, index) }
      }
    }
  }
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
  if (register?.platform !== 'nitro-enclave') return undefined
  return enclaveZeros.get(register.index)
}

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
