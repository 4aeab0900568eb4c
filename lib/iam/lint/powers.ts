/**
 * The rules about what lets a caller get round the conditions on a document: grants, ReEncrypt, a
 * change of the policy. Sources: KMS developer guide, "Grants in AWS KMS" (a grant asks for no
 * document), "Key policies" and "Permissions for AWS services in key policies".
 */
import type { ConditionView } from './statement-view.ts'
import { limitsCaller } from './caller-limits.ts'
import { isForParent, parentsOf } from './parents.ts'
import { patternsOf } from './reach.ts'
import type { PolicyView, Rule } from './rule.ts'
import { pathOfAction, principalPath, type StatementView } from './statement-view.ts'

export const powerRules: readonly Rule[] = [
  {
    id: 'create-grant',
    severity: 'error',
    about:
      'CreateGrant is allowed. Whoever has it can give anyone, themselves included, Decrypt by a ' +
      'grant, and a grant cannot ask for an attestation document.',
    fix: 'leave it out, or limit it with kms:GrantIsForAWSResource or kms:GrantOperations',
    *find(policy) {
      const { reach } = policy
      if (waysToPlaintext.every((action) => reach.isClosedToEveryone(action))) return
      for (const view of newsFrom(policy, 'kms:creategrant')) {
        if (view.others.some(limitsGrants)) continue
        const path = pathOfAction(view, 'kms:creategrant')
        yield { path, message: 'a grant lets its grantee decrypt, and asks for no document' }
      }
    },
  },
  {
    id: 're-encrypt-from',
    severity: 'error',
    about:
      'ReEncryptFrom is allowed. It never carries a document, and moves what this key protects under ' +
      'another key, whose policy asks for none.',
    fix: 'leave ReEncryptFrom out, or ask for kms:ReEncryptOnSameKey',
    *find(policy) {
      for (const view of newsFrom(policy, 'kms:reencryptfrom')) {
        if (view.others.some(keepsKey)) continue
        const path = pathOfAction(view, 'kms:reencryptfrom')
        yield { path, message: 'ReEncryptFrom takes ciphertexts to a key without attestation' }
      }
    },
  },
  {
    id: 'parent-changes-policy',
    severity: 'error',
    about:
      'The principal that needs a document to decrypt may change the policy (PutKeyPolicy), or make ' +
      'a replica of the key with another policy (ReplicateKey), and so drop the condition.',
    fix: 'give PutKeyPolicy and ReplicateKey to another role than the one that the enclave calls with',
    *find(policy) {
      const { reach } = policy
      const parents = parentsOf(reach)
      for (const view of newsFrom(policy, ...policyChanges)) {
        for (const [index, pattern] of patternsOf(view).entries()) {
          const isOpen = (action: string) => isForParent(reach, view, { action, pattern, parents })
          if (!policyChanges.some(isOpen)) continue
          const message =
            'who needs a document to decrypt can take that condition out of the policy'
          yield { path: principalPath(view, index), message }
        }
      }
    },
  },
  {
    id: 'wildcard-principal',
    severity: 'error',
    about:
      'An Allow names * as its principal: everyone in this account without any policy of their own, ' +
      'and everyone in other accounts whose own policies allow it.',
    fix: 'name the roles, or limit them with aws:PrincipalArn, aws:PrincipalOrgID or kms:CallerAccount',
    *find({ reach }) {
      for (const view of reach.allows) {
        if (!view.passesUnattested || view.others.some(limitsCaller)) continue
        const index = patternsOf(view).findIndex(({ kind }) => kind === 'everyone')
        if (index < 0) continue
        yield { path: principalPath(view, index), message: 'the principal is everyone in AWS' }
      }
    },
  },
  {
    id: 'nobody-can-change',
    severity: 'error',
    about:
      'No statement lets anyone call PutKeyPolicy, or a Deny takes it from all whom one names, or all of ' +
      "them are of other accounts than the key's: the key cannot be managed any more, and only AWS " +
      'Support can help.',
    fix: "allow kms:PutKeyPolicy to an administrator of the key's account that does not use the key",
    *find({ reach, refusals, statements }) {
      if (refusals.length > 0) return
      const isOpen = ({ statement }: StatementView) => statement.action?.matches('kms:putkeypolicy')
      if (reach.isManaged) return
      const near = statements.find(isOpen)
      const path = near ? pathOfAction(near, 'kms:putkeypolicy') : ''
      yield { path, message: 'nobody is allowed to change this policy (kms:PutKeyPolicy)' }
    },
  },
]

const policyChanges = ['kms:putkeypolicy', 'kms:replicatekey']
const waysToPlaintext = ['kms:decrypt', 'kms:reencryptfrom']

/**
 * The statements that let someone call one of the actions. Where the same statement lets Decrypt pass
 * without a document a way round is no news: the rules about that have spoken.
 */
function newsFrom({ reach }: PolicyView, ...actions: readonly string[]): StatementView[] {
  return reach.allows.filter(
    (view) =>
      actions.some((action) => reach.opennessOfAny(view, action) !== 'closed') &&
      reach.opennessOfAny(view, 'kms:decrypt') === 'closed',
  )
}

function isTrue({ condition, name }: ConditionView, lowerCaseKey: string): boolean {
  const { expected } = condition
  return (
    condition.lowerCaseKey === lowerCaseKey &&
    /^(?:Bool|StringEquals|StringEqualsIgnoreCase)$/.test(name.operator.name) &&
    !condition.holds({ get: () => 'false', entries: () => [] }) &&
    !condition.holds({ get: () => undefined, entries: () => [] }) &&
    expected.length > 0
  )
}

function keepsKey(view: ConditionView): boolean {
  return isTrue(view, 'kms:reencryptonsamekey')
}

/** The operations of a grant that lead to a plaintext, or to another grant. */
const grantedWays = [
  'Decrypt',
  'DeriveSharedSecret',
  'GenerateDataKey',
  'GenerateDataKeyPair',
  'ReEncryptFrom',
  'CreateGrant',
]

/** For AWS's services only, or with operations only that give no plaintext. */
function limitsGrants(view: ConditionView): boolean {
  if (isTrue(view, 'kms:grantisforawsresource')) return true
  const { condition, name } = view
  if (condition.lowerCaseKey !== 'kms:grantoperations') return false
  if (name.qualifier !== 'ForAllValues') return false
  return grantedWays.every((way) => !condition.holds({ get: () => [way], entries: () => [] }))
}
