/**
 * Key states and what each of them allows: one row per group of operations, and one refusal per
 * state. Source: KMS developer guide, "Key states of AWS KMS keys", table and footnotes; the texts
 * are AWS's where docs/fidelity.md says so.
 */
import type { KeyState, Origin } from '../store/store.ts'
import { Fault, type FaultCode } from './faults.ts'
import { failures } from './key-stores/xks-failures.ts'

/** The states in which a group of operations goes on. */
const rules = {
  cryptographic: ['Enabled', 'Updating'],
  createGrant: ['Enabled', 'Unavailable', 'Updating'],
  getPublicKey: ['Enabled', 'Disabled', 'PendingImport', 'Unavailable', 'Updating'],
  enableOrDisable: ['Enabled', 'Disabled', 'Unavailable'],
  scheduleDeletion: ['Enabled', 'Disabled', 'PendingImport', 'Unavailable', 'Creating'],
  cancelDeletion: ['PendingDeletion', 'PendingReplicaDeletion'],
  rotation: ['Enabled', 'Updating'],
  replicate: ['Enabled'],
  updatePrimaryRegion: ['Enabled', 'Updating'],
  importParameters: ['Enabled', 'Disabled', 'PendingImport'],
  importMaterial: ['Enabled', 'Disabled', 'PendingImport', 'Updating'],
  deleteMaterial: [
    'Enabled',
    'Disabled',
    'PendingDeletion',
    'PendingReplicaDeletion',
    'PendingImport',
  ],
  change: ['Enabled', 'Disabled', 'PendingImport', 'Unavailable', 'Creating', 'Updating'],
} as const satisfies Record<string, readonly KeyState[]>

export type StateRule = keyof typeof rules

/** Why a key in that state does nothing; Enabled refuses only what asks for another state. */
const refusals: Readonly<Record<KeyState, readonly [code: FaultCode, text: string]>> = {
  Enabled: ['KMSInvalidStateException', 'is not pending deletion.'],
  Disabled: ['DisabledException', 'is disabled.'],
  PendingDeletion: ['KMSInvalidStateException', 'is pending deletion.'],
  PendingReplicaDeletion: ['KMSInvalidStateException', 'is pending replica deletion.'],
  PendingImport: ['KMSInvalidStateException', 'is pending import.'],
  Unavailable: ['KMSInvalidStateException', 'is unavailable.'],
  Creating: ['KMSInvalidStateException', 'is creating.'],
  Updating: ['KMSInvalidStateException', 'is updating.'],
}

/** Refuses a key whose state does not allow what the rule stands for. */
export function requireState(
  key: { arn: string; state: KeyState; origin?: Origin },
  rule: StateRule,
): void {
  const allowed: readonly KeyState[] = rules[rule]
  if (allowed.includes(key.state)) return
  if (
    key.state === 'Unavailable' &&
    key.origin === 'EXTERNAL_KEY_STORE' &&
    rule === 'cryptographic'
  ) {
    throw new Fault('KMSInvalidStateException', failures.notConnected.text)
  }
  const [code, text] = refusals[rule === 'cancelDeletion' ? 'Enabled' : key.state]
  throw new Fault(code, `${key.arn} ${text}`)
}
