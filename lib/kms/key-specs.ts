/**
 * Which key specs a Region has: what CreateKey and the data key pairs ask. Source: KMS developer
 * guide, "Key spec reference"; the text was observed, see docs/fidelity.md.
 */
import { isOffered, type KeySpec } from '../crypto/specs.ts'
import { Fault } from './faults.ts'

/** Refuses a spec that keys or key pairs of the Region cannot have. */
export function requireOffered(spec: KeySpec, region: string): void {
  if (isOffered(spec, region)) return
  throw new Fault(
    'UnsupportedOperationException',
    `KeySpec ${spec} is not supported in this Region`,
  )
}
