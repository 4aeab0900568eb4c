/**
 * Makes the output that a page of docs/ shows: runs each block of shell commands that a block of text
 * follows, and puts what it printed there. Without names, of docs/policy-testing.md.
 *
 *     npx tsx scripts/record-page.ts [page…]
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const recorded = ['docs/policy-testing.md']

const blocks = /^```sh\n([^]*?)^```\n\n```text\n[^]*?^```$/gm

/** The page with what its commands print now. */
export function withOutput(page: string, run: (commands: string) => string): string {
  return page.replace(blocks, (_, commands: string) => {
    const output = run(commands)
    return `\`\`\`sh\n${commands}\`\`\`\n\n\`\`\`text\n${output}\`\`\``
  })
}

/** Commands as a project that has the package runs them, for a shell at the root of this one. */
export function inProject(commands: string): string {
  return `enclave-kms() { node dist/cli/main.js "$@"; }\nnpx() { "$@"; }\n${commands}`
}

/** What they print; what fails is part of the page. The project has been built. */
export function runInShell(commands: string): string {
  const { stdout, error } = spawnSync('bash', ['-c', `exec 2>&1\n${inProject(commands)}`], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '0' },
  })
  if (error) throw error
  return stdout
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const given = process.argv.slice(2)
  const pages =
    given.length > 0 ? given.map((path) => resolve(path)) : recorded.map((path) => join(root, path))
  for (const path of pages) writeFileSync(path, withOutput(readFileSync(path, 'utf8'), runInShell))
}
