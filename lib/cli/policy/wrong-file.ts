/**
 * A file that is wrong, in the words of `policy test` and `policy lint`: under the name of the file in
 * which the mistake stands, which for a mistake in a policy is the policy's, with the line.
 */
import { resolve } from 'node:path'
import type { ConfigError } from '../../config/config-error.ts'
import { placeOfError, shortened, type Position } from './positions.ts'
import type { TrackedFiles } from './tracked-files.ts'

export interface WrongFile {
  /** As it was given. */
  readonly path: string
  /** One line, without the path. */
  readonly message: string
  /** Of what is wrong: in the file, or in a policy that it names. */
  readonly at: Position
}

/** What a cases file could not be read for. */
export function wrongFile(
  path: string,
  error: ConfigError,
  tracked: Pick<TrackedFiles, 'textOf'>,
): WrongFile {
  const message = error.message.slice(`${path}: `.length)
  return { path, message, at: placeOfError(path, error, tracked) }
}

/** One line: `app.json:10:22: policy: …: not JSON: … (of app.cases.yaml)`. */
export function lineOfWrong({ path, message, at }: WrongFile): string {
  if (at.file === resolve(path)) return `${path}: ${message}`
  const [, text = message, column] = /^(.*) at line \d+, column (\d+)$/.exec(message) ?? []
  const { file, line } = shortened(at)
  const place = [file, line, ...(column === undefined ? [] : [column])].join(':')
  return `${place}: ${text} (of ${path})`
}
