/**
 * Prints the findings of `policy lint`: for people, within 100 columns, as JSON, and as annotations of
 * a GitHub workflow. SARIF has a module of its own.
 */
import { sarif } from './lint-sarif.ts'
import type { FileFinding, LintRun } from './lint-files.ts'
import type { Surroundings } from './reporters/report.ts'
import type { Style } from './style.ts'
import { workflowCommand } from './workflow-command.ts'
import { wrapped } from './wrap.ts'

export interface Printed {
  /** For stdout, without the last line end. */
  readonly data: string
  /** For stderr; empty where whoever reads the data needs none. */
  readonly words: string
}

type Print = (run: LintRun, surroundings: Surroundings) => Printed

export type LintFormat = 'text' | 'json' | 'sarif' | 'github'

export const lintFormats: Readonly<Record<LintFormat, Print>> = {
  text: (run, { style }) => ({
    data: run.findings.map((finding) => paragraph(finding, style)).join('\n\n'),
    words: summary(run),
  }),
  json: ({ findings }) => ({ data: json({ findings: findings.map(membersOf) }), words: '' }),
  sarif: (run) => ({ data: json(sarif(run)), words: '' }),
  github: (run, { repository }) => ({
    data: run.findings.map((finding) => annotation(finding, repository)).join('\n'),
    words: summary(run),
  }),
}

function json(value: object): string {
  return JSON.stringify(value, null, 2)
}

/** GitHub's levels are ours, but for the least of them. */
const levels = { error: 'error', warning: 'warning', note: 'notice' } as const

function annotation(finding: FileFinding, repository: string): string {
  const { file, line, severity, rule, fix } = finding
  const message = `${messageOf(finding)}; fix: ${fix}`
  const at = { file, line }
  return workflowCommand({ level: levels[severity], at, title: rule, message }, repository)
}

const columns = 100
const indent = '  '

function paragraph(finding: FileFinding, style: Style): string {
  const { file, line, severity, rule, path, fix } = finding
  const paint = { error: style.bad, warning: style.near, note: style.faint }[severity]
  const [first = '', ...more] = wrapped(`${file}:${String(line)}: ${severity}: ${rule}`, columns)
  const place = path === '' ? [] : indented(path).map(style.faint)
  const body = [...indented(messageOf(finding)), ...indented(`fix: ${fix}`)]
  return [paint(style.strong(first)), ...more, ...place, ...body].join('\n')
}

function indented(text: string): string[] {
  return wrapped(text, columns - indent.length).map((line) => indent + line)
}

function messageOf({ message, accepted }: FileFinding): string {
  return accepted === undefined ? message : `${message} (accepted: ${accepted})`
}

function membersOf(finding: FileFinding): object {
  const { file, rule, severity, path, line, fix } = finding
  return { file, rule, severity, path, line, message: messageOf(finding), fix }
}

function summary({ findings, policies, wrong }: LintRun): string {
  const counts = (['error', 'warning', 'note'] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length
    return count === 0 ? [] : [counted(count, severity)]
  })
  const what = counts.length === 0 ? 'nothing found' : counts.join(', ')
  const where = policies === 1 ? '1 policy' : `${String(policies)} policies`
  // Of no policy nothing can be said.
  const found = policies === 0 ? [] : [`${what} in ${where}`]
  return [...found, ...(wrong.length > 0 ? [`${counted(wrong.length, 'file')} wrong`] : [])].join(
    ', ',
  )
}

function counted(count: number, what: string): string {
  return `${String(count)} ${what}${count === 1 ? '' : 's'}`
}
