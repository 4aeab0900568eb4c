/**
 * Every way for an attestation document to be wrong that the tests know: one table, for the verifier
 * and for the server alike. Each row has one fault and names the check that must refuse it.
 */
import type { Fault } from './fault.ts'
import { chainFaults } from './faults-chain.ts'
import { coseFaults } from './faults-cose.ts'
import { payloadFaults } from './faults-payload.ts'
import { recipientFaults } from './faults-recipient.ts'

export type { Fault } from './fault.ts'

export const faults: readonly Fault[] = [
  ...coseFaults,
  ...payloadFaults,
  ...chainFaults,
  ...recipientFaults,
]
