/**
 * The usual mistakes in conditions on measurements of an enclave (`kms:RecipientAttestation:…`), one
 * rule each. Sources: KMS developer guide, "Condition keys for AWS Nitro Enclaves"; Nitro Enclaves
 * user guide, "Cryptographic attestation" (the registers' meanings, debug mode).
 */
import { createHash } from 'node:crypto'
import { wantsEquality, type Culprit } from './culprits.ts'
import type { AccessRequest } from './request.ts'

/** What a hint has to know beside the decision. */
export interface HintFacts {
  /** The document that the request carried, believed; null when it carried none. */
  readonly attestation: {
    readonly platform: 'nitro-enclave' | 'nitro-tpm'
    /** Lower-case hex by register. */
    readonly pcrs: ReadonlyMap<number, string>
    readonly debug: boolean
  } | null
  /** Whether the operation has a Recipient parameter. */
  readonly takesRecipient: boolean
}

interface Case {
  readonly key: string
  readonly register: number
  /** One value of the policy, without surrounding spaces. */
  readonly expected: string
  readonly pcrs: ReadonlyMap<number, string>
  readonly actual: string
  readonly debug: boolean
  readonly request: AccessRequest
}

type Rule = (facts: Case) => string | false

const keyForm = /^kms:recipientattestation:(?:imagesha384|(nitrotpm)?pcr(\d+))$/i
const zeros = '0'.repeat(96)
/** A SHA-384 digest. */
const hexDigits = 96

const rules: readonly Rule[] = [
  ({ key, expected }) =>
    /^0x/i.test(expected) &&
    `the policy's value of ${key} begins with 0x: the request's is plain hex digits`,

  ({ key, register, debug, expected }) =>
    debug &&
    debugZeroes.has(register) &&
    expected !== zeros &&
    `the document comes from an enclave in debug mode, so its PCR0, PCR1 and PCR2 are zero: ` +
      `${key} cannot be what the policy wants`,

  ({ key, debug, expected }) =>
    !debug &&
    expected === zeros &&
    `the policy wants zeros for ${key}: only an enclave in debug mode has them`,

  ({ key, register, expected, pcrs }) => {
    const other = [...pcrs].find(
      ([index, value]) => index !== register && value !== zeros && value === plainHex(expected),
    )
    const is = /imagesha384$/i.test(key) ? `, and ImageSha384 is PCR0` : ''
    return (
      other !== undefined && `the policy's value of ${key} is the document's PCR${other[0]}${is}`
    )
  },

  ({ key, register, actual, debug }) =>
    register === 8 &&
    isEnclaves(key) &&
    actual === zeros &&
    !debug &&
    `the document's PCR8 is zero: the enclave image is not signed`,

  ({ key, register, expected, actual, request: { principal } }) =>
    register === 3 &&
    isEnclaves(key) &&
    parentRoleHint(plainHex(expected), actual, principal.roleArn),

  ({ key, expected }) => {
    const hex = plainHex(expected)
    if (!/^[0-9a-f]*$/.test(hex)) {
      return (
        !/[*?$]/.test(hex) && `the policy's value of ${key} is not hex digits: ${printed(expected)}`
      )
    }
    return (
      hex.length !== hexDigits &&
      `the policy's value of ${key} has ${hex.length} hex digits: a SHA-384 digest has ${hexDigits}`
    )
  },
]

/** The registers that debug mode leaves zero. */
const debugZeroes = new Set([0, 1, 2, 8])

/** A NitroTPM's registers measure other things. */
function isEnclaves(key: string): boolean {
  return !/nitrotpm/i.test(key)
}

export function isMeasurement(key: string): boolean {
  return keyForm.test(key)
}

export function measurementHints(
  culprit: Culprit,
  request: AccessRequest,
  { attestation, takesRecipient }: HintFacts,
): string[] {
  const { key, expected, actual } = culprit
  const [, tpm, digits = '0'] = keyForm.exec(key) ?? []
  const platform = tpm ? 'nitro-tpm' : 'nitro-enclave'
  if (!takesRecipient) {
    return [`${request.action} never carries an attestation document: ${key} is never there`]
  }
  if (!attestation) {
    return [`the request carried no attestation document (Recipient): ${key} is not there`]
  }
  if (attestation.platform !== platform) {
    return [`the document is of platform ${attestation.platform}: ${key} is there for ${platform}`]
  }
  if (typeof actual !== 'string') return [`the document has no PCR${digits}: ${key} is not there`]
  if (!wantsEquality(culprit)) return []
  const { pcrs, debug } = attestation
  return expected.flatMap((value) => {
    const facts = {
      key,
      register: Number(digits),
      expected: value.trim(),
      pcrs,
      actual,
      debug,
      request,
    }
    return rules.map((rule) => rule(facts)).filter((hint) => hint !== false)
  })
}

function plainHex(text: string): string {
  return text.replace(/^0x/i, '').toLowerCase()
}

function printed(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}

/** PCR3 is the digest of the parent's role, so the role can be told from it. */
function parentRoleHint(
  expected: string,
  actual: string,
  roleArn: string | undefined,
): string | false {
  if (expected.startsWith('arn:')) {
    return `PCR3 is the SHA-384 digest of the parent's role ARN, not the ARN: ${printed(expected)}`
  }
  if (actual === zeros) return `the document's PCR3 is zero: the parent instance has no role`
  if (expected === actual) return false
  const ofCaller = roleArn && pcr3Of(roleArn)
  if (actual === ofCaller) {
    return `the document's PCR3 is of ${roleArn}: the policy's is of another role`
  }
  if (expected === ofCaller) {
    return `the policy's PCR3 is of ${roleArn}: the document's is of another role`
  }
  return `PCR3 does not match: the document's parent has another role than the policy's value is of`
}

/** PCR3 = SHA-384 of 48 zero bytes and the role's ARN. */
function pcr3Of(roleArn: string): string {
  return createHash('sha384').update(Buffer.alloc(48)).update(roleArn).digest('hex')
}
