/**
 * The parameter sets of ML-DSA (FIPS 204, section 4) and ML-KEM (FIPS 203, section 8), one row each:
 * their lengths in bytes, and the object identifiers that RFC 9881 and RFC 9935 give them.
 */

interface ParameterSetRow {
  /** The same for the public and the private key; it has no parameters. */
  readonly oid: string
  readonly seedBytes: number
  readonly publicKeyBytes: number
}

export const mlDsaParameterSets = {
  'ML-DSA-44': {
    oid: '2.16.840.1.101.3.4.3.17',
    seedBytes: 32,
    publicKeyBytes: 1312,
    signatureBytes: 2420,
  },
  'ML-DSA-65': {
    oid: '2.16.840.1.101.3.4.3.18',
    seedBytes: 32,
    publicKeyBytes: 1952,
    signatureBytes: 3309,
  },
  'ML-DSA-87': {
    oid: '2.16.840.1.101.3.4.3.19',
    seedBytes: 32,
    publicKeyBytes: 2592,
    signatureBytes: 4627,
  },
} as const satisfies Record<string, ParameterSetRow & { signatureBytes: number }>

export const mlKemParameterSets = {
  'ML-KEM-512': {
    oid: '2.16.840.1.101.3.4.4.1',
    seedBytes: 64,
    publicKeyBytes: 800,
    ciphertextBytes: 768,
  },
  'ML-KEM-768': {
    oid: '2.16.840.1.101.3.4.4.2',
    seedBytes: 64,
    publicKeyBytes: 1184,
    ciphertextBytes: 1088,
  },
  'ML-KEM-1024': {
    oid: '2.16.840.1.101.3.4.4.3',
    seedBytes: 64,
    publicKeyBytes: 1568,
    ciphertextBytes: 1568,
  },
} as const satisfies Record<string, ParameterSetRow & { ciphertextBytes: number }>

export type MlDsaParameterSet = keyof typeof mlDsaParameterSets
export type MlKemParameterSet = keyof typeof mlKemParameterSets
export type ParameterSet = MlDsaParameterSet | MlKemParameterSet

export const parameterSets: Readonly<Record<ParameterSet, ParameterSetRow>> = {
  ...mlDsaParameterSets,
  ...mlKemParameterSets,
}
