/**
 * One run of `policy lint` as data, which the formats print: the findings of every policy, and the
 * files that cannot be read. A cases file stands for the policy that it names, and says for a policy
 * beside it which findings are meant; a folder for its cases, and for the key policies without any.
 */
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { unusedAcceptance, judgeFindings, type Judged } from '../../cases/accepted.ts'
import { readCasesFile, type CasesFile } from '../../cases/file.ts'
import { ConfigError } from '../../config/config-error.ts'
import { keyArn } from '../../kms/arn.ts'
import { readText } from '../../config/files.ts'
import { parsePolicy, PolicyError } from '../../iam/document.ts'
import { lintPolicy } from '../../iam/lint/index.ts'
import { linesOf } from '../../iam/lines.ts'
import { Exit } from '../exit.ts'
import { readInput } from '../files.ts'
import { casesName, findFiles, noCases } from './find-cases.ts'
import { keyPoliciesAmong } from './key-policies.ts'
import { otherThanPolicy } from './not-a-policy.ts'
import { Lines, shortened, type Position } from './positions.ts'
import { TrackedFiles } from './tracked-files.ts'
import { lineOfWrong, wrongFile } from './wrong-file.ts'

export interface FileFinding extends Judged {
  /** As it was given, or relative to the current folder. */
  readonly file: string
}

export interface LintRun {
  /** In the order of the files, then of their lines. */
  readonly findings: readonly FileFinding[]
  /** How many policies were looked at. */
  readonly policies: number
  /** One line for each file that cannot be read. */
  readonly wrong: readonly string[]
}

/** A policy that is named twice, by itself and by its cases, is looked at once. */
export async function lintFiles(paths: readonly string[]): Promise<LintRun> {
  const seen = new Set<string>()
  const read = new Set<string>()
  const findings: FileFinding[] = []
  const wrong: string[] = []
  let policies = 0
  const look = async (path: string, findingsOf: typeof ofCases) => {
    const before = seen.size
    try {
      findings.push(...(await findingsOf(path, seen, read)))
      policies += seen.size - before
    } catch (error) {
      if (!(error instanceof ConfigError || error instanceof Exit)) throw error
      wrong.push(error.message)
    }
  }
  const others: string[] = []
  for (const path of paths) {
    if (!isFolder(path)) {
      await look(path, casesName.test(path) ? ofCases : ofPolicy)
      continue
    }
    const { cases, json } = findFiles([path])
    const keyPolicies = keyPoliciesAmong(json)
    if (cases.length === 0 && keyPolicies.length === 0) throw noCases([path], [])
    for (const one of cases) await look(one, ofCases)
    others.push(...keyPolicies)
  }
  // What cases read, as their policy or beside it (a policy of a VPC endpoint), has been looked at.
  for (const path of others) if (!read.has(resolve(path))) await look(path, ofPolicy)
  return { findings, policies, wrong }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

async function ofPolicy(path: string, seen: Set<string>): Promise<readonly FileFinding[]> {
  const bytes = await readInput(path, 2)
  const text = readText(() => bytes, path, 'it')
  const isPolicy = isStored(text)
  const other = isPolicy ? undefined : otherThanPolicy(text, path)
  if (other !== undefined) throw new Exit(2, `${path}: ${other}`)
  if (isSeen(resolve(path), seen)) return []
  // Of what AWS would not store the cases cannot be read either.
  const cases = isPolicy ? await casesBeside(path) : undefined
  if (!cases) return lintPolicy(text).map((finding) => ({ file: path, ...finding }))
  return withCases(text, cases, ({ line }) => ({ file: path, line }))
}

function isStored(text: string): boolean {
  try {
    parsePolicy(text, 'key')
    return true
  } catch (error) {
    if (error instanceof PolicyError) return false
    throw error
  }
}

async function ofCases(
  path: string,
  seen: Set<string>,
  read: Set<string>,
): Promise<readonly FileFinding[]> {
  const tracked = new TrackedFiles()
  const file = await casesIn(path, tracked)
  for (const one of tracked.paths) read.add(one)
  const place = file.policyPlace
  if (isSeen(file.policyPath ?? `${resolve(path)} ${place?.path ?? ''}`, seen)) return []
  const lines = new Lines(file, tracked)
  const at = ({ path: inside }: Judged) => shortened(lines.inPolicy(inside))
  return withCases(file.policy, { file, tracked }, at)
}

/** Throws Exit 2 with the place of what is wrong. */
async function casesIn(path: string, tracked: TrackedFiles): Promise<CasesFile> {
  try {
    return await readCasesFile(path, tracked.read)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new Exit(2, lineOfWrong(wrongFile(path, error, tracked)))
  }
}

function isSeen(name: string, seen: Set<string>): boolean {
  if (seen.has(name)) return true
  seen.add(name)
  return false
}

interface Cases {
  readonly file: CasesFile
  readonly tracked: TrackedFiles
}

/** The cases of a policy that stand beside it, under its name. */
async function casesBeside(path: string): Promise<Cases | undefined> {
  const beside = ['yaml', 'yml', 'json']
    .map((ending) => path.replace(/\.json$/, `.cases.${ending}`))
    .find((name) => name !== path && existsSync(name))
  if (beside === undefined) return undefined
  const tracked = new TrackedFiles()
  const file = await casesIn(beside, tracked)
  return file.policyPath === resolve(path) ? { file, tracked } : undefined
}

/** The findings, with what the cases say of them, and what they say of none. */
function withCases(
  policy: Parameters<typeof lintPolicy>[0],
  { file, tracked }: Cases,
  placeOf: (finding: Judged) => Position,
): FileFinding[] {
  const found = lintPolicy(policy, { keyArn: keyArn(file.key, file.key.id) })
  const { findings, unused } = judgeFindings(found, file.accept, file.policy.statements)
  const placed = findings.map((finding) => ({ ...finding, ...placeOf(finding) }))
  if (unused.length === 0) return placed
  const lines = linesOf(tracked.textOf(file.path))
  const stale = unused.map((index) => {
    const path = `accept[${String(index)}]`
    const { id: rule, severity, fix } = unusedAcceptance
    const { rule: accepted = '', statement } = file.accept[index] ?? {}
    const where = statement === undefined ? '' : ` in a statement with the Sid ${statement}`
    const message = `there is no finding of ${accepted} to accept${where}`
    return { file: file.path, rule, severity, path, line: lines(path), message, fix }
  })
  return [...placed, ...stale]
}
