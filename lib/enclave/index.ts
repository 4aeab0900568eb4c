/**
 * `enclave-kms/enclave`: what code that runs inside an enclave, or plays one in a test, imports.
 * Nothing here starts a server.
 */
/// <reference types="node" preserve="true" />
export { DecodeError, TrustError } from '../errors.ts'
export { Enclave, type AttestOptions, type EnclaveOptions, type Recipient } from './enclave.ts'
export { withRecipient, type RecipientHolder } from './with-recipient.ts'
