/**
 * Prints a run for people: every case by its name, and of each that fails why, what came nearest, and
 * what to run to see all of it.
 */
import { describeGap } from '../../../iam/coverage.ts'
import { describeMutation, type ChangeMade } from '../../../cases/mutation.ts'
import type { CaseResult } from '../../../cases/run.ts'
import type { Style } from '../style.ts'
import { totalsOf, type Demand, type FileRun, type TestRun } from '../test-run.ts'
import { visible, visibleLine, wrapped } from '../wrap.ts'
import { helpWith } from './help.ts'
import type { Report } from './report.ts'

export const spec: Report = (run, { style }) => {
  const files = run.files.flatMap((file) => [...fileLines(file, style), ''])
  return [...files, summary(run, style)].join('\n')
}

function fileLines(file: FileRun, style: Style): string[] {
  return [
    style.strong(visibleLine(file.file.path)),
    ...file.results.flatMap((result) => caseLines(result, file.file.path, style)),
    ...file.demands.map((demand) => demandLine(demand, style)),
    ...coverageLines(file, style),
    ...mutationLines(file, style),
  ]
}

function caseLines(result: CaseResult, path: string, style: Style): string[] {
  const name = visible(result.name)
  if (result.ok) return [`  ${style.good('✓')} ${name}`]
  return [`  ${style.bad('✗')} ${name}`, ...failureLines(result, path, style)]
}

function failureLines(result: CaseResult, path: string, style: Style): string[] {
  const { expected, actual, reason } = result
  const { nearestMiss, hints, command } = helpWith(result, path)
  return [
    ...row('expected', [style.good(expected)], style),
    ...row('actual', [style.bad(actual)], style),
    ...row('because', wrapped(reason, textColumns), style),
    ...nearestMiss.flatMap((text) => row('nearest miss', wrapped(text, textColumns), style)),
    ...hints.flatMap((hint) => row('hint', wrapped(hint, textColumns), style)),
    // In one line, to be copied.
    ...row('to see all', [visible(command)], style),
  ]
}

/** Ours: what is said about a case has 100 columns, its margin included. */
const margin = ' '.repeat(6)
const labelColumns = 14
const textColumns = 100 - margin.length - labelColumns

function row(label: string, lines: readonly string[], style: Style): string[] {
  return lines.map((line, index) => {
    const head = index === 0 ? label : ''
    return `${margin}${style.faint(head.padEnd(labelColumns))}${line}`
  })
}

function demandLine({ name, ok, reason }: Demand, style: Style): string {
  return ok ? `  ${style.good('✓')} ${name}` : `  ${style.bad('✗')} ${name}: ${reason}`
}

function coverageLines({ coverage }: FileRun, style: Style): string[] {
  if (!coverage) return []
  const { covered, total, percent, items } = coverage
  const gaps = items.filter((item) => !item.covered)
  return [
    `  coverage ${String(percent)} %: ${String(covered)} of ${String(total)} parts of the policy`,
    ...gaps.map((gap) => `      ${style.near('not covered')}  ${visible(describeGap(gap))}`),
  ]
}

function mutationLines({ mutation }: FileRun, style: Style): string[] {
  if (!mutation) return []
  const { killed, total, percent, survivors, limit } = mutation
  const limited = limit === null ? '' : ` (${limit})`
  return [
    `  mutation score ${String(percent)} %: ${String(killed)} of ${String(total)} changes noticed${limited}`,
    ...survivors.flatMap((one) => [
      `      ${style.near('not noticed')}  ${visible(describeMutation(one))}`,
      ...missingLines(one, style),
    ]),
  ]
}

/** Under the change, as far as its words. */
function missingLines({ missing }: ChangeMade, style: Style): string[] {
  if (missing === undefined) return []
  const lead = ' '.repeat(margin.length + 'not noticed  '.length)
  return wrapped(missing, 100 - lead.length).map((line) => lead + style.faint(line))
}

/** One line: what became of all cases. */
export function summary(run: TestRun, style: Style): string {
  const { passed, failed } = totalsOf(run)
  const wrong =
    run.wrong.length > 0 ? [style.bad(`${counted(run.wrong.length, 'file')} wrong`)] : []
  if (run.files.length === 0) return ['no case ran', ...wrong].join(', ')
  const results = [
    style.good(`${String(passed)} passed`),
    ...(failed > 0 ? [style.bad(`${String(failed)} failed`)] : []),
  ]
  return [`${results.join(', ')} in ${counted(run.files.length, 'file')}`, ...wrong].join(', ')
}

function counted(count: number, what: string): string {
  return `${String(count)} ${what}${count === 1 ? '' : 's'}`
}
