/**
 * The rules about statements and conditions that do not do what they seem to: never met, met by
 * accident, or refused by AWS. Sources: KMS developer guide, "Cryptographic attestation support" (the
 * operations with a Recipient); IAM user guide, "Single-valued vs. multivalued context keys".
 */
import { wildcardTest } from '../pattern.ts'
import { isKnownKey, isMultivalued } from '../condition-keys.ts'
import { keyActions, recipientActions } from './actions.ts'
import { isOfOtherActions } from './impossible.ts'
import type { Hit } from './finding.ts'
import { malformed, refusedAs } from './refusals.ts'
import type { Rule } from './rule.ts'
import { actionPath, type ConditionView, type StatementView } from './statement-view.ts'
import { impossibleValues, literalWildcards } from './value-forms.ts'

export const conditionRules: readonly Rule[] = [
  {
    id: 'attestation-without-recipient',
    severity: 'warning',
    about:
      'A condition on attestation stands over an action that never carries a Recipient (Encrypt, Sign, ' +
      'ReEncrypt*, PutKeyPolicy): its key is always absent, so an Allow never allows it, and a Deny ' +
      'denies it always or never.',
    fix: 'give such actions a statement of their own, without the condition',
    *find({ statements }) {
      for (const view of statements) {
        const { action } = view.statement
        if (!action || action.negated || view.attestation.length === 0) continue
        for (const [index, text] of action.expected.entries()) {
          const result = withoutDocument(view, text)
          if (result === null) continue
          const message = `${text} never carries a document, so this ${result}`
          yield { path: actionPath(view, index), message }
        }
      }
    },
  },
  {
    id: 'for-all-values',
    severity: 'warning',
    about:
      'ForAllValues stands before an operator on a key that has one value. It holds when the key is ' +
      'absent, so that a request passes that says nothing at all. A negated operator holds then ' +
      'anyway: that is a note.',
    fix: 'take ForAllValues out',
    *find(policy) {
      // AWS stores no such policy at all.
      for (const hit of refusedAs('for-all-values', policy)) yield { ...hit, severity: 'error' }
      for (const view of policy.statements) {
        // What lets a call without a document pass is a rule of its own.
        const attestation = view.allows && view.passesUnattested ? [] : view.attestation
        for (const one of [...attestation, ...view.others]) {
          const { condition, name, path } = one
          const { lowerCaseKey, key } = condition
          if (name.qualifier !== 'ForAllValues') continue
          if (!isOurs(lowerCaseKey) || isMultivalued(lowerCaseKey) || !isKnownKey(key)) continue
          yield { path, ...aboutOneValue(one) }
        }
      }
    },
  },
  {
    id: 'never-matches',
    severity: 'warning',
    about:
      'The statement can never apply: an element is empty, the resource is no key, or no request meets ' +
      'its conditions. As a Deny it protects nothing.',
    fix: 'correct the condition, or take the statement out',
    find: ({ reach }) => reach.impossible.values(),
  },
  {
    id: 'deny-spares-nobody',
    severity: 'error',
    about:
      'A condition of a Deny is meant to spare those with some value, and no request ever has it: the ' +
      'Deny refuses them too. A session is known by the ARN of its role, an account by its digits.',
    fix: 'write the value as the request has it',
    *find({ statements, reach }) {
      for (const view of statements) {
        if (view.allows || reach.impossible.has(view)) continue
        for (const one of view.others) {
          const reason = whyNobodyIsSpared(view, one)
          if (reason) yield { path: one.path, ...reason }
        }
      }
    },
  },
  {
    id: 'not-principal-allow',
    severity: 'error',
    about:
      'NotPrincipal in an Allow would allow everyone but the ones it names: AWS does not store it.',
    fix: 'name the principals that are allowed, in Principal',
    find: (policy) => refusedAs('not-principal-allow', policy),
  },
  {
    id: malformed,
    severity: 'error',
    about: 'AWS does not store the policy (MalformedPolicyDocumentException).',
    fix: 'correct what the message names, and lint again: the rest is not looked at until then',
    find: (policy) => refusedAs(malformed, policy),
  },
]

function aboutOneValue({ condition, name }: ConditionView): Omit<Hit, 'path'> {
  const { key, operator } = condition
  if (!name.operator.negated && !name.ifExists) {
    return { message: `${key} has one value: ForAllValues holds when there is none` }
  }
  const alone = operator.slice(operator.indexOf(':') + 1)
  const message = `${key} has one value, and ${alone} holds when there is none: ForAllValues changes nothing`
  return { message, severity: 'note' }
}

/** Null for a condition that does not hold for every request. */
function whyNobodyIsSpared(view: StatementView, one: ConditionView): Omit<Hit, 'path'> | null {
  const { condition, name } = one
  if (!name.operator.negated || name.qualifier === 'ForAnyValue') return null
  const impossible = literalWildcards(one) ?? impossibleValues(one)
  if (impossible) {
    const { why, fix } = impossible
    return { message: `no request has such a value, so this spares nobody: ${why}`, fix }
  }
  if (name.ifExists || name.qualifier !== null || !isOfOtherActions(view, one)) return null
  return {
    message: `none of the statement's actions ever has ${condition.key}, so this spares nobody`,
    fix: 'deny such actions in a statement of their own, without the condition',
  }
}

/** Denied on purpose: ways round that have no document to show. */
const waysRound = new Set(['kms:reencryptfrom', 'kms:replicatekey', 'kms:creategrant'])

/** What becomes of an action without a Recipient; null for one that may have one. */
function withoutDocument(view: StatementView, text: string): string | null {
  const asked = [...keyActions.keys()].filter(wildcardTest(text.toLowerCase()))
  if (asked.length === 0 || asked.some((name) => recipientActions.includes(name))) return null
  if (!view.passesUnattested) return view.allows ? 'never allows it' : 'never denies it'
  const isDenied = !view.allows && !asked.some((name) => waysRound.has(name))
  return isDenied ? 'denies it to everyone' : null
}

/** The keys whose number of values is known here. */
function isOurs(lowerCaseKey: string): boolean {
  return /^(?:(?:kms|aws):|ec2:sourceinstancearn$)/.test(lowerCaseKey)
}
