/**
 * What an operation is, and the order in which a call on one key is checked:
 * which key → authorization → key mismatch → key state → key usage → the operation itself.
 */
import type { KeyUsage } from '../crypto/specs.ts'
import type { Grant } from '../iam/grant.ts'
import type { MaybePromise, Scope } from '../store/store.ts'
import type { Blob } from './blob.ts'
import type { Call } from './call.ts'
import type { Conditions } from './conditions.ts'
import { Fault } from './faults.ts'
import type { Key } from './key.ts'
import { locateByCiphertext, type Found } from './locate.ts'
import { requireState, type StateRule } from './state.ts'
import type { Input, OperationName, Output } from './model/types.ts'

/** What becomes of the answer when the request carries a Recipient. */
export interface RecipientRule {
  /** The member that is sealed into CiphertextForRecipient, and then left out. */
  readonly secret: 'Plaintext' | 'PrivateKeyPlaintext' | 'SharedSecret'
  /** Other members that AWS leaves out then. */
  readonly omits?: readonly string[]
}

export interface Operation<N extends OperationName = OperationName> {
  readonly name: N
  readonly recipient?: RecipientRule
  /** On one key: the usage that it wants of the key. */
  readonly usage?: KeyUsage
  /** On one key: the condition keys that the request's parameters set. */
  conditions?(input: Input<N>): Conditions
  run(call: Call<N>): MaybePromise<Output<N>>
}

export function operation<N extends OperationName>(
  name: N,
  rest: Omit<Operation<N>, 'name'>,
): Operation<N> {
  return { name, ...rest }
}

/** Names the key: a KeyId parameter, or a ciphertext when there is none. */
export type Target = { readonly keyId: string } | { readonly blob: Blob | null }

/** An operation on one key. */
export interface KeyOperation<N extends OperationName> {
  readonly recipient?: RecipientRule
  /** Which key, for a caller from there; the KeyId parameter's unless said. */
  readonly target?: (input: Input<N>, from: Scope) => Target
  /** Whether the key may be named by an alias. */
  readonly aliases?: boolean
  /** The states in which a key does this; every state unless said. */
  readonly states?: StateRule
  readonly usage?: KeyUsage
  /** The condition keys that the request's parameters set. */
  readonly conditions?: (input: Input<N>) => Conditions
  /** The condition keys that say what has become of the key so far. */
  readonly history?: (call: Call<N>, key: Key) => MaybePromise<Conditions>
  /** Which of the key's grants can allow the call; every one unless said. */
  readonly mayAllow?: (input: Input<N>) => (grant: Grant) => boolean
  /** Refuses a request whose other parts name another key. */
  readonly match?: (input: Input<N>, key: Key) => void
  readonly run: (call: Call<N>, key: Key) => MaybePromise<Output<N>>
}

export function keyOperation<N extends OperationName>(name: N, row: KeyOperation<N>): Operation<N> {
  const action = `kms:${name}`
  const { recipient, target = targetByKeyId, conditions, match, states, usage } = row

  return {
    name,
    ...(recipient && { recipient }),
    ...(usage && { usage }),
    ...(conditions && { conditions }),
    async run(call) {
      const { input } = call
      const named = target(input, call.scope)
      const found: Found =
        'keyId' in named
          ? await call.locate(named.keyId, { action, aliases: row.aliases ?? false })
          : await locateByCiphertext(call, named.blob, action)
      const { key, requestAlias } = found
      const stated = conditions?.(input)
      await call.authorize({
        action,
        key,
        requestAlias,
        throughCiphertext: !('keyId' in named),
        ...(stated && { conditions: stated }),
        ...(row.history && { conditions: { ...stated, ...(await row.history(call, key)) } }),
        ...(row.mayAllow && { mayAllow: row.mayAllow(input) }),
      })
      match?.(input, key)
      if (states) requireState(key, states)
      if (usage) requireUsage(key, usage, name)
      const output = await row.run(call, key)
      if (states === 'cryptographic') call.noteUse(key, name)
      return output
    },
  }
}

function targetByKeyId(input: object): Target {
  return { keyId: (input as { KeyId: string }).KeyId }
}

export function requireUsage(key: Key, usage: KeyUsage, name: OperationName): void {
  if (key.usage === usage) return
  throw new Fault(
    'InvalidKeyUsageException',
    `${key.arn} key usage is ${key.usage} which is not valid for ${name}.`,
  )
}

/** Refuses an algorithm that the key does not have for its usage. */
export function requireAlgorithm(key: Key, algorithm: string): void {
  if (key.algorithms.includes(algorithm)) return
  throw new Fault(
    'InvalidKeyUsageException',
    `Algorithm ${algorithm} is incompatible with key spec ${key.spec}.`,
  )
}
