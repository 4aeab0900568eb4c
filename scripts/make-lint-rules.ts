/**
 * Makes the list of rules in docs/policy-lint.md: what each looks for, with the statements of its test
 * that trigger it and those that nearly do. Run it when a rule or its test has changed:
 * `npx tsx scripts/make-lint-rules.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { rules, type Rule } from '../lib/iam/lint/index.ts'
import { vectors } from '../test/iam/lint/vectors.ts'

const begin = '<!-- rules: made by scripts/make-lint-rules.ts -->'
const end = '<!-- end of rules -->'
const path = fileURLToPath(new URL('../docs/policy-lint.md', import.meta.url))

/** A page with the list in the place of the one that it has, as Prettier formats it. */
export async function withRules(page: string): Promise<string> {
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from < 0 || to < from) throw new Error('the page has no place for the rules')
  const list = [contents(), ...rules.map(section)].join('\n\n')
  const text = `${page.slice(0, from)}${begin}\n\n${list}\n\n${page.slice(to)}`
  return format(text, { ...(await resolveConfig(path)), filepath: path })
}

/** The rules by their severity. */
function contents(): string {
  return ['error', 'warning', 'note']
    .map((severity) => {
      const own = rules.filter((rule) => rule.severity === severity)
      return `- ${capital(severity)}s: ${own.map(({ id }) => `[${id}](#${id})`).join(', ')}.`
    })
    .join('\n')
}

function section({ id, severity, about, fix }: Rule): string {
  const { wrong, right } = vectors[id] ?? { wrong: [], right: [] }
  return [
    `### ${id}`,
    `${capital(severity)}. ${escaped(about)}`,
    'Wrong:',
    example(wrong, right),
    `Instead, ${escaped(fix)}:`,
    example(right, wrong),
  ].join('\n\n')
}

/** The statements that the other policy has not. */
function example(statements: readonly object[], others: readonly object[]): string {
  const known = new Set(others.map((one) => JSON.stringify(one)))
  const own = statements.filter((one) => !known.has(JSON.stringify(one)))
  const shown = own.length > 0 ? own : statements
  const [only, ...more] = shown
  return `\`\`\`json\n${JSON.stringify(more.length > 0 ? shown : only, null, 2)}\n\`\`\``
}

/** Markdown takes an asterisk for emphasis. */
function escaped(text: string): string {
  return text.replaceAll('*', '\\*').replaceAll('|', '\\|')
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

if (process.argv[1] && pathToFileURL(process.argv[1]).href === import.meta.url) {
  writeFileSync(path, await withRules(readFileSync(path, 'utf8')))
}
