/**
 * The IAM actions of KMS that a case may ask about, each with what its operation says of a request:
 * the condition keys that parameters set, and whether it carries a Recipient. Everything but what a
 * case names is left out of the request, so that parameters have their defaults.
 * Source: service authorization reference, "Actions, resources, and condition keys for AWS KMS".
 */
import type { KeyUsage } from '../crypto/specs.ts'
import { keylessActions } from '../iam/lint/actions.ts'
import { suggestion } from '../config/nearest.ts'
import { wants, wantsOf, wrong, type Place } from '../config/read.ts'
import type { Conditions } from '../kms/conditions.ts'
import { operationNames } from '../kms/model/model.ts'
import type { Operation } from '../kms/operation.ts'
import { operations } from '../kms/operations/index.ts'
import type { OperationName } from '../kms/model/types.ts'

export interface Action {
  /** In AWS's spelling: `kms:Decrypt`. */
  readonly name: string
  /** Whether it is on a key; others are decided by identity policies alone. */
  readonly onKey: boolean
  readonly takesRecipient: boolean
  /** The usage that it wants of a key. */
  readonly usage: KeyUsage | undefined
  /** An operation without an encryption context leaves it out, as KMS does. */
  readonly conditions: (encryptionContext: EncryptionContext | undefined) => Conditions
}

type EncryptionContext = Readonly<Record<string, string>>

/** ReEncrypt asks for two actions, one on each key, and is none itself. */
const reEncrypt = 'ReEncrypt'

const byLowerCaseName = new Map(
  [
    ...operationNames.filter((name) => name !== reEncrypt).map(actionOf),
    reEncryptAction('ReEncryptFrom'),
    reEncryptAction('ReEncryptTo'),
  ].map((action) => [action.name.toLowerCase(), action]),
)

/** Every action, in AWS's spelling. */
export const actionNames: readonly string[] = [...byLowerCaseName.values()].map(({ name }) => name)

/**
 * The actions that a key policy has a say in, in AWS's spelling. Of kms:RetireGrant it has none: KMS
 * developer guide, "Retiring and revoking grants".
 */
export const keyActions: readonly string[] = [...byLowerCaseName.values()]
  .filter(({ onKey, name }) => onKey && name !== 'kms:RetireGrant')
  .map(({ name }) => name)

function actionOf(name: OperationName): Action {
  const operation = operations.get(name)
  return {
    name: `kms:${name}`,
    onKey: !keylessActions.has(`kms:${name.toLowerCase()}`),
    takesRecipient: operation?.recipient !== undefined,
    usage: operation?.usage,
    conditions: (encryptionContext) => conditionsOf(operation, encryptionContext),
  }
}

function conditionsOf(
  operation: Operation | undefined,
  encryptionContext: EncryptionContext | undefined,
): Conditions {
  const conditions = operation?.conditions?.({}) ?? {}
  return 'encryptionContext' in conditions ? { ...conditions, encryptionContext } : conditions
}

/** Each half has the parameters that Encrypt has. Ours: the other key is another one. */
function reEncryptAction(name: 'ReEncryptFrom' | 'ReEncryptTo'): Action {
  const encrypt = actionOf('Encrypt')
  return {
    ...encrypt,
    name: `kms:${name}`,
    conditions: (encryptionContext) => ({
      ...encrypt.conditions(encryptionContext),
      'kms:ReEncryptOnSameKey': 'false',
    }),
  }
}

/** Reads `kms:Decrypt`; IAM does not mind the case of an action's letters. */
export function readAction(value: unknown, place: Place): Action {
  const want = 'a text: an action of KMS, like kms:Decrypt'
  if (typeof value !== 'string') throw wants(place, want, value)
  const action = byLowerCaseName.get(value.toLowerCase())
  if (action) return action
  if (value.toLowerCase() === `kms:${reEncrypt}`.toLowerCase()) {
    throw wrong(place, 'ReEncrypt asks for two actions: want kms:ReEncryptFrom or kms:ReEncryptTo')
  }
  throw wantsOf(place, want, value, suggestion(value, actionNames))
}
