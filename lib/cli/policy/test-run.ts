/**
 * One run of policy cases as data, which the reporters print: files with what became of their cases,
 * what was asked of their coverage and their mutation score, and files that are wrong.
 */
import { coverageOf } from '../../cases/coverage.ts'
import { readCasesFile, type CasesFile } from '../../cases/file.ts'
import { mutationsOf, type MutationScore } from '../../cases/mutation.ts'
import { runCases, type CaseResult } from '../../cases/run.ts'
import { ConfigError } from '../../config/config-error.ts'
import type { PolicyCoverage } from '../../iam/coverage.ts'
import { Lines } from './positions.ts'
import type { TrackedFiles } from './tracked-files.ts'
import { wrongFile, type WrongFile } from './wrong-file.ts'

export type { WrongFile } from './wrong-file.ts'

export interface TestOptions {
  readonly coverage: boolean
  readonly mutate: boolean
  /** Percent that every file has to reach; undefined where none is asked for. */
  readonly minCoverage: number | undefined
  readonly minMutationScore: number | undefined
}

export interface TestRun {
  readonly files: readonly FileRun[]
  readonly wrong: readonly WrongFile[]
}

export interface FileRun {
  readonly file: CasesFile
  readonly results: readonly CaseResult[]
  /** What is asked of the file as a whole, and does not depend on a case. */
  readonly demands: readonly Demand[]
  readonly coverage: PolicyCoverage | undefined
  readonly mutation: MutationScore | undefined
  readonly lines: Lines
}

export interface Demand {
  /** `coverage is at least 90 %` */
  readonly name: string
  /** `at least 90 %` */
  readonly wanted: string
  readonly ok: boolean
  /** One line: what it is instead. */
  readonly reason: string
}

/** Their bytes while they are read, and their texts afterwards. */
export type FilesRead = Pick<TrackedFiles, 'read' | 'textOf'>

/** Every file, in order, at one time: milliseconds since the epoch. */
export async function runFiles(
  paths: readonly string[],
  tracked: FilesRead,
  options: TestOptions,
  nowMs: number,
): Promise<TestRun> {
  const files: FileRun[] = []
  const wrong: WrongFile[] = []
  for (const path of paths) {
    try {
      files.push(await runFile(await readCasesFile(path, tracked.read), tracked, options, nowMs))
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      wrong.push(wrongFile(path, error, tracked))
    }
  }
  return { files, wrong }
}

async function runFile(
  file: CasesFile,
  tracked: FilesRead,
  options: TestOptions,
  nowMs: number,
): Promise<FileRun> {
  const results = await runCases(file, nowMs)
  const coverage = options.coverage ? coverageOf(file, results) : undefined
  const limits = options.minMutationScore === undefined ? {} : wholeScore
  const mutation = options.mutate ? await mutationsOf(file, nowMs, limits) : undefined
  const demands = [
    ...demand('coverage', coverage, options.minCoverage),
    ...demand('mutation score', mutation, options.minMutationScore, mutation?.limit),
  ]
  return { file, results, demands, coverage, mutation, lines: new Lines(file, tracked) }
}

/** Ours: what a minimum is asked of is measured to its end, unless that takes too long. */
const wholeScore = { changes: 100_000, timeMs: 60_000 }

/** `limit` says that not all of it was measured: then nothing is reached. */
function demand(
  what: string,
  measured: { readonly percent: number } | undefined,
  least: number | undefined,
  limit: string | null = null,
): Demand[] {
  if (!measured || least === undefined) return []
  const { percent } = measured
  const wanted = `at least ${String(least)} %`
  const reason = `${what} is ${String(percent)} %${limit === null ? '' : `: ${limit}`}`
  return [{ name: `${what} is ${wanted}`, wanted, ok: percent >= least && limit === null, reason }]
}

export interface Totals {
  readonly passed: number
  readonly failed: number
}

/** Of cases alone. */
export function totalsOf({ files }: TestRun): Totals {
  const results = files.flatMap((one) => one.results)
  const passed = results.filter(({ ok }) => ok).length
  return { passed, failed: results.length - passed }
}

export function exitCodeOf(run: TestRun): 0 | 1 | 2 {
  if (run.wrong.length > 0) return 2
  const isMet = run.files.every(({ demands }) => demands.every(({ ok }) => ok))
  return totalsOf(run).failed === 0 && isMet ? 0 : 1
}
