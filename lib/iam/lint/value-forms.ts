/**
 * The forms of the values that some condition keys have, to tell a value of a policy that no request
 * ever has. Says so only where it is certain: a pattern or a policy variable is given the benefit.
 * Sources: IAM user guide, "AWS global condition context keys"; KMS developer guide, "AWS KMS
 * condition keys".
 */
import { closestKey, isKnownKey } from '../condition-keys.ts'
import { always } from './contexts.ts'
import type { ConditionView } from './statement-view.ts'
import { valuesOfKey } from './value-enums.ts'

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
export function impossibleValues(view: ConditionView): ImpossibleValue | null {
  const { condition, name } = view
  if (condition.expected.length === 0 || !/^(?:String|Arn)/.test(name.operator.name)) return null
  return ofNoForm(view) ?? notListed(view) ?? ofNoVariable(view)
}

function ofNoForm({ condition, name }: ConditionView): ImpossibleValue | null {
  const { lowerCaseKey, expected } = condition
  const form = forms.find(({ keys }) => keys.test(lowerCaseKey))
  if (!form) return null
  const operator = name.operator.name
  const isPattern = operator.startsWith('Arn') || operator.endsWith('Like')
  const isImpossible = (text: string): boolean => {
    if (text.includes('${')) return false
    return form.isImpossible(text, isPattern ? (/^[^*?]*/.exec(text)?.[0] ?? '') : text)
  }
  return expected.every(isImpossible) ? form : null
}

/** Values outside of an enumeration; the operator says what is equal. */
function notListed({ condition }: ConditionView): ImpossibleValue | null {
  const { lowerCaseKey, key, keys } = condition
  const values = valuesOfKey.get(lowerCaseKey)
  if (!values || keys.length > 1) return null
  const isMet = (value: string): boolean => condition.met(always(value)).includes(true)
  if (values.some(isMet)) return null
  const shown =
    values.length > mostShown ? `${values.slice(0, mostShown).join(', ')}, …` : values.join(', ')
  return { why: `${key} has one of few values`, fix: `write one of ${shown}` }
}

const mostShown = 6

/** A policy variable that no request has, in every value: nothing is compared with it at all. */
function ofNoVariable({ condition }: ConditionView): ImpossibleValue | null {
  const { expected, keys } = condition
  if (keys.length === 1) return null
  const unknown = expected.map((text) => variablesOf(text).find((name) => !isVariable(name)))
  const [name] = unknown
  if (name === undefined || unknown.includes(undefined)) return null
  const closest = closestKey(name)
  return {
    why: `there is no policy variable \${${name}}`,
    fix:
      closest === undefined ? 'write the value itself' : `write \${${closest}}, if that is meant`,
  }
}

/** Those without a default, which would stand in for them. */
function variablesOf(text: string): string[] {
  return [...text.matchAll(/\$\{([^*?$,}][^,}]*)\}/g)].map(([, name = '']) => name)
}

/** A condition key has the prefix of a service or of a provider. */
function isVariable(name: string): boolean {
  return name.includes(':') && isKnownKey(name)
}

/** The keys whose values never have an asterisk or a question mark of their own. */
const plainKeys =
  /^(?:aws:(?:principal(?:arn|account|orgid|type|tag\/.*)|userid|username|sourceidentity|sourcearn|sourceaccount|sourcevpce?|requestedregion)|kms:(?:calleraccount|viaservice|requestalias|granteeprincipal|retiringprincipal|keyspec|keyusage|encryptionalgorithm))$/

/** Wildcards under an operator that takes them for themselves, in every value. */
export function literalWildcards({ condition, name }: ConditionView): ImpossibleValue | null {
  const { lowerCaseKey, key, operator, expected } = condition
  if (!/^String(?:Not)?Equals/.test(name.operator.name) || !plainKeys.test(lowerCaseKey))
    return null
  const isMeant = (text: string): boolean => /[*?]/.test(text.replace(/\$\{[^}]*\}/g, ''))
  if (expected.length === 0 || !expected.every(isMeant)) return null
  return {
    why: `${operator} takes * and ? literally, and ${key} never has them`,
    fix: `write ${operator.replace(/String(Not)?Equals(?:IgnoreCase)?/i, 'String$1Like')}`,
  }
}
