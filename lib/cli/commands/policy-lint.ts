/**
 * `policy lint`: looks for key policies that do not protect what they seem to. Exits with 0 when there
 * is nothing but notes, 1 when there is an error or a warning, 2 when a file cannot be read; the other
 * files are looked at in any case.
 */
import { lintFiles } from '../policy/lint-files.ts'
import { lintFormats, type LintFormat } from '../policy/lint-formats.ts'
import { styleFor } from '../policy/style.ts'
import { repositoryFolder } from '../policy/workflow-command.ts'
import { complain, say } from '../words.ts'

export interface PolicyLintFlags {
  readonly format: LintFormat
  /** `--no-color` makes it false. */
  readonly color: boolean
}

export async function policyLint(given: readonly string[], flags: PolicyLintFlags): Promise<void> {
  const run = await lintFiles(given.length > 0 ? given : ['.'])
  const { isTTY } = process.stdout
  const style = styleFor({ isTTY, env: process.env, color: flags.color })
  const { data, words } = lintFormats[flags.format](run, { style, repository: repositoryFolder() })
  if (data !== '') process.stdout.write(`${data}\n`)
  for (const line of run.wrong) complain(line)
  if (words !== '') say(words)
  process.exitCode = run.wrong.length > 0 ? 2 : Number(run.findings.some(isFailure))
}

function isFailure({ severity }: { readonly severity: string }): boolean {
  return severity !== 'note'
}
