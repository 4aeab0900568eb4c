/** What a server does where nobody says otherwise. The account is one that AWS uses in examples. */
export const defaults = {
  account: '111122223333',
  region: 'us-east-1',
  host: '127.0.0.1',
  port: 4599,
  /** How old an attestation document may be, and how far ahead: see docs/fidelity.md. */
  attestation: { maxAgeMs: 300_000, futureSkewMs: 60_000 },
} as const
