/**
 * Prints a run as JSON: `{ passed, failed, cases }`, and `coverage` and `mutation` where they were
 * asked for. A case that fails has `nearestMiss`, `hints` and the `command` that explains it. Wrong
 * files are said on stderr and by the exit code.
 */
import { totalsOf, type FileRun, type TestRun } from '../test-run.ts'
import { helpWith } from './help.ts'
import type { Report } from './report.ts'

export const json: Report = (run) => JSON.stringify(jsonOf(run), null, 2)

function jsonOf(run: TestRun): object {
  const coverage = run.files.flatMap(coverageOf)
  const mutation = run.files.flatMap(mutationOf)
  return {
    ...totalsOf(run),
    cases: run.files.flatMap(casesOf),
    ...(coverage.length > 0 && { coverage }),
    ...(mutation.length > 0 && { mutation }),
  }
}

function casesOf({ file, results }: FileRun): object[] {
  return results.map((result) => {
    const { name, ok, expected, actual, reason } = result
    const help = ok ? {} : helpWith(result, file.path)
    return { file: file.path, name, ok, expected, actual, reason, ...help }
  })
}

function coverageOf({ file, coverage, lines }: FileRun): object[] {
  if (!coverage) return []
  const { percent, covered, total, counts, items } = coverage
  const gaps = items
    .filter((item) => !item.covered)
    .map(({ path, kind, text, gap }) => ({
      path,
      line: lines.inPolicy(path).line,
      kind,
      text,
      gap,
    }))
  return [{ file: file.path, percent, covered, total, counts, gaps }]
}

function mutationOf({ file, mutation, lines }: FileRun): object[] {
  if (!mutation) return []
  const { percent, killed, total, limit } = mutation
  const survivors = mutation.survivors.map(({ path, change }) => ({
    path,
    line: lines.inPolicy(path).line,
    change,
  }))
  return [{ file: file.path, percent, killed, total, limit, survivors }]
}
