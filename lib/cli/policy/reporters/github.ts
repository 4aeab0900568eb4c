/**
 * Prints a run as GitHub's workflow commands, which annotate the lines of a pull request: an error on
 * the statement that decided a case that fails, or on the case; a warning on what no case exercises
 * or notices.
 */
import { describeGap } from '../../../iam/coverage.ts'
import { describeMutation } from '../../../cases/mutation.ts'
import { totalsOf, type FileRun, type WrongFile } from '../test-run.ts'
import { workflowCommand, type Annotation } from '../workflow-command.ts'
import { helpLines } from './help.ts'
import type { Report } from './report.ts'

export const github: Report = (run, { repository }) => {
  const annotations = [...run.files.flatMap(annotationsOf), ...run.wrong.map(wrongAnnotation)]
  const { passed, failed } = totalsOf(run)
  return [
    ...annotations.map((one) => workflowCommand(one, repository)),
    `cases: ${String(passed)} passed, ${String(failed)} failed`,
  ].join('\n')
}

function annotationsOf(run: FileRun): Annotation[] {
  return [
    ...caseAnnotations(run),
    ...demandAnnotations(run),
    ...coverageAnnotations(run),
    ...mutationAnnotations(run),
  ]
}

function caseAnnotations({ file, results, lines }: FileRun): Annotation[] {
  return results.flatMap((result, index) => {
    if (result.ok) return []
    const { name, expected, actual, reason } = result
    return [
      {
        level: 'error' as const,
        at: lines.deciding(result, index),
        title: `${file.path}: ${name}`,
        message: [
          `expected ${expected}, got ${actual}: ${reason}`,
          ...helpLines(result, file.path),
        ],
      },
    ]
  })
}

function demandAnnotations({ file, demands, lines }: FileRun): Annotation[] {
  return demands
    .filter(({ ok }) => !ok)
    .map(({ name, reason }) => ({
      level: 'error' as const,
      at: lines.inPolicy(''),
      title: `${file.path}: ${name}`,
      message: reason,
    }))
}

function coverageAnnotations({ file, coverage, lines }: FileRun): Annotation[] {
  const gaps = coverage?.items.filter(({ covered }) => !covered) ?? []
  return gaps.map((gap) => ({
    level: 'warning' as const,
    at: lines.inPolicy(gap.path),
    title: `${file.path}: not covered`,
    message: describeGap(gap),
  }))
}

function mutationAnnotations({ file, mutation, lines }: FileRun): Annotation[] {
  return (mutation?.survivors ?? []).map((survivor) => ({
    level: 'warning' as const,
    at: lines.inPolicy(survivor.path),
    title: `${file.path}: no case notices a change`,
    message: describeMutation(survivor),
  }))
}

function wrongAnnotation({ path, message, at }: WrongFile): Annotation {
  return { level: 'error', at, title: `${path} is wrong`, message }
}
