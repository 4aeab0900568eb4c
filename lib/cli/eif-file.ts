/**
 * An image that a command is given: read, and what is wrong with it said in one line that has the code
 * (docs/eif.md lists them). Refuses, with exit code 2, what is no image and what must not be believed.
 */
import { DecodeError, TrustError } from '../errors.ts'
import { Exit } from './exit.ts'
import { readInput } from './files.ts'

/** What `read` makes of the file's bytes. */
export async function readEif<Result>(
  file: string,
  read: (bytes: Buffer) => Result,
): Promise<Result> {
  const bytes = await readInput(file, 2)
  try {
    return read(bytes)
  } catch (error) {
    if (!(error instanceof DecodeError || error instanceof TrustError)) throw error
    throw new Exit(2, `${file}: ${error.code}: ${error.message}`)
  }
}
