/**
 * `eif describe`: prints what `nitro-cli describe-eif` prints of an enclave image. A wrong checksum is
 * in the output; an image that cannot be read, or whose signature is no signature of its key, is one
 * line on stderr.
 */
import { describeEif } from '../../enclave/describe-eif.ts'
import { prettyJson } from '../../enclave/pretty-json.ts'
import { readEif } from '../eif-file.ts'

export async function eifDescribe(file: string): Promise<void> {
  const { members } = await readEif(file, describeEif)
  process.stdout.write(`${prettyJson(members)}\n`)
}
