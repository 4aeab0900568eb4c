/**
 * Which values a condition key could have in a request for an action, so that nothing is proposed
 * that no request can have: a key of other actions, text in another form than the key's, one value
 * where AWS has a list. Sources: service authorization reference, "Actions, resources, and condition
 * keys for AWS KMS"; KMS developer guide, "AWS KMS condition keys"; IAM user guide, "AWS global
 * condition context keys".
 */
import { platformOf } from './changed-request.ts'
import { isKnownKey, isMultivalued } from './condition-keys.ts'
import { actionsWithKey } from './lint/actions.ts'
import type { ContextValue } from './request.ts'

/** The actions of a family of keys that `actionsWithKey` leaves out, in lower case. */
const actionsOfTags = new Set(['kms:createkey', 'kms:tagresource'])

const actionsByKey: readonly (readonly [key: RegExp, actions: ReadonlySet<string>])[] = [
  [/^aws:requesttag\//, actionsOfTags],
  [/^aws:tagkeys$/, new Set([...actionsOfTags, 'kms:untagresource'])],
  [
    /^kms:requestalias$/,
    new Set(
      [
        'Decrypt',
        'DeriveSharedSecret',
        'DescribeKey',
        'Encrypt',
        'GenerateDataKey',
        'GenerateDataKeyPair',
        'GenerateDataKeyPairWithoutPlaintext',
        'GenerateDataKeyWithoutPlaintext',
        'GenerateMac',
        'GetPublicKey',
        'ReEncryptFrom',
        'ReEncryptTo',
        'Sign',
        'Verify',
        'VerifyMac',
      ].map((name) => `kms:${name.toLowerCase()}`),
    ),
  ],
]

/** Whether a request for the action can have the key; a register also needs a Recipient. */
export function canHaveKey(action: string, key: string, takesRecipient: boolean): boolean {
  const lowerCaseKey = key.toLowerCase()
  const lowerCaseAction = action.toLowerCase()
  if (!isKnownKey(key)) return false
  if (platformOf(lowerCaseKey)) return takesRecipient
  if (!lowerCaseAction.startsWith('kms:')) return true
  const row = actionsByKey.find(([form]) => form.test(lowerCaseKey))
  const actions = row?.[1] ?? actionsWithKey(lowerCaseKey)
  return actions?.has(lowerCaseAction) ?? true
}

/** What the values of a key look like; rather too much than too little is let through. */
const forms: readonly (readonly [key: RegExp, value: RegExp])[] = [
  [/^kms:recipientattestation:/, /^[0-9a-f]{96}$/],
  [/^kms:(?:requestalias|resourcealiases)$/, /^alias\/[\w/-]+$/],
  [/^aws:(?:sourceaccount|vpceaccount)$/, /^\d{12}$/],
  [/^aws:(?:sourceip|vpcsourceip)$/, /^[\da-f.:]+$/i],
  [/^aws:sourcearn$/, /^arn:[^*?]+$/],
  [/^(?:aws:requestedregion|kms:(?:primary|replica)region)$/, /^[a-z\d-]+$/],
  [/^kms:viaservice$/, /^[a-z\d.-]+$/],
  [
    /^(?:aws:(?:securetransport|viaawsservice|multifactorauthpresent)|kms:(?:multiregion|grantisforawsresource|bypasspolicylockoutsafetycheck|reencryptonsamekey))$/,
    /^(?:true|false)$/,
  ],
]

/** Whether the key could have the value, in a request that can have the key. */
export function canHaveValue(lowerCaseKey: string, value: ContextValue): boolean {
  if (isMultivalued(lowerCaseKey) !== (typeof value !== 'string')) return false
  const form = forms.find(([key]) => key.test(lowerCaseKey))?.[1]
  return form === undefined || [value].flat().every((one) => form.test(one))
}

/**
 * The keys that say who asks, or whose key it is: they change with the caller or the key, and never
 * by themselves.
 */
const derived = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalisawsservice',
  'aws:principalservicename',
  'aws:principalservicenameslist',
  'aws:principaltype',
  'aws:resourceaccount',
  'aws:userid',
  'aws:username',
  'kms:calleraccount',
])

export function isDerived(lowerCaseKey: string): boolean {
  return derived.has(lowerCaseKey)
}
