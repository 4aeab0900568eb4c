/**
 * Which parts of a key policy its cases exercise, from what they asked. A case about an action on no
 * key asks nothing of a key policy and counts for none.
 */
import { coverDocument, type PolicyCoverage } from '../iam/coverage.ts'
import { questionOf } from '../iam/statement.ts'
import type { CasesFile } from './file.ts'
import type { CaseResult } from './run.ts'

/** `results` are those of the file's cases, or of some of them. */
export function coverageOf(
  { policy }: Pick<CasesFile, 'policy'>,
  results: readonly CaseResult[],
): PolicyCoverage {
  const questions = results
    .filter(({ decision }) => decision.policies.keyPolicy !== null)
    .map(({ decision: { request, policies } }) => questionOf(request, policies))
  return coverDocument(policy, questions)
}
