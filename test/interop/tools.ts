/** Whether a machine has the programs that a client needs, in versions that it can use. */
import { spawnSync } from 'node:child_process'

export interface Tool {
  readonly name: string
  /** What prints its version, on stdout or stderr. */
  readonly command: readonly [program: string, ...args: string[]]
  /** The lowest version that will do. */
  readonly lowest: string
}

/** What is missing, for the title of a test that has to be skipped; empty when all is there. */
export function missing(tools: readonly Tool[]): string {
  return tools
    .filter((tool) => !isThere(tool))
    .map(({ name, lowest }) => (lowest === '0' ? name : `${name} ${lowest} or newer`))
    .join(', no ')
}

function isThere({ command: [program, ...args], lowest }: Tool): boolean {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  return status === 0 && isAtLeast(versionIn(stdout + stderr), lowest)
}

/** `go1.26.8`, `Apache Maven 3.8.7`: the first number that begins a word, or follows `go`. */
function versionIn(text: string): string {
  return /(?:^|\s|\bgo)(\d+(?:\.\d+)*)/.exec(text)?.[1] ?? '0'
}

function isAtLeast(version: string, lowest: string): boolean {
  const [has, wants] = [version.split('.').map(Number), lowest.split('.').map(Number)]
  for (const [index, wanted] of wants.entries()) {
    const part = has[index] ?? 0
    if (part !== wanted) return part > wanted
  }
  return true
}
