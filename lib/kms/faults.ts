/**
 * Every error that KMS answers with, one row each: the code is the key, and the row says what its
 * answer looks like on the wire. Source: spec of AWS KMS's API (httpError and the recorded answers:
 * all client errors are HTTP 400), see docs/fidelity.md.
 */

interface Row {
  /** HTTP status; 400 unless said. */
  readonly status?: number
  /** The body member that carries the text; `message` unless said. */
  readonly member?: 'Message'
  /** The text where it is always the same; `null` where AWS sends none at all. */
  readonly message?: string | null
}

const rows = {
  AccessDeniedException: { member: 'Message' },
  AlreadyExistsException: {},
  CloudHsmClusterInUseException: {},
  CloudHsmClusterInvalidConfigurationException: {},
  CloudHsmClusterNotActiveException: {},
  CloudHsmClusterNotFoundException: {},
  CloudHsmClusterNotRelatedException: {},
  ConflictException: {},
  CustomKeyStoreHasCMKsException: {},
  CustomKeyStoreInvalidStateException: {},
  CustomKeyStoreNameInUseException: {},
  CustomKeyStoreNotFoundException: {},
  DependencyTimeoutException: { status: 503 },
  DisabledException: {},
  DryRunOperationException: {
    message: 'The request would have succeeded, but the DryRun option is set.',
  },
  ExpiredImportTokenException: { message: 'the import token has expired' },
  ExpiredTokenException: { message: 'The security token included in the request is expired' },
  IncompleteSignatureException: {},
  IncorrectKeyException: {
    message: 'The key ID in the request does not identify a CMK that can perform this operation.',
  },
  IncorrectKeyMaterialException: {},
  IncorrectTrustAnchorException: {},
  InvalidAliasNameException: {},
  InvalidArnException: {},
  InvalidCiphertextException: { message: null },
  InvalidGrantIdException: {},
  InvalidGrantTokenException: {},
  InvalidImportTokenException: { message: null },
  InvalidKeyUsageException: {},
  InvalidMarkerException: { message: null },
  InvalidSignatureException: {},
  KMSInternalException: { status: 500 },
  KMSInvalidMacException: { message: null },
  KMSInvalidSignatureException: { message: null },
  KMSInvalidStateException: {},
  KeyUnavailableException: { status: 500 },
  LimitExceededException: {},
  MalformedPolicyDocumentException: {},
  MissingAuthenticationTokenException: { message: 'Missing Authentication Token' },
  NotAuthorizedException: { message: null },
  NotFoundException: {},
  RequestEntityTooLargeException: { status: 413 },
  SerializationException: {},
  TagException: {},
  ThrottlingException: {},
  UnknownOperationException: { message: null },
  UnrecognizedClientException: {
    message: 'The security token included in the request is invalid.',
  },
  UnsupportedOperationException: {},
  ValidationException: {},
  XksKeyAlreadyInUseException: {},
  XksKeyInvalidConfigurationException: {},
  XksKeyNotFoundException: {},
  XksProxyIncorrectAuthenticationCredentialException: {},
  XksProxyInvalidConfigurationException: {},
  XksProxyInvalidResponseException: {},
  XksProxyUriEndpointInUseException: {},
  XksProxyUriInUseException: {},
  XksProxyUriUnreachableException: {},
  XksProxyVpcEndpointServiceInUseException: {},
  XksProxyVpcEndpointServiceInvalidConfigurationException: {},
  XksProxyVpcEndpointServiceNotFoundException: {},
} as const satisfies Record<string, Row>

export type FaultCode = keyof typeof rows

const table: Readonly<Record<FaultCode, Row>> = rows

/**
 * An answer that is an error. Without a message it says what its row says, or nothing. Its cause is
 * for ourselves: no answer has it.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: FaultCode
  readonly status: number

  constructor(code: FaultCode, message?: string, options?: ErrorOptions) {
    super(message ?? table[code].message ?? '', options)
    this.code = code
    this.status = table[code].status ?? 400
  }

  /** The body, as AWS JSON 1.1 has it: `__type` and, where there is a text, its member. */
  body(): Record<string, string> {
    if (this.message === '') return { __type: this.code }
    return { __type: this.code, [table[this.code].member ?? 'message']: this.message }
  }
}
