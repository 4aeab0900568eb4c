/**
 * Prints a run as TAP 14: a test point for each case, each demand and each wrong file.
 * https://testanything.org/tap-version-14-specification.html
 */
import { relative } from 'node:path'
import { totalsOf, type FileRun, type WrongFile } from '../test-run.ts'
import { visible } from '../wrap.ts'
import { helpWith } from './help.ts'
import type { Report } from './report.ts'

interface Point {
  readonly ok: boolean
  readonly description: string
  /** The diagnostic of a point that is not ok: JSON is YAML. */
  readonly diagnostic: Readonly<Record<string, unknown>>
}

export const tap: Report = (run) => {
  const points = [...run.files.flatMap(pointsOf), ...run.wrong.map(wrongPoint)]
  const { passed, failed } = totalsOf(run)
  const lines = points.flatMap((point, index) => pointLines(point, index + 1))
  return [
    'TAP version 14',
    `1..${String(points.length)}`,
    ...lines,
    `# ${String(passed)} passed, ${String(failed)} failed`,
  ].join('\n')
}

function pointsOf({ file, results, demands, lines }: FileRun): Point[] {
  const cases = results.map((result, index) => {
    const { name, ok, expected, actual, reason } = result
    const at = () => ({ file: file.path, line: lines.ofCase(index).line })
    const help = () => helpWith(result, file.path)
    const diagnostic = ok
      ? {}
      : { message: reason, severity: 'fail', expected, actual, at: at(), ...help() }
    return { ok, description: `${file.path}: ${name}`, diagnostic }
  })
  const rest = demands.map(({ name, ok, reason }) => ({
    ok,
    description: `${file.path}: ${name}`,
    diagnostic: { message: reason, severity: 'fail' },
  }))
  return [...cases, ...rest]
}

function wrongPoint({ path, message, at }: WrongFile): Point {
  const diagnostic = {
    message,
    severity: 'fail',
    at: { file: relative('', at.file), line: at.line },
  }
  return { ok: false, description: path, diagnostic }
}

function pointLines({ ok, description, diagnostic }: Point, number: number): string[] {
  const point = `${ok ? 'ok' : 'not ok'} ${String(number)} - ${escaped(visible(description))}`
  if (ok) return [point]
  const members = Object.entries(diagnostic).map(
    ([name, value]) => `  ${name}: ${JSON.stringify(value)}`,
  )
  return [point, '  ---', ...members, '  ...']
}

/** A `#` would begin a directive. */
function escaped(text: string): string {
  return text.replaceAll(/[\\#]/g, '\\$&')
}
