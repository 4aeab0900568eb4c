/**
 * The rules about actions, condition keys and operators that do not exist, or that a key policy does
 * not decide. Source: service authorization reference, "Actions, resources, and condition keys for AWS
 * KMS".
 */
import { closestKey, isKnownKey, registerRange } from '../condition-keys.ts'
import { distance } from '../distance.ts'
import { wildcardTest } from '../pattern.ts'
import { nothing } from './contexts.ts'
import { keyActions, keylessActions } from './actions.ts'
import type { Hit } from './finding.ts'
import { refusedAs } from './refusals.ts'
import type { PolicyView, Rule } from './rule.ts'
import { actionPath, type ConditionView, type StatementView } from './statement-view.ts'

export const nameRules: readonly Rule[] = [
  {
    id: 'unknown-action',
    severity: 'error',
    about:
      'An action that KMS does not have, or of another service: the statement does not cover it.',
    fix: 'write an action of KMS: kms:Decrypt, kms:ReEncryptFrom, kms:GenerateDataKey*',
    *find(policy) {
      yield* refusedAs('unknown-action', policy)
      let suggestions = mostSuggestions
      for (const { action, path } of actionsOf(policy)) {
        if (all.some(wildcardTest(action.toLowerCase()))) continue
        yield { path, ...aboutUnknown(action, suggestions-- > 0) }
      }
    },
  },
  {
    id: 'no-effect-action',
    severity: 'note',
    about:
      'No key policy decides this action: it is on no key (GenerateRandom, CreateKey, ListKeys), or ' +
      'the grant alone decides (RetireGrant). A condition here protects nothing.',
    fix: 'leave it out, and put it in an identity policy or a service control policy',
    *find(policy) {
      for (const { action, path, view } of actionsOf(policy)) {
        const name = keylessActions.get(action.toLowerCase())
        if (view.statement.action?.negated) continue
        if (name !== undefined)
          yield { path, message: `${name} is on no key: no key policy decides it` }
        if (action.toLowerCase() === 'kms:retiregrant') {
          yield {
            path,
            message: 'the grant says who may retire it: kms:RetireGrant has no effect here',
          }
        }
      }
    },
  },
  {
    id: 'unknown-condition-key',
    severity: 'error',
    about:
      'A condition key that no request to KMS has: the condition never holds, or, negated, always.',
    fix: 'look the key up in the KMS developer guide, "AWS KMS condition keys"',
    *find(policy) {
      yield* refusedAs('unknown-condition-key', policy)
      let suggestions = mostSuggestions
      for (const { condition, path } of conditionsOf(policy)) {
        const { key, lowerCaseKey } = condition
        if (isKnownKey(key) || isSuffixMissing(lowerCaseKey)) continue
        const isSuggested = suggestions-- > 0
        const always = condition.holds(nothing)
        const then = always ? 'the condition always holds' : 'the statement never applies'
        const message = `no request has a condition key ${key}, so ${then}`
        yield { path, message, ...(isSuggested && keyFix(key)) }
      }
    },
  },
  {
    id: 'attestation-key-suffix',
    severity: 'error',
    about:
      'kms:RecipientAttestation is no condition key: it goes on with :ImageSha384, :PCR0 to :PCR31 or ' +
      ':NitroTPMPCR0 to :NitroTPMPCR23.',
    fix: 'write kms:RecipientAttestation:ImageSha384, or a register such as …:PCR0',
    *find(policy) {
      for (const { condition, path } of conditionsOf(policy)) {
        if (!isSuffixMissing(condition.lowerCaseKey)) continue
        yield { path, message: `${condition.key} names no register, and no request has it` }
      }
    },
  },
  {
    id: 'unknown-operator',
    severity: 'error',
    about: 'A condition operator that IAM does not have: AWS does not store the policy.',
    fix: 'write an operator of IAM: StringEquals, StringEqualsIgnoreCase, StringLike, Bool, Null',
    find: (policy) => refusedAs('unknown-operator', policy),
  },
]

const all = [...keyActions.keys(), ...keylessActions.keys()]

/** Ours: a suggestion compares a name with all that there are. */
const mostSuggestions = 20

interface NamedAction {
  readonly view: StatementView
  readonly action: string
  readonly path: string
}

function* actionsOf({ statements }: PolicyView): Generator<NamedAction> {
  for (const view of statements) {
    for (const [index, action] of (view.statement.action?.expected ?? []).entries()) {
      yield { view, action, path: actionPath(view, index) }
    }
  }
}

function conditionsOf({ statements }: PolicyView): ConditionView[] {
  return statements.flatMap(({ attestation, others }) => [...attestation, ...others])
}

/** Nothing where no key is near. */
function keyFix(key: string): Pick<Hit, 'fix'> {
  const range = registerRange(key)
  if (range !== undefined) return { fix: `write one of ${range}` }
  const closest = closestKey(key)
  return closest === undefined ? {} : { fix: `write ${closest}, if that is meant` }
}

function isSuffixMissing(lowerCaseKey: string): boolean {
  return /^kms:recipientattestation:?$/.test(lowerCaseKey)
}

function aboutUnknown(action: string, isSuggested: boolean): Omit<Hit, 'path'> {
  if (!/^kms:/i.test(action)) {
    return {
      message: `${action} is no action of KMS: a key policy decides KMS's actions alone`,
      fix: 'leave it out, and put it in an identity policy',
    }
  }
  if (/^kms:ReEncrypt$/i.test(action)) {
    return {
      message: 'kms:ReEncrypt is an operation and no action: it asks for two of them',
      fix: 'write kms:ReEncryptFrom or kms:ReEncryptTo',
    }
  }
  const closest = isSuggested ? closestAction(action) : undefined
  const message = `KMS has no action ${action}`
  return closest === undefined
    ? { message }
    : { message, fix: `write ${closest}, if that is meant` }
}

/** At most three slips away. A longer name than any that KMS has is not compared. */
function closestAction(action: string): string | undefined {
  let best: string | undefined
  let fewest = 4
  for (const [known, name] of [...keyActions, ...keylessActions]) {
    const slips = distance(action.toLowerCase(), known)
    if (slips < fewest) [best, fewest] = [name, slips]
  }
  return best
}
