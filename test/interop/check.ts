/** What a check of a step is, and what the steps of all programs have in common. */
import assert from 'node:assert/strict'
import type { KMSClient } from '@aws-sdk/client-kms'
import type { Step, Steps } from './run.ts'

/** What else a check may look at. */
export interface Surroundings {
  readonly all: Steps
  /** The alias that the program makes. */
  readonly alias: string
  /** A client of the suite's own. */
  readonly kms: KMSClient
}

export interface Check {
  readonly step: string
  readonly title: string
  readonly holds: (saw: Step, around: Surroundings) => void | Promise<void>
}

/** What every program encrypts, in base64, and its encryption context: not only ASCII. */
export const plaintext = Buffer.from('attack at dawn').toString('base64')
export const context = { tenant: 'a', purpose: 'café' }

export function bytes(base64: unknown): Buffer {
  assert.ok(typeof base64 === 'string')
  return Buffer.from(base64, 'base64')
}
