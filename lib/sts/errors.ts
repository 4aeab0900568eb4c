/**
 * Every error that STS answers with and KMS does not, one row each: the code is the key, and the row
 * says its status and its text where that is always the same. Source: the errors of STS's service
 * model; texts and statuses are in docs/fidelity.md.
 */

interface Row {
  /** HTTP status; 400 unless said. */
  readonly status?: number
  readonly message?: string
}

const rows = {
  AccessDenied: { status: 403 },
  ExpiredTokenException: {},
  InvalidAction: {},
  InvalidIdentityToken: {},
  InvalidParameterValue: {},
  MalformedInput: {},
  MalformedPolicyDocument: {},
  MissingAction: { message: 'Missing Action' },
  PackedPolicyTooLarge: {},
  ValidationError: {},
} as const satisfies Record<string, Row>

export type StsErrorCode = keyof typeof rows

const table: Readonly<Record<StsErrorCode, Row>> = rows

/** An answer that is an error of the caller's. */
export class StsError extends Error {
  override readonly name = 'StsError'
  readonly code: StsErrorCode
  readonly status: number

  constructor(code: StsErrorCode, message?: string) {
    super(message ?? table[code].message ?? '')
    this.code = code
    this.status = table[code].status ?? 400
  }
}
