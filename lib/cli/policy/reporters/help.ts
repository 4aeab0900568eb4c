/**
 * What helps with a case that fails: the change that came nearest, the likely mistake, and the command
 * that shows all of the decision.
 */
import type { CaseResult } from '../../../cases/run.ts'
import { shellWord } from '../shell-word.ts'

export interface Help {
  /** All of them together would have allowed it; none for a request that was allowed. */
  readonly nearestMiss: readonly string[]
  readonly hints: readonly string[]
  /** A line for a POSIX shell. */
  readonly command: string
}

/** `path` is that of the cases file. */
export function helpWith({ name, explanation }: CaseResult, path: string): Help {
  const { nearestMiss, hints } = explanation
  return {
    nearestMiss: (nearestMiss?.changes ?? []).map(({ text }) => text),
    hints,
    command: `npx enclave-kms policy explain --cases ${shellWord(path)} --case ${quoted(name)}`,
  }
}

/** The same as lines that say what they are. */
export function helpLines(result: CaseResult, path: string): string[] {
  const { nearestMiss, hints, command } = helpWith(result, path)
  return [
    ...nearestMiss.map((text) => `nearest miss: ${text}`),
    ...hints.map((text) => `hint: ${text}`),
    `to see all: ${command}`,
  ]
}

/** Always in quotes, as names of cases have spaces. */
function quoted(name: string): string {
  const word = shellWord(name)
  return word === name ? `'${name}'` : word
}
