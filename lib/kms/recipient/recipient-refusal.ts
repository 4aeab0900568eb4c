/**
 * What a decision says of a Recipient that was refused: the check that failed, what the document
 * says as far as it can be read, and what to do. Keeps nothing of the document but that, and of a
 * text that a stranger may have written no more than real ones have.
 */
import { hash } from 'node:crypto'
import type { TrustAnchor } from '../../attest/roots.ts'
import { decodeCoseSign1 } from '../../codec/cose.ts'
import {
  decodeAttestationDocument,
  isDebug,
  type AttestationDocument,
} from '../../codec/document.ts'
import { DecodeError, TrustError } from '../../errors.ts'
import { attestationFacts, type AttestationFacts } from './attestation-facts.ts'
import type { Fault } from '../faults.ts'
import { misread } from './misread.ts'
import { recipientHints, whereToLook } from './recipient-hints.ts'
import type { RecipientInfo } from './recipient.ts'

export interface RecipientRefusal {
  /** Of the check that failed; null where the parameter lacks a member. */
  readonly code: string | null
  /** Null where there is no document that can be read. */
  readonly attestation: AttestationFacts | null
  /** One at least. */
  readonly hints: readonly string[]
}

/** What to do about a member that a Recipient lacks. */
const missing: Readonly<Record<keyof RecipientInfo, string>> = {
  KeyEncryptionAlgorithm:
    'Recipient needs KeyEncryptionAlgorithm: RSAES_OAEP_SHA_256, the only one there is',
  AttestationDocument:
    "Recipient needs AttestationDocument: the bytes of the enclave's attestation document",
}

/** The checks that come after the signature's: what they refuse, a trusted root vouches for. */
const afterSignature = /^(?:DOCUMENT_STALE|DOCUMENT_FROM_THE_FUTURE|RECIPIENT_KEY_\w+)$/

/** Ours: a module id of AWS's has 39 characters or 40. */
const maxModuleIdChars = 128

/** Explains the Fault that `Recipients.believe` threw; `anchors` are the roots it believes. */
export function explainRefusal(
  info: RecipientInfo,
  { cause }: Fault,
  anchors: readonly TrustAnchor[],
): RecipientRefusal {
  const { AttestationDocument: bytes } = info
  const code = cause instanceof DecodeError || cause instanceof TrustError ? cause.code : null
  const document = bytes ? read(bytes) : null
  const isSigned = code !== null && afterSignature.test(code)
  return {
    code,
    attestation: document && factsOf(document, isSigned ? anchors : []),
    hints: hintsOf(info, cause),
  }
}

function hintsOf(info: RecipientInfo, cause: unknown): string[] {
  if (!(cause instanceof DecodeError || cause instanceof TrustError)) {
    const members = ['KeyEncryptionAlgorithm', 'AttestationDocument'] as const
    return members.filter((member) => info[member] === undefined).map((member) => missing[member])
  }
  const mistake = info.AttestationDocument && misread(info.AttestationDocument)
  // Whatever a decoder says of text leads astray.
  return mistake ? [mistake.hint, whereToLook(cause.code)] : recipientHints(cause.code, cause.facts)
}

function read(bytes: Uint8Array): AttestationDocument | null {
  try {
    return decodeAttestationDocument(decodeCoseSign1(bytes).payload)
  } catch (error) {
    if (error instanceof DecodeError) return null
    throw error
  }
}

function factsOf(document: AttestationDocument, anchors: readonly TrustAnchor[]): AttestationFacts {
  const [first] = document.cabundle
  const sha256 = first && hash('sha256', first, 'hex')
  const root = anchors.find((anchor) => anchor.sha256 === sha256) ?? null
  const facts = attestationFacts({ document, debug: isDebug(document), root })
  return { ...facts, moduleId: shortened(facts.moduleId) }
}

/** A copy: the part of a text would keep the whole. */
function shortened(text: string): string {
  if (text.length <= maxModuleIdChars) return text
  return Buffer.from(`${text.slice(0, maxModuleIdChars)}…`).toString()
}
