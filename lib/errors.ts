/**
 * The errors of everything below KMS: bytes that cannot be read, and documents that cannot be
 * believed. Each carries a stable code (docs/attestation-codes.md lists them) and the facts of the
 * case as fields, so that a caller never has to read the text.
 */

/** What a refusal knows about itself: plain values, nothing secret. */
export type Facts = Readonly<Record<string, string | number | boolean>>

abstract class CodedError extends Error {
  readonly code: string
  readonly facts: Facts

  constructor(code: string, message: string, facts: Facts = {}) {
    super(message)
    this.code = code
    this.facts = facts
  }
}

/** Bytes that are not what they should be: `code` names the rule of the format that they break. */
export class DecodeError extends CodedError {
  override readonly name = 'DecodeError'
}

/** A well-formed document that must not be believed: `code` names the check that failed. */
export class TrustError extends CodedError {
  override readonly name = 'TrustError'
}
