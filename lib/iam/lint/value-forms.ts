/**
 * The forms of the values that some condition keys have, to tell a value of a policy that no request
 * ever has. Says so only where it is certain: a pattern or a policy variable is given the benefit.
 * Sources: IAM user guide, "AWS global condition context keys"; KMS developer guide, "AWS KMS
 * condition keys".
 */
import type { ConditionView } from './statement-view.ts'

interface Form {
  readonly keys: RegExp
  /** Of a value of the policy; `start` is what stands before its first wildcard. */
  readonly isImpossible: (text: string, start: string) => boolean
  readonly why: string
  readonly fix: string
}

export interface ImpossibleValue {
  readonly why: string
  readonly fix: string
}

const forms: readonly Form[] = [
  {
    keys: /^aws:principalarn$/,
    isImpossible: (text) => text.includes(':assumed-role/'),
    why: "for a session aws:PrincipalArn is its role's ARN",
    fix: 'write arn:aws:iam::ACCOUNT:role/NAME',
  },
  {
    keys: /^kms:requestalias$/,
    isImpossible: lacks('alias/'),
    why: 'kms:RequestAlias is a name that begins with alias/',
    fix: 'write alias/NAME',
  },
  {
    keys: /^kms:viaservice$/,
    isImpossible: (text) => /^[a-z0-9-]+(?:\.amazonaws\.com(?:\.cn)?)?$/i.test(text),
    why: 'kms:ViaService is a service in a Region',
    fix: 'write it like s3.us-east-1.amazonaws.com',
  },
  {
    keys: /^aws:sourcevpce$/,
    isImpossible: lacks('vpce-'),
    why: 'aws:SourceVpce is the id of an endpoint',
    fix: 'write vpce-…, or compare aws:SourceVpc',
  },
  {
    keys: /^(?:kms:calleraccount|aws:(?:principal|source)account)$/,
    isImpossible: (text, start) =>
      start === text ? !/^\d{12}$/.test(text) : /[^\d*?]|(?:\*?[\d?]){13}/.test(text),
    why: 'an account is compared by its 12 digits',
    fix: 'write the 12 digits of the account, as a text',
  },
]

/** Whether a text without that beginning, or a pattern that cannot have it. */
function lacks(beginning: string): Form['isImpossible'] {
  return (text, start) => {
    const found = start.toLowerCase()
    if (found.startsWith(beginning)) return false
    return start === text || !beginning.startsWith(found)
  }
}

/** Why no request has any of the condition's values; null where one may. */
export function impossibleValues({ condition, name }: ConditionView): ImpossibleValue | null {
  const { lowerCaseKey, expected } = condition
  const form = forms.find(({ keys }) => keys.test(lowerCaseKey))
  const operator = name.operator.name
  if (!form || expected.length === 0 || !/^(?:String|Arn)/.test(operator)) return null
  const isPattern = operator.startsWith('Arn') || operator.endsWith('Like')
  const isImpossible = (text: string): boolean => {
    if (text.includes('${')) return false
    return form.isImpossible(text, isPattern ? (/^[^*?]*/.exec(text)?.[0] ?? '') : text)
  }
  return expected.every(isImpossible) ? form : null
}
