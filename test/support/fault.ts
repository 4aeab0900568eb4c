import { forge, type Plan } from './forge.ts'

/** One way for a document to be wrong, and the code of the check that must say so. */
export interface Fault {
  readonly name: string
  readonly code: string
  readonly forge: (recipientSpki: Uint8Array, nowMs: number) => Promise<Uint8Array>
}

/** A row of a table of faults. */
export function fault(name: string, code: string, plan: Plan): Fault {
  const make = (recipientSpki: Uint8Array, nowMs: number) =>
    Promise.resolve(forge(recipientSpki, nowMs, plan))
  return { name, code, forge: make }
}
