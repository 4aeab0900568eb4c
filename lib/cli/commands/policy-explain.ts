/**
 * `policy explain`: decides one request as the server would, and says why; of a denial also the
 * smallest change that would have allowed it. Exits with 0 for an allowed request, 1 for a denied one.
 */
import { CaseRunner } from '../../cases/run.ts'
import { ConfigError } from '../../config/config-error.ts'
import { describe, type Decision } from '../../kms/decision.ts'
import { Exit } from '../exit.ts'
import { decisionTree } from '../policy/decision-tree.ts'
import { caseOfFile, caseOfFlags, type CaseFlags } from '../policy/explained-case.ts'
import { styleFor } from '../policy/style.ts'

export interface PolicyExplainFlags extends CaseFlags {
  readonly cases?: string
  readonly case?: string
  readonly json?: boolean
  /** `--no-color` makes it false. */
  readonly color: boolean
}

export async function policyExplain(flags: PolicyExplainFlags): Promise<void> {
  const { decision, isKeyAssumed } = await explained(flags)
  const { isTTY } = process.stdout
  const style = styleFor({ isTTY, env: process.env, color: flags.color })
  const text = flags.json
    ? JSON.stringify(decision, null, 2)
    : decisionTree(decision, style, { isKeyAssumed }).join('\n')
  process.stdout.write(`${text}\n`)
  if (decision.effect !== 'ALLOW') process.exitCode = 1
}

interface Explained {
  readonly decision: Decision
  readonly isKeyAssumed: boolean
}

async function explained(flags: PolicyExplainFlags): Promise<Explained> {
  try {
    const { cases, case: name, json: _, color: __, ...rest } = flags
    if (cases === undefined && name !== undefined) {
      throw new ConfigError('--case', 'want --cases beside it')
    }
    const { file, one, isKeyAssumed } =
      cases === undefined ? await caseOfFlags(flags) : await caseOfFile(cases, name, rest)
    const decision = describe(await new CaseRunner(file, Date.now()).decide(one))
    return { decision, isKeyAssumed }
  } catch (error) {
    if (error instanceof ConfigError) throw new Exit(2, error.message)
    throw error
  }
}
