/**
 * What would have to be otherwise for a denied request to be allowed, and each such change in words:
 * of the request, or of a policy where no request could help.
 */
import type { Evaluation } from './explain.ts'
import { platformOf } from './changed-request.ts'
import { isKnownKey } from './condition-keys.ts'
import { resourcePolicy } from './hints.ts'
import type { HintFacts } from './measurement-mistakes.ts'
import { canHaveKey } from './nearest-values.ts'
import type { AccessRequest, ContextValue, Principal } from './request.ts'
import { shortened } from './shortened.ts'

export interface NeededChange {
  readonly of: 'REQUEST' | 'POLICY'
  readonly policyType: Evaluation['policyType']
  /** The policy's name, or the grant's id; null for a policy that somebody would have to write. */
  readonly policy: string | null
  readonly sid: string | null
  /** Of the statement; null where the change is none of a statement. */
  readonly index: number | null
  /** `Principal`, `Action`, `Condition`, … as in explanations; `Statement` or `Policy` for a whole one. */
  readonly element: string
  readonly operator: string | null
  readonly key: string | null
  readonly expected: readonly string[]
  /** What the request has; null when it has no such key. */
  readonly actual: ContextValue | null
  /** One line for people, long values shortened. */
  readonly text: string
}

/** A change before it is said. */
export type Need = Omit<NeededChange, 'text'> & {
  /** What a condition's key would have to do, or what else a text ends with. */
  readonly words: string
  /** The caller with whom it is needed, where an earlier change has named another. */
  readonly by?: Principal | null
}

export function neededChanges(
  needs: readonly Need[],
  request: AccessRequest,
  facts: HintFacts,
): NeededChange[] {
  let document = facts.attestation?.platform ?? null
  return needs.map((need) => {
    const { words: _, by: __, ...rest } = need
    const platform = need.of === 'REQUEST' && need.key ? platformOf(need.key.toLowerCase()) : null
    const text = platform ? documentText(need, platform, document) : texts(need, request, facts)
    document = platform ?? document
    return { ...rest, text }
  })
}

const documentNames = {
  'nitro-enclave': "a Nitro enclave's attestation document",
  'nitro-tpm': "a NitroTPM's attestation document",
} as const

/** `before` is the kind of document that the request has, or is said to need already. */
function documentText(
  need: Need,
  platform: NonNullable<ReturnType<typeof platformOf>>,
  before: ReturnType<typeof platformOf>,
): string {
  if (before === platform) return conditionText(need)
  const name = documentNames[platform]
  const register = (need.key ?? '').slice('kms:RecipientAttestation:'.length)
  return `the request would have to carry ${name}, whose ${register} would have to ${need.words}`
}

function texts(need: Need, request: AccessRequest, facts: HintFacts): string {
  const { action } = request
  const principal = need.by ?? request.principal
  if (need.element === 'Statement') {
    return `${placeOf(need, action)} would have to not apply: ${need.words}`
  }
  if (need.element === 'Policy') return policyText(need, request)
  if (need.element.endsWith('Principal')) return principalText(need, request)
  if (need.element === 'Operations') {
    return `${placeOf(need, action)} would have to list the operation ${need.words}`
  }
  if (need.of === 'REQUEST') return conditionText(need)
  if (need.words !== '') return `${placeOf(need, action)} would have to ${need.words}`
  if (/^(?:Action|Resource)$/.test(need.element) && need.expected.length === 0) {
    const article = need.element === 'Action' ? 'an' : 'a'
    return `${placeOf(need, action)} would have to have ${article} ${need.element}`
  }
  if (need.element !== 'Condition') {
    return `${placeOf(need, action)} would have to cover ${[need.actual ?? action].flat().join(', ')}`
  }
  const what = `${String(need.operator)} ${String(need.key)}`
  const why = whyNever(need.key ?? '', action, facts)
  return `${placeOf(need, action)} would have to let ${principal.arn} pass ${what}${why}`
}

/** Empty where some request for the action has the key. */
function whyNever(key: string, action: string, { takesRecipient }: HintFacts): string {
  if (!isKnownKey(key) || canHaveKey(action, key, takesRecipient)) return ''
  return platformOf(key.toLowerCase())
    ? `: ${action} carries no document`
    : `: ${action} never has it`
}

function conditionText({ element, key, words, actual }: Need): string {
  if (element === 'Constraints' && key === 'kms:EncryptionContext') {
    return `the encryption context would have to ${words} (${found(actual)})`
  }
  return `${String(key)} would have to ${words} (${found(actual)})`
}

function found(actual: ContextValue | null): string {
  if (actual === null) return 'is absent'
  return `is ${[actual].flat().map(shortened).join(', ')}`
}

function principalText({ expected, actual }: Need, { action }: AccessRequest): string {
  const [name = ''] = expected
  const text = `the principal would have to be ${name}`
  if (/^\d{12}$|:root$/.test(name)) {
    return `${text}, or one of its account whose identity policies allow ${action}`
  }
  return `${text} (is ${[actual ?? ''].flat().join(', ')})`
}

const policyNames: Readonly<Partial<Record<Need['policyType'], string>>> = {
  IDENTITY_BASED_POLICY: 'an identity policy',
  PERMISSIONS_BOUNDARY: 'the permissions boundary',
  RESOURCE_CONTROL_POLICY: 'a resource control policy',
  SERVICE_CONTROL_POLICY: 'a service control policy',
  SESSION_POLICY: 'a session policy',
  VPC_ENDPOINT_POLICY: 'the VPC endpoint policy',
}

/** The types that belong to one user or role. */
const ofCaller: ReadonlySet<Need['policyType']> = new Set<Need['policyType']>([
  'IDENTITY_BASED_POLICY',
  'PERMISSIONS_BOUNDARY',
])

function policyText({ policyType, words, by }: Need, request: AccessRequest): string {
  const { action, resource } = request
  const { roleArn, arn } = by ?? request.principal
  const name =
    policyType === 'RESOURCE_BASED_POLICY'
      ? `the ${resourcePolicy(action)}`
      : (policyNames[policyType] ?? 'a policy')
  const owner = ofCaller.has(policyType)
    ? ` of ${(roleArn ?? arn).split(':').slice(5).join(':')}`
    : ''
  const text = `${name}${owner} would have to allow ${action} on ${resource}`
  return words === '' ? text : `${text} ${words}`
}

function placeOf({ policyType, policy, sid, index }: Need, action: string): string {
  if (policyType === 'GRANT') return `grant ${String(policy)}`
  const where =
    policyType === 'RESOURCE_BASED_POLICY' ? `the ${resourcePolicy(action)}` : String(policy)
  return `statement ${sid ?? String(index)} of ${where}`
}
