/**
 * Words to people, on stderr: every line there but those of the log is written by one of these, so
 * that no name of a file or of a member does anything to a terminal or to a runner of GitHub's.
 */
import { visibleLine } from './policy/wrap.ts'

/** One line, whatever the text. */
export function say(text: string): void {
  process.stderr.write(`${visibleLine(text)}\n`)
}

/** What is wrong, and that it is this program that says so. */
export function complain(text: string): void {
  say(`enclave-kms: ${text}`)
}
