/**
 * Prints a run as JUnit's XML, as CI systems read it: a suite for each file. A file that is wrong is
 * a suite with one error.
 */
import { relative } from 'node:path'
import type { CaseResult } from '../../../cases/run.ts'
import type { FileRun, TestRun, WrongFile } from '../test-run.ts'
import { helpLines } from './help.ts'
import type { Report } from './report.ts'

interface Suite {
  readonly file: string
  readonly cases: readonly TestCase[]
}

interface TestCase {
  readonly name: string
  readonly file: string
  readonly line: number | undefined
  readonly problem: Problem | undefined
}

interface Problem {
  readonly element: 'failure' | 'error'
  readonly type: string
  readonly message: string
  readonly text: string
}

export const junit: Report = (run) => {
  const suites = suitesOf(run)
  const counts = countsOf(suites.flatMap(({ cases }) => cases))
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'enclave-kms policy test', ...counts })}>`,
    ...suites.flatMap(suiteLines),
    '</testsuites>',
  ].join('\n')
}

function suitesOf({ files, wrong }: TestRun): Suite[] {
  return [...files.map(suiteOf), ...wrong.map(wrongSuite)]
}

function suiteOf({ file, results, demands, lines }: FileRun): Suite {
  const cases = results.map((result, index) => ({
    name: result.name,
    file: file.path,
    line: lines.ofCase(index).line,
    problem: result.ok ? undefined : failedCase(result, file.path),
  }))
  const rest = demands.map(({ name, ok, reason }) => ({
    name,
    file: file.path,
    line: undefined,
    problem: ok ? undefined : failure(reason, reason),
  }))
  return { file: file.path, cases: [...cases, ...rest] }
}

function failedCase(result: CaseResult, path: string): Problem {
  const { expected, actual, reason } = result
  const message = `expected ${expected}, got ${actual}`
  return failure(message, [`${message}: ${reason}`, ...helpLines(result, path)].join('\n'))
}

function failure(message: string, text: string): Problem {
  return { element: 'failure', type: 'expectation', message, text }
}

function wrongSuite({ path, message, at }: WrongFile): Suite {
  const problem = { element: 'error', type: 'file', message, text: message } as const
  return {
    file: path,
    cases: [{ name: path, file: relative('', at.file), line: at.line, problem }],
  }
}

function countsOf(cases: readonly TestCase[]) {
  const count = (element: Problem['element']) =>
    cases.filter(({ problem }) => problem?.element === element).length
  return { tests: cases.length, failures: count('failure'), errors: count('error') }
}

function suiteLines({ file, cases }: Suite): string[] {
  return [
    `  <testsuite${attributes({ name: file, file, ...countsOf(cases), skipped: 0 })}>`,
    ...cases.flatMap((one) => caseLines(one, file)),
    '  </testsuite>',
  ]
}

function caseLines({ name, file, line, problem }: TestCase, suite: string): string[] {
  const given = attributes({ name, classname: suite, file, line })
  if (!problem) return [`    <testcase${given}/>`]
  const { element, type, message, text } = problem
  return [
    `    <testcase${given}>`,
    `      <${element}${attributes({ type, message })}>${escaped(text)}</${element}>`,
    '    </testcase>',
  ]
}

function attributes(given: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join('')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/** XML 1.0 has no way at all to write what its production Char leaves out. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll(/[&<>"'\t\n\r]/g, (character) => entities[character] ?? character)
}
