/**
 * What can go wrong between KMS and an external key store proxy, one row each, and what KMS answers
 * then: one text whatever was asked, and a code that depends on it.
 * https://github.com/aws/aws-kms-xksproxy-api-spec/blob/main/xks_proxy_api_spec.md#error-codes
 */
import type { ConnectionErrorCodeType } from '@aws-sdk/client-kms'
import { Fault, type FaultCode } from '../faults.ts'

interface Row {
  /** For CreateCustomKeyStore and UpdateCustomKeyStore. */
  readonly store: FaultCode
  /** For CreateKey. */
  readonly key: FaultCode
  /** For ConnectCustomKeyStore: the code of a connection that FAILED. */
  readonly connection: ConnectionErrorCodeType
  readonly text: string
}

const notUnderstood = {
  store: 'XksProxyInvalidResponseException',
  key: 'CustomKeyStoreInvalidStateException',
  connection: 'XKS_PROXY_INVALID_RESPONSE',
  text: 'AWS KMS cannot interpret the response from the external key store proxy. If you see this error repeatedly, report it to your external key store proxy administrator.',
} as const satisfies Row

const unreachable = {
  store: 'XksProxyUriUnreachableException',
  key: 'CustomKeyStoreInvalidStateException',
  connection: 'XKS_PROXY_NOT_REACHABLE',
} as const satisfies Omit<Row, 'text'>

/** The proxy's own errors by AWS's names for them, then what KMS finds by itself. */
export const failures = {
  ValidationException: notUnderstood,
  InvalidStateException: {
    ...unreachable,
    key: 'XksKeyInvalidConfigurationException',
    text: 'The external key associated with this KMS key in an external key store is not enabled in the external key manager. Enable the external key in the external key manager and retry the request.',
  },
  InvalidCiphertextException: {
    ...notUnderstood,
    text: 'The external key store proxy rejected the request because the specified ciphertext or encryption context is corrupted, missing, or otherwise invalid.',
  },
  InvalidKeyUsageException: {
    ...notUnderstood,
    key: 'XksKeyInvalidConfigurationException',
    text: 'The external key associated with this KMS key in an external key store does not support the requested operation. Enable the operation on the key in your external key manager, and try the request again.',
  },
  AuthenticationFailedException: {
    store: 'XksProxyIncorrectAuthenticationCredentialException',
    key: 'CustomKeyStoreInvalidStateException',
    connection: 'INVALID_CREDENTIALS',
    text: 'The external key store proxy rejected the request because it could not authenticate AWS KMS. Verify the XKS proxy authentication credentials for your external key store and update if necessary.',
  },
  AccessDeniedException: {
    store: 'XksProxyInvalidResponseException',
    key: 'KMSInvalidStateException',
    connection: 'XKS_PROXY_ACCESS_DENIED',
    text: 'The external key store proxy denied access to the operation. Verify that the user and the external key are both authorized for this operation, and try the request again.',
  },
  KeyNotFoundException: {
    ...notUnderstood,
    key: 'XksKeyNotFoundException',
    text: 'The external key associated with this KMS key in an external key store was not found in its external key manager. If the external key ID associated with this KMS key is incorrect, create a new KMS key with the correct external key ID.',
  },
  InvalidUriPathException: {
    store: 'XksProxyInvalidConfigurationException',
    key: 'CustomKeyStoreInvalidStateException',
    connection: 'XKS_PROXY_INVALID_CONFIGURATION',
    text: 'The external key store proxy rejected the request because of an invalid URI path. Verify the URI path for your external key store and update if necessary.',
  },
  UnsupportedOperationException: {
    ...notUnderstood,
    text: 'The external key store proxy rejected the request because it does not support the requested operation. If you see this error repeatedly, report it to your external key store proxy administrator.',
  },
  DependencyTimeoutException: {
    ...unreachable,
    connection: 'XKS_PROXY_TIMED_OUT',
    text: 'The external key store proxy did not respond to the request in the time allotted. Retry the request. If you see this error repeatedly, report it to your external key store proxy administrator.',
  },
  ThrottlingException: {
    ...unreachable,
    text: 'The external key store proxy rejected the request due to a very high request rate. Reduce the frequency of your calls using KMS keys in this external key store.',
  },
  InternalException: {
    ...notUnderstood,
    text: 'The external key store proxy rejected the request because it cannot communicate with the external key manager. Verify that the external key store proxy configuration is correct and that the external key manager is available.',
  },
  noConnection: {
    ...unreachable,
    text: 'AWS KMS cannot communicate with the external key store proxy. This might be a transient network issue. If you see this error repeatedly, verify that your external key store proxy is active and is connected to the network, and that its endpoint URI is correct in your external keystore.',
  },
  noTls: {
    ...unreachable,
    connection: 'XKS_PROXY_INVALID_TLS_CONFIGURATION',
    text: 'AWS KMS cannot establish a TLS connection to the external key store proxy. Verify the TLS configuration, including its certificate.',
  },
  timeout: {
    ...unreachable,
    connection: 'XKS_PROXY_TIMED_OUT',
    text: 'AWS KMS rejected the request because the external key store proxy did not respond in time. Retry the request. If you see this error repeatedly, report it to your external key store proxy administrator.',
  },
  malformed: notUnderstood,
  /** The proxy decrypted something, and it is not what KMS had encrypted. */
  foreignPlaintext: {
    ...notUnderstood,
    text: 'The ciphertext that the external key store proxy submitted for decryption, or the encryption context, is corrupted, missing, or otherwise invalid.',
  },
  /** Ours: a spec that no key of an external key store may have. */
  wrongKeySpec: {
    ...notUnderstood,
    key: 'XksKeyInvalidConfigurationException',
    text: 'The external key is not a 256-bit AES symmetric encryption key.',
  },
  /** Every external key manager behind the proxy is UNAVAILABLE; the text is ours. */
  noKeyManager: {
    ...unreachable,
    text: 'The external key store proxy reports that all external key manager instances are unavailable.',
  },
  notConnected: {
    ...unreachable,
    text: 'This KMS key is in a custom key store that is not connected to its external key store proxy. Connect the external key store and try the request again.',
  },
} as const satisfies Record<string, Row>

export type FailureName = keyof typeof failures

/** A call to an external key store proxy that did not give what it should. */
export class XksFailure extends Error {
  override readonly name = 'XksFailure'
  readonly row: Row

  constructor(failure: FailureName) {
    super(failure)
    this.row = failures[failure]
  }
}

/** The failure that an error body names; what names none was not understood. */
export function failureNamed(errorName: unknown): FailureName {
  const isKnown =
    typeof errorName === 'string' &&
    errorName.endsWith('Exception') &&
    Object.hasOwn(failures, errorName)
  return isKnown ? (errorName as FailureName) : 'malformed'
}

/** What KMS was doing for its caller. */
export type Asked = 'store' | 'key' | 'cryptography'

/** Gives what a call to a proxy gives; a failure of it becomes the fault of what KMS was asked. */
export async function answeredFor<T>(asked: Asked, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof XksFailure)) throw error
    const { row } = error
    const code = asked === 'cryptography' ? 'KMSInvalidStateException' : row[asked]
    throw new Fault(code, row.text, { cause: error })
  }
}
