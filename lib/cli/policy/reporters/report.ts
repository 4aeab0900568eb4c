/** What a reporter is: a run as the text that goes to stdout, without its last line end. */
import type { Style } from '../style.ts'
import type { TestRun } from '../test-run.ts'

export type Report = (run: TestRun, surroundings: Surroundings) => string

export interface Surroundings {
  /** Of the terminal; for people alone. */
  readonly style: Style
  /** The folder that paths in annotations are relative to: the repository's. */
  readonly repository: string
}
