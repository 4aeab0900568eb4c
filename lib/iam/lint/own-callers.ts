/**
 * A statement whose conditions none of the principals that it names can meet: its role with another
 * role's ARN, its account with another's number. Says nothing of who is not known exactly: everyone, a
 * service, a provider. Source: IAM user guide, "AWS global condition context keys" (aws:PrincipalArn).
 */
import { callersOfArn, judgeCaller, type CallerView } from './callers.ts'
import type { Hit } from './finding.ts'
import type { ConditionView, StatementView } from './statement-view.ts'

const accountKeys = ['aws:principalaccount', 'kms:calleraccount']
/** Those of a session too; the path of its role is not known. */
const sessionKeys = [...accountKeys, 'aws:principaltype', 'aws:username']
const callerKeys = [...sessionKeys, 'aws:principalarn']

/** By the kind of a principal: what is the same for every call of it. */
const exactKeys: Readonly<Record<string, readonly string[]>> = {
  account: accountKeys,
  session: sessionKeys,
  role: callerKeys,
  user: callerKeys,
  'federated-user': callerKeys,
}

export function checkOwnCallers({ statement, others }: StatementView): Hit | null {
  const { principal } = statement
  if (!principal || principal.negated || principal.patterns.length === 0) return null
  const unmet: ConditionView[] = []
  for (const { kind, name } of principal.patterns) {
    const keys = exactKeys[kind] ?? []
    const [caller] = callersOfArn(kind === 'account' ? `arn:aws:iam::${name}:root` : name)
    const [one] = caller ? others.filter((other) => isUnmet(other, caller, keys)) : []
    if (!one) return null
    unmet.push(one)
  }
  const [first] = unmet
  if (!first) return null
  return {
    path: first.path,
    message: `no principal of the statement has such a ${first.condition.key}`,
    fix: 'name the principals that are meant in Principal, and take the condition out',
  }
}

function isUnmet(
  { condition }: ConditionView,
  caller: CallerView,
  exact: readonly string[],
): boolean {
  return (
    condition.keys.every((key) => exact.includes(key)) && judgeCaller(condition, caller) === false
  )
}
