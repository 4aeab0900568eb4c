/**
 * Makes the README's table of operations: every operation of KMS, and whether it is built. Run it
 * when the table of operations or the model has changed: `npx tsx scripts/make-operations-table.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { operations } from '../lib/kms/operations/index.ts'
import { operationNames, operationOf, shapeOf } from '../lib/kms/model/shapes.ts'
import type { OperationName } from '../lib/kms/model/types.ts'

export const begin = '<!-- operations: made by scripts/make-operations-table.ts -->'
export const end = '<!-- end of operations -->'

/** Operations side by side, so that the table is short. */
const across = 3

/** The table, as Prettier formats it. */
export function operationsTable(): string {
  const cells = operationNames.map((name) => [name, stateOf(name)])
  const lines = Math.ceil(cells.length / across)
  const rows = Array.from({ length: lines }, (_, line) =>
    Array.from({ length: across }, (_, at) => cells[line + at * lines] ?? ['', '']).flat(),
  )
  const head = Array.from({ length: across }, () => ['operation', 'state']).flat()
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)),
  )
  const rule = widths.map((width) => '-'.repeat(width))
  const padded = [head, rule, ...rows].map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | '),
  )
  return padded.map((row) => `| ${row} |`).join('\n')
}

function stateOf(name: OperationName): string {
  if (!operations.has(name)) return 'not yet'
  const { members = {} } = shapeOf(operationOf(name).input)
  return 'Recipient' in members ? 'complete, Recipient' : 'complete'
}

/** A page with the table in the place of the one that it has. */
export function withTable(page: string): string {
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from < 0 || to < from) throw new Error('the page has no place for the table')
  return `${page.slice(0, from)}${begin}\n\n${operationsTable()}\n\n${page.slice(to)}`
}

if (process.argv[1] && pathToFileURL(process.argv[1]).href === import.meta.url) {
  const readme = fileURLToPath(new URL('../README.md', import.meta.url))
  writeFileSync(readme, withTable(readFileSync(readme, 'utf8')))
}
