/**
 * The principals that a policy can name, and how strongly one matches a caller: an account only
 * hands the decision to its own policies, a name decides. Refuses names that AWS would not store: a
 * wildcard inside a name, a group, the unique id of a deleted principal, a provider of identities
 * outside a trust policy.
 * Source: IAM user guide, "AWS JSON policy elements: Principal" and "NotPrincipal".
 */
import { isList, isObject, memberPath, type Json } from './json.ts'
import { invalidPrincipals, PolicyError } from './policy-error.ts'
import type { Principal, PrincipalType } from './request.ts'

/** How a policy's principal matches a caller, the weakest first. */
export const matchStrengths = [
  'NONE',
  'ACCOUNT',
  'DIRECT_ROLE',
  'WILDCARD',
  'DIRECT_USER',
  'DIRECT_SESSION',
  'DIRECT_SERVICE',
] as const
export type PrincipalMatch = (typeof matchStrengths)[number]

type PatternKind =
  'everyone' | 'account' | 'user' | 'role' | 'session' | 'federated-user' | 'service' | 'provider'

interface PrincipalPattern {
  readonly kind: PatternKind
  /** The account's number, the ARN, or the service's or provider's name. */
  readonly name: string
}

export interface PrincipalElement {
  /** NotPrincipal */
  readonly negated: boolean
  readonly patterns: readonly PrincipalPattern[]
  /** The names as the policy writes them. */
  readonly expected: readonly string[]
  /** Where each name stands below the element: `.AWS[0]`; nothing for the plain `*`. */
  readonly places: readonly string[]
}

const forms: Readonly<Record<string, readonly (readonly [PatternKind, RegExp])[]>> = {
  AWS: [
    ['everyone', /^\*$/],
    ['account', /^(\d{12})$/],
    ['account', /^arn:aws[a-z-]*:iam::(\d{12}):root$/],
    ['user', /^arn:aws[a-z-]*:iam::\d{12}:user\/[^*?$\s]+$/],
    ['role', /^arn:aws[a-z-]*:iam::\d{12}:role\/[^*?$\s]+$/],
    ['session', /^arn:aws[a-z-]*:sts::\d{12}:assumed-role\/[^*?$\s/]+\/[^*?$\s/]+$/],
    ['federated-user', /^arn:aws[a-z-]*:sts::\d{12}:federated-user\/[^*?$\s/]+$/],
  ],
  Service: [['service', /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/]],
  Federated: [['provider', /^[^*?\s]+$/]],
}

/** A canonical user is one of Amazon S3's: no policy that is read here may name one. */
const principalTypes = [...Object.keys(forms), 'CanonicalUser']

export interface PrincipalOptions {
  /** NotPrincipal */
  readonly negated: boolean
  /** Whether the policy may name providers of identities. */
  readonly federated: boolean
}

/** Reads the value of a Principal or NotPrincipal element. */
export function parsePrincipals(
  value: Json,
  { negated, federated }: PrincipalOptions,
  path: string,
): PrincipalElement {
  if (value === '*') {
    return { negated, patterns: [{ kind: 'everyone', name: '*' }], expected: ['*'], places: [''] }
  }
  if (!isObject(value)) {
    throw new PolicyError(path, 'a principal is "*" or an object like {"AWS": "…"}')
  }
  const patterns: PrincipalPattern[] = []
  const expected: string[] = []
  const places: string[] = []
  for (const [type, names] of value) {
    const here = memberPath(path, type)
    if (type === 'Federated' && !federated) {
      throw new PolicyError(here, invalidPrincipals, 'only a trust policy has federated principals')
    }
    for (const [index, name] of (isList(names) ? names : [names]).entries()) {
      if (typeof name !== 'string') throw new PolicyError(here, 'a principal is text')
      patterns.push(parsePattern(type, name, here))
      expected.push(name)
      places.push(`.${type}[${index}]`)
    }
  }
  return { negated, patterns, expected, places }
}

function parsePattern(type: string, name: string, path: string): PrincipalPattern {
  if (!principalTypes.includes(type)) {
    const detail = `no type of principal: ${type}; want ${principalTypes.join(', ')}`
    throw new PolicyError(path, invalidPrincipals, detail)
  }
  for (const [kind, form] of forms[type] ?? []) {
    const match = form.exec(name)
    if (match) return { kind, name: match[1] ?? name }
  }
  throw new PolicyError(path, invalidPrincipals, `no principal that AWS stores: ${name}`)
}

/** How strongly the element matches; for NotPrincipal, everyone who is not exempt. */
export function matchPrincipal(
  element: PrincipalElement,
  principal: Principal,
  hasBoundary: boolean,
): PrincipalMatch {
  if (element.negated) return isExempt(element, principal, hasBoundary) ? 'NONE' : 'WILDCARD'
  let best: PrincipalMatch = 'NONE'
  for (const pattern of element.patterns) best = stronger(best, matchPattern(pattern, principal))
  return best
}

/** Of each name, whether it is the caller's, NotPrincipal or not. */
export function namedPrincipals(
  { patterns }: PrincipalElement,
  principal: Principal,
): readonly boolean[] {
  return patterns.map((pattern) => matchPattern(pattern, principal) !== 'NONE')
}

export function stronger(a: PrincipalMatch, b: PrincipalMatch): PrincipalMatch {
  if (a === 'NONE') return b
  return b === 'NONE' || matchStrengths.indexOf(a) > matchStrengths.indexOf(b) ? a : b
}

function matchPattern(pattern: PrincipalPattern, principal: Principal): PrincipalMatch {
  switch (pattern.kind) {
    case 'everyone':
      return 'WILDCARD'
    case 'account':
      return belongsTo(principal, pattern.name) ? 'ACCOUNT' : 'NONE'
    case 'user':
      return principal.type === 'User' && principal.arn === pattern.name ? 'DIRECT_USER' : 'NONE'
    case 'role':
      return principal.roleArn === pattern.name ? 'DIRECT_ROLE' : 'NONE'
    case 'session':
    case 'federated-user':
      return principal.arn === pattern.name ? 'DIRECT_SESSION' : 'NONE'
    case 'service':
      return principal.type === 'Service' && principal.arn === pattern.name
        ? 'DIRECT_SERVICE'
        : 'NONE'
    case 'provider':
      return principal.type === 'WebIdentity' && principal.arn === pattern.name
        ? 'DIRECT_SESSION'
        : 'NONE'
  }
}

/** A service and the bearer of a web identity token are no part of an account. */
function belongsTo(principal: Principal, account: string): boolean {
  return (
    principal.account === account &&
    principal.type !== 'Service' &&
    principal.type !== 'WebIdentity'
  )
}

/** What NotPrincipal must list, all of it, for a caller of each type to be exempt. */
const layers: Readonly<Record<PrincipalType, readonly PatternKind[]>> = {
  Account: ['account'],
  User: ['account', 'user'],
  AssumedRole: ['account', 'role', 'session'],
  FederatedUser: ['account', 'federated-user'],
  Service: ['service'],
  WebIdentity: ['provider'],
}

/**
 * IAM looks at the account first, then at the role, then at the session: one that is not listed is
 * denied. Who has a permissions boundary is always denied.
 */
function isExempt(element: PrincipalElement, principal: Principal, hasBoundary: boolean): boolean {
  if (hasBoundary) return false
  if (element.patterns.some(({ kind }) => kind === 'everyone')) return true
  return layers[principal.type].every((layer) =>
    element.patterns.some(
      (pattern) => pattern.kind === layer && matchPattern(pattern, principal) !== 'NONE',
    ),
  )
}

/** What a caller is to whoever names it by the ARN that AWS prints for it. */
const directMatches: Readonly<Record<PrincipalType, PrincipalMatch>> = {
  Account: 'ACCOUNT',
  User: 'DIRECT_USER',
  AssumedRole: 'DIRECT_SESSION',
  FederatedUser: 'DIRECT_SESSION',
  Service: 'DIRECT_SERVICE',
  WebIdentity: 'NONE',
}

/** How a name in a grant matches: an account, a user, a role, a session or a service. */
export function matchName(name: string, principal: Principal): PrincipalMatch {
  if (name === principal.arn) return directMatches[principal.type]
  if (name === principal.roleArn) return 'DIRECT_ROLE'
  const isAccount = name === principal.account || name.endsWith(`:iam::${principal.account}:root`)
  return isAccount && belongsTo(principal, principal.account) ? 'ACCOUNT' : 'NONE'
}
