/** What `inspect` judges by: the time, and the root that is trusted. */
import type { RootSpec } from '../../attest/roots.ts'
import { Exit } from '../exit.ts'

export interface InspectSettings {
  /** Milliseconds since the epoch; null: the document's own time. */
  readonly atMs: number | null
  readonly root: RootSpec
}

/** `kind`, `valid`, and what the kind has to say. */
export interface Report {
  readonly kind: string
  readonly valid: boolean
}

export interface Description {
  readonly report: Report
  /** The same for people. */
  readonly text: string
  /** What `--json` prints, for a kind whose form is not the report's. */
  readonly json?: string
  /** What that form has no room for: each is a line on stderr. */
  readonly remarks?: readonly string[]
}

/** One kind of file. */
export interface Describer {
  readonly recognizes: (bytes: Buffer) => boolean
  readonly describe: (
    bytes: Buffer,
    settings: InspectSettings,
  ) => Description | Promise<Description>
}

export function readSettings({ at, root }: { at?: string; root: string }): InspectSettings {
  return {
    atMs: at === 'document' ? null : readTime(at),
    root: root === 'simulated' || root === 'aws' ? root : { file: root },
  }
}

function readTime(at: string | undefined): number {
  const ms = at === undefined ? Date.now() : Date.parse(at)
  if (Number.isNaN(ms)) throw new Exit(2, "--at: expected an ISO 8601 time, or 'document'")
  return ms
}
