/**
 * `policy test`: runs the policy cases below some paths and prints what became of them. Exits with 0
 * when all hold, 1 when some do not, 2 when a file is wrong; what can be run is run in any case.
 */
import { statSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { Exit } from '../exit.ts'
import { findFiles, noCases, type Found } from '../policy/find-cases.ts'
import { keyPoliciesAmong } from '../policy/key-policies.ts'
import { reporters, type ReporterName } from '../policy/reporters/index.ts'
import { summary } from '../policy/reporters/spec.ts'
import { plainStyle, styleFor } from '../policy/style.ts'
import { exitCodeOf, runFiles, type TestOptions, type TestRun } from '../policy/test-run.ts'
import { TrackedFiles } from '../policy/tracked-files.ts'
import { runAndWatch, type Watched } from '../policy/watch.ts'
import { repositoryFolder } from '../policy/workflow-command.ts'
import { lineOfWrong } from '../policy/wrong-file.ts'
import { complain, say } from '../words.ts'

export interface PolicyTestFlags {
  readonly reporter: ReporterName
  readonly coverage?: boolean
  readonly mutate?: boolean
  /** Percent. */
  readonly minCoverage?: number
  readonly minMutationScore?: number
  readonly watch?: boolean
  /** `--no-color` makes it false. */
  readonly color: boolean
}

export async function policyTest(given: readonly string[], flags: PolicyTestFlags): Promise<void> {
  const paths = given.length > 0 ? given : ['.']
  if (flags.watch) await watchAndTest(paths, flags)
  else process.exitCode = await test(find(paths), new TrackedFiles(), flags)
}

/** Prints one run; gives its exit code. */
async function test(
  { cases, json }: Found,
  tracked: TrackedFiles,
  flags: PolicyTestFlags,
): Promise<number> {
  const run = await runFiles(cases, tracked, optionsOf(flags), Date.now())
  const { isTTY } = process.stdout
  const style = styleFor({ isTTY, env: process.env, color: flags.color })
  const surroundings = { style, repository: repositoryFolder() }
  process.stdout.write(`${reporters[flags.reporter](run, surroundings)}\n`)
  if (isForPrograms(flags.reporter) && !isTTY) sayResults(run)
  for (const wrong of run.wrong) complain(lineOfWrong(wrong))
  for (const { file, demands } of run.files) {
    for (const { ok, wanted, reason } of demands) {
      if (!ok) complain(`${file.path}: ${reason}: want ${wanted}`)
    }
  }
  // A file that is wrong may be the one that names them.
  const untested = run.wrong.length > 0 ? [] : json.filter((path) => !tracked.has(path))
  for (const path of keyPoliciesAmong(untested)) say(`no cases: ${path}`)
  return exitCodeOf(run)
}

/** GitHub's runners show people the annotations that they read. */
function isForPrograms(reporter: ReporterName): boolean {
  return reporter !== 'spec' && reporter !== 'github'
}

/** For the log of a job, whose stdout goes to a file. */
function sayResults(run: TestRun): void {
  for (const { file, results } of run.files) {
    for (const { ok, name, expected, actual } of results) {
      if (!ok) say(`failed: ${file.path}: ${name}: expected ${expected}, got ${actual}`)
    }
  }
  say(summary(run, plainStyle))
}

/** Throws Exit 2 where there is nothing to run. */
function find(paths: readonly string[]): Found {
  const found = findFiles(paths)
  if (found.cases.length === 0) throw noCases(paths, keyPoliciesAmong(found.json))
  return found
}

/** What is to be reached has to be measured. */
function optionsOf({
  coverage,
  mutate,
  minCoverage,
  minMutationScore,
}: PolicyTestFlags): TestOptions {
  return {
    coverage: coverage === true || minCoverage !== undefined,
    mutate: mutate === true || minMutationScore !== undefined,
    minCoverage,
    minMutationScore,
  }
}

async function watchAndTest(paths: readonly string[], flags: PolicyTestFlags): Promise<void> {
  // Without any file there is nothing to wait for.
  find(paths)
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop.abort()
    })
  }
  await runAndWatch(() => testAndWatch(paths, flags), { signal: stop.signal, announce })
}

function announce(changed: readonly string[]): void {
  if (process.stdout.isTTY) process.stdout.write('\u001b[2J\u001b[3J\u001b[H')
  const shown = changed.map((path) => relative('', path))
  say(`changed: ${shown.join(', ')}`)
}

async function testAndWatch(paths: readonly string[], flags: PolicyTestFlags): Promise<Watched> {
  const tracked = new TrackedFiles()
  const { problem, ...found } = findNow(paths)
  if (problem !== undefined) complain(problem)
  await test(found, tracked, flags)
  say(`waiting for changes in ${paths.join(', ')}; Ctrl+C ends`)
  return {
    folders: paths.filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory()),
    files: tracked.paths,
    changed: () => {
      const now = findNow(paths).cases
      const come = now.filter((path) => !found.cases.includes(path))
      const gone = found.cases.filter((path) => !now.includes(path))
      const differing = [...tracked.changed(), ...[...come, ...gone].map((path) => resolve(path))]
      return [...new Set(differing)]
    },
  }
}

/** While it watches, files may go away and come back. */
function findNow(paths: readonly string[]): Found & { readonly problem?: string } {
  try {
    return find(paths)
  } catch (error) {
    if (!(error instanceof Exit)) throw error
    return { cases: [], json: [], problem: error.message }
  }
}
