/**
 * `inspect`: says what a file is, and whether it may be believed at a time, check by check. The kind
 * is told by the bytes alone; a file that is none of the known kinds cannot be read (exit 2).
 */
import { DecodeError, TrustError } from '../../errors.ts'
import { Exit } from '../exit.ts'
import { fromBase64, readInput } from '../files.ts'
import { describers } from '../inspect/kinds.ts'
import {
  readSettings,
  type Describer,
  type Description,
  type InspectSettings,
} from '../inspect/settings.ts'
import { complain } from '../words.ts'

export interface InspectFlags {
  readonly at?: string
  readonly root: string
  readonly json?: boolean
}

export async function inspect(file: string, flags: InspectFlags): Promise<void> {
  const settings = readSettings(flags)
  const bytes = fromBase64(await readInput(file, 2))
  const describer = describers.find(({ recognizes }) => recognizes(bytes))
  if (!describer) throw new Exit(2, `${file}: not a file of a kind that enclave-kms knows`)
  const description = await describe(file, describer, bytes, settings)
  const { report, text, json = JSON.stringify(report, null, 2), remarks = [] } = description
  process.stdout.write(`${flags.json ? json : text}\n`)
  for (const remark of remarks) complain(`${file}: ${remark}`)
  if (!report.valid) process.exitCode = 1
}

/** What a kind cannot read at all, as a damaged PEM, cannot be judged; a forged image can. */
async function describe(
  file: string,
  describer: Describer,
  bytes: Buffer,
  settings: InspectSettings,
): Promise<Description> {
  try {
    return await describer.describe(bytes, settings)
  } catch (error) {
    if (!(error instanceof DecodeError || error instanceof TrustError)) throw error
    const code = error instanceof TrustError ? 1 : 2
    throw new Exit(code, `${file}: ${error.code}: ${error.message}`)
  }
}
