/**
 * Situations and the policies that make them: every kind of caller, under every kind of key policy,
 * with policies of every other type.
 */
import type { AttachedPolicy, PolicySet } from '../../../lib/iam/authorize.ts'
import type { PolicyDocument, PolicyKind } from '../../../lib/iam/document.ts'
import type { Grant } from '../../../lib/iam/grant.ts'
import type { AccessRequest } from '../../../lib/iam/request.ts'
import { allow, attached, callers, deny, policyOf, requestOf, type CallerName } from '../support.ts'
import {
  isRoot,
  type GrantWord,
  type KeyWord,
  type Situation,
  type Who,
  type Word,
} from './verdicts.ts'

const names: Readonly<Record<Who, CallerName>> = {
  root: 'root',
  user: 'user',
  session: 'role',
  federated: 'federated',
  service: 'service',
  partnerRoot: 'foreignRoot',
  partnerUser: 'foreignUser',
  partnerSession: 'foreignRole',
}

export const everybody = Object.keys(names) as Who[]
export const words: readonly Word[] = ['none', 'silent', 'allows', 'denies']

export function requestBy(who: Who, action = 'kms:Decrypt'): AccessRequest {
  return requestOf(names[who], action)
}

/** The ways in which a key policy can name the caller. */
export function keyWordsOf(who: Who): KeyWord[] {
  const named: KeyWord[] = isRoot(who) ? ['account'] : ['account', 'name']
  if (who === 'service') return ['silent', 'name', 'everyone', 'denies']
  return ['silent', ...named, ...(hasRole(who) ? (['role'] as const) : []), 'everyone', 'denies']
}

export function grantWordsOf(who: Who): GrantWord[] {
  if (who === 'service') return ['none', 'otherAction', 'name']
  if (isRoot(who)) return ['none', 'otherAction', 'account']
  return ['none', 'otherAction', 'account', 'name', ...(hasRole(who) ? (['role'] as const) : [])]
}

/** The policies that a caller of this kind can have. */
export function wordsOf(who: Who, type: keyof typeof kinds): readonly Word[] {
  const isBare = isRoot(who) || who === 'service'
  if (type === 'scp') return who === 'service' ? ['none'] : words
  if (type === 'rcp' || type === 'vpce') return words
  if (isBare || (type === 'session' && /user/i.test(who))) return ['none']
  return words
}

function hasRole(who: Who): boolean {
  return /session/i.test(who)
}

const kinds = {
  identity: 'identity',
  boundary: 'boundary',
  session: 'session',
  scp: 'serviceControl',
  rcp: 'resourceControl',
  vpce: 'vpcEndpoint',
} as const satisfies Record<string, PolicyKind>

export type PolicyName = keyof typeof kinds
export const policyNames = Object.keys(kinds) as PolicyName[]

const otherAction = { Action: 'kms:TagResource' }

/** Read once: a policy of each type for each word, several of a type where there are several. */
const attachments = new Map<string, readonly AttachedPolicy[]>(
  policyNames.flatMap((name) => {
    const kind = kinds[name]
    const silent = attached(kind, 'Allow', otherAction)
    const allows = attached(kind, 'Allow')
    return [
      [`${name} silent`, [silent]],
      [`${name} allows`, [silent, allows]],
      [`${name} denies`, [allows, attached(kind, 'Deny')]],
    ] as const
  }),
)

/** A boundary and an endpoint have one policy: of several statements. */
const documents = new Map<string, PolicyDocument>(
  (['boundary', 'vpce'] as const).flatMap((name) => {
    const everyone = name === 'vpce' ? { Principal: '*' } : {}
    const one = (Effect: string, Action = 'kms:*') => ({
      ...everyone,
      Effect,
      Action,
      Resource: '*',
    })
    const kind = kinds[name]
    return [
      [`${name} silent`, policyOf(kind, one('Allow', 'kms:TagResource'))],
      [`${name} allows`, policyOf(kind, one('Allow', 'kms:TagResource'), one('Allow'))],
      [`${name} denies`, policyOf(kind, one('Allow'), one('Deny', 'kms:De*'))],
    ] as const
  }),
)

const keyPolicies = new Map<string, PolicyDocument>()

function keyPolicyOf(who: Who, word: KeyWord): PolicyDocument {
  const key = `${who} ${word}`
  let policy = keyPolicies.get(key)
  if (!policy) keyPolicies.set(key, (policy = makeKeyPolicy(who, word)))
  return policy
}

function makeKeyPolicy(who: Who, word: KeyWord): PolicyDocument {
  const principal = callers[names[who]]
  const named = who === 'service' ? { Service: principal.arn } : { AWS: principal.arn }
  const silent = allow({ AWS: principal.account || '999988887777' }, otherAction)
  switch (word) {
    case 'silent':
      return policyOf('key', silent)
    case 'account':
      return policyOf('key', allow({ AWS: principal.account }))
    case 'role':
      return policyOf(
        'key',
        silent,
        allow({ AWS: 'roleArn' in principal ? principal.roleArn : '' }),
      )
    case 'name':
      return policyOf('key', silent, allow(named))
    case 'everyone':
      return policyOf('key', allow('*'))
    case 'denies':
      return policyOf('key', allow('*'), deny(named))
  }
}

function grantsOf(who: Who, word: GrantWord): Grant[] {
  const principal = callers[names[who]]
  const to = (granteePrincipal: string, operation = 'Decrypt'): Grant[] => [
    {
      grantId: 'others',
      granteePrincipal: 'arn:aws:iam::999988887777:root',
      operations: ['Decrypt'],
    },
    { grantId: 'g', granteePrincipal, operations: ['DescribeKey', operation] },
  ]
  switch (word) {
    case 'none':
      return []
    case 'otherAction':
      return to(principal.arn, 'Encrypt')
    case 'account':
      return to(`arn:aws:iam::${principal.account}:root`)
    case 'role':
      return to('roleArn' in principal ? principal.roleArn : '')
    case 'name':
      return to(principal.arn)
  }
}

export function policiesOf(s: Situation): PolicySet {
  const list = (name: PolicyName): readonly AttachedPolicy[] | undefined =>
    attachments.get(`${name} ${s[name]}`)
  const single = (name: 'boundary' | 'vpce'): AttachedPolicy | undefined => {
    const document = documents.get(`${name} ${s[name]}`)
    return document && { name, document }
  }
  const [boundary, vpcEndpoint] = [single('boundary'), single('vpce')]
  const [session, serviceControl, resourceControl] = [list('session'), list('scp'), list('rcp')]
  return {
    keyPolicy: keyPolicyOf(s.who, s.key),
    identity: list('identity') ?? [],
    grants: grantsOf(s.who, s.grant),
    ...(boundary && { boundary }),
    ...(session && { session }),
    ...(serviceControl && { serviceControl }),
    ...(resourceControl && { resourceControl }),
    ...(vpcEndpoint && { vpcEndpoint }),
  }
}

/** A caller whom nothing but the key policy concerns. */
export const noOtherPolicies: Omit<Situation, 'who' | 'key'> = {
  identity: 'none',
  boundary: 'none',
  session: 'none',
  scp: 'none',
  rcp: 'none',
  vpce: 'none',
  grant: 'none',
}

/** What is told apart by name: nearly everything that two types of policy can be to each other. */
export function namedSituations(): Situation[] {
  return everybody.flatMap((who) =>
    keyWordsOf(who).flatMap((key) => {
      const here = { ...noOtherPolicies, who, key }
      const identities = wordsOf(who, 'identity').map((identity) => ({ ...here, identity }))
      const allowed: Situation = { ...here, identity: identities.length > 1 ? 'allows' : 'none' }
      const limits = policyNames.slice(1).flatMap((name) =>
        wordsOf(who, name)
          .filter((word) => word !== 'none')
          .map((word) => ({ ...allowed, [name]: word })),
      )
      const grants = grantWordsOf(who)
        .slice(1)
        .flatMap((grant) => [
          { ...here, grant },
          ...(['boundary', 'session'] as const)
            .filter((name) => wordsOf(who, name).length > 1)
            .map((name) => ({ ...allowed, grant, [name]: 'silent' as const })),
        ])
      return [...identities, ...limits, ...grants]
    }),
  )
}

/** Every combination of what the policies of every type can say to this caller. */
export function* allSituations(who: Who): Generator<Situation> {
  for (const key of keyWordsOf(who))
    for (const identity of wordsOf(who, 'identity'))
      for (const boundary of wordsOf(who, 'boundary'))
        for (const session of wordsOf(who, 'session'))
          for (const scp of wordsOf(who, 'scp'))
            for (const rcp of wordsOf(who, 'rcp'))
              for (const vpce of wordsOf(who, 'vpce'))
                for (const grant of grantWordsOf(who))
                  yield { who, key, identity, boundary, session, scp, rcp, vpce, grant }
}
