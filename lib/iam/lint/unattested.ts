/**
 * The rules about calls that get a secret without an attestation document, although the policy seems
 * to ask for one. Sources: KMS developer guide, "Default key policy" and "Condition keys for AWS Nitro
 * Enclaves"; IAM user guide, "Condition operators" (…IfExists, a missing key).
 */
import { actionName, dataKeyActions, recipientActions } from './actions.ts'
import { isSlippery, patternsOf, type Reach } from './reach.ts'
import type { Rule } from './rule.ts'
import { pathOfAction, principalPath, type StatementView } from './statement-view.ts'

const recipientCalls = 'Decrypt, DeriveSharedSecret, GenerateDataKey and GenerateDataKeyPair'

export const unattestedRules: readonly Rule[] = [
  {
    id: 'root-delegation',
    severity: 'error',
    about:
      'The account stands as a principal, so its identity policies decide, and they ask for no ' +
      'attestation document: whoever may write one in that account can have the plaintext.',
    fix: 'name the roles, and leave Decrypt and its like to a statement with conditions on PCRs',
    *find({ statements, reach }) {
      for (const { view, kind, index, actions } of openings(statements, reach)) {
        if (kind !== 'account') continue
        yield {
          path: principalPath(view, index),
          message: `the account's identity policies can allow ${listed(actions)} unattested`,
        }
      }
    },
  },
  {
    id: 'unattested-access',
    severity: 'error',
    about:
      `A named principal may call an operation that gives a plaintext (${recipientCalls}) without ` +
      'a document. That holds for administrators too: kms:* includes Decrypt.',
    fix: 'list the actions that are needed, and put those that take a Recipient under PCR conditions',
    *find({ statements, reach }) {
      const seen = new Set<StatementView>()
      for (const { view, kind, actions } of openings(statements, reach)) {
        if (kind === 'account' || seen.has(view)) continue
        seen.add(view)
        yield {
          path: pathOfAction(view, actions[0] ?? ''),
          message: `${listed(actions)} is allowed without an attestation document`,
        }
      }
    },
  },
  {
    id: 'unattested-data-key',
    severity: 'warning',
    about:
      'Decrypt asks for a document, and GenerateDataKey or GenerateDataKeyPair does not: whoever ' +
      'makes the data key has its plaintext, and so all that will be encrypted under it.',
    fix: 'put it under the conditions of Decrypt, or allow the WithoutPlaintext form or Encrypt',
    *find({ statements, reach }) {
      for (const view of statements) {
        const actions = openDataKeys(view, reach)
        const [first] = actions
        if (first === undefined || view.attestation.length > 0) continue
        yield {
          path: pathOfAction(view, first),
          message: `${listed(actions)} gives data keys in plaintext beside a Decrypt that is attested`,
        }
      }
    },
  },
  {
    id: 'optional-attestation',
    severity: 'error',
    about:
      'Every condition on attestation in an Allow holds for a call without a document as well: ' +
      'IfExists, ForAllValues, Null: true, or a negated operator alone hold when the key is absent.',
    fix: 'write StringEqualsIgnoreCase, without IfExists and without ForAllValues',
    *find({ reach }) {
      for (const view of reach.allows) {
        const [first] = view.attestation
        if (!first || !view.passesUnattested) continue
        const open = recipientActions.filter(
          (action) => reach.opennessOfAny(view, action) === 'open',
        )
        if (open.length === 0) continue
        const { key, operator } = first.condition
        yield {
          path: first.path,
          message: `${operator} on ${key} holds for a call without a document: ${listed(open)} passes`,
        }
      }
    },
  },
  {
    id: 'deny-escape',
    severity: 'error',
    about:
      'A Deny is meant to refuse whatever is not the wanted measurement, and does not apply to a call ' +
      'without a document, because it needs one to compare: ForAnyValue, or Null: false beside it.',
    fix: 'write StringNotEqualsIgnoreCase alone: it holds when the key is absent',
    *find({ statements }) {
      for (const view of statements) {
        if (!isSlippery(view)) continue
        const actions = recipientActions.filter((action) => view.statement.action?.matches(action))
        const cause = view.attestation.find(({ holdsUnattested }) => !holdsUnattested)
        if (!cause || actions.length === 0) continue
        const { key, operator } = cause.condition
        yield {
          path: cause.path,
          message: `${operator} on ${key} fails for a call without a document, which this Deny lets by`,
        }
      }
    },
  },
]

interface Opening {
  readonly view: StatementView
  readonly kind: string
  /** Of the principal. */
  readonly index: number
  readonly actions: readonly string[]
}

/** The statements without any condition on attestation that leave a way in, by principal. */
function* openings(statements: readonly StatementView[], reach: Reach): Generator<Opening> {
  for (const view of statements) {
    if (!reach.allows.includes(view) || view.attestation.length > 0) continue
    if (openDataKeys(view, reach).length > 0) continue
    for (const [index, pattern] of patternsOf(view).entries()) {
      const actions = recipientActions.filter(
        (action) => reach.openness(view, action, pattern) === 'open',
      )
      if (actions.length > 0) yield { view, kind: pattern.kind, index, actions }
    }
  }
}

/** The data key actions that are open, where nothing else is and the policy gates Decrypt. */
function openDataKeys(view: StatementView, reach: Reach): readonly string[] {
  if (!reach.allows.includes(view)) return []
  const open = recipientActions.filter((action) => reach.opennessOfAny(view, action) === 'open')
  if (!open.every((action) => dataKeyActions.has(action))) return []
  return reach.gatesDecrypt ? open : []
}

function listed(actions: readonly string[]): string {
  return actions.map(actionName).join(', ')
}
