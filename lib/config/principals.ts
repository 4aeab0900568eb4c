/**
 * The principals of a config: users, roles, root users, federated users and AWS services, with their
 * policies and, where they have one, their access key. Refuses an ARN that is none of these, half an
 * access key, members that a principal of that kind does not have, and what IAM has only once.
 */
import type { AttachedPolicy } from '../iam/authorize.ts'
import type { PrincipalType } from '../iam/request.ts'
import {
  identityOf,
  serviceIdentity,
  sessionNameForm,
  type Caller,
  type Credential,
  type Identity,
} from '../kms/callers.ts'
import type { MfaDevice } from '../sts/mfa.ts'
import { linkedServiceOf } from '../sts/roles.ts'
import { readMfaDevice } from './mfa-devices.ts'
import { attachedPolicy } from './policies.ts'
import {
  checkDistinct,
  list,
  optional,
  record,
  text,
  wants,
  whole,
  wrong,
  type Place,
  type RowsOf,
} from './read.ts'
import { readTags } from './tags.ts'

export interface ConfiguredPrincipal {
  /** `arn:aws:iam::…:user/…`, `…:role/…`, `…:root`, `…:federated-user/…`, or a service's name. */
  readonly arn: string
  /** As its calls come: a role's as the session that the config names. */
  readonly caller: Caller
  /** Who may assume a role; absent: those of its account whose policies allow it. */
  readonly trustPolicy: AttachedPolicy | undefined
  /** Roles only; see KnownRole. */
  readonly maxSessionSeconds: number | undefined
  /** Users and root users only. */
  readonly mfaDevices: readonly MfaDevice[] | undefined
  readonly credential: Credential | undefined
}

/** Ours: the session name of a role that the config names none for. */
const defaultSessionName = 'enclave-kms'

const wantedArn = 'a text: the ARN of a user, a role, a root user or a federated user'

export interface PrincipalMembers {
  readonly arn: string | undefined
  readonly service: string | undefined
  readonly accessKeyId: string | undefined
  readonly secretAccessKey: string | undefined
  readonly sessionName: string | undefined
  readonly policies: readonly AttachedPolicy[] | undefined
  readonly boundary: AttachedPolicy | undefined
  readonly trustPolicy: AttachedPolicy | undefined
  readonly maxSessionDuration: number | undefined
  readonly mfaDevices: readonly MfaDevice[] | undefined
  readonly tags: Readonly<Record<string, string>> | undefined
}

/** A reader for each member. */
export const principalRows: RowsOf<PrincipalMembers> = {
  arn: optional(text(wantedArn)),
  service: optional(
    text('a text: the name of a service, like s3.amazonaws.com', /^[a-z0-9.-]+\.amazonaws\.com$/),
  ),
  // What separates the parts of an Authorization header cannot be in an access key id.
  accessKeyId: optional(text('a text of 1 to 128 letters, digits, _ or -', /^[\w-]{1,128}$/)),
  secretAccessKey: optional(text('a text of 1 to 256 characters', /^[^]{1,256}$/)),
  sessionName: optional(
    text('a text: a session name of 2 to 64 of A-Z a-z 0-9 _+=,.@-', sessionNameForm),
  ),
  policies: optional(list(attachedPolicy('identity'))),
  boundary: optional(attachedPolicy('boundary')),
  trustPolicy: optional(attachedPolicy('trust')),
  // AWS's own limits, in seconds.
  maxSessionDuration: optional(whole(3600, 43_200)),
  mfaDevices: optional(list(readMfaDevice)),
  tags: optional(readTags),
}

const readMembers = record<PrincipalMembers>(principalRows)

export function readPrincipal(value: unknown, place: Place): ConfiguredPrincipal {
  return principalOf(readMembers(value, place), place)
}

/** Whom these members are about. Throws ConfigError. */
export function principalOf(members: PrincipalMembers, place: Place): ConfiguredPrincipal {
  const at: At = (name) => ({ ...place, path: `${place.path}.${name}` })
  const identity = readIdentity(members, at)
  checkMembers(members, identity, at)
  checkLinked(members, identity, at)
  const { trustPolicy, maxSessionDuration, mfaDevices, boundary } = members
  const caller: Caller = {
    ...identity,
    tags: members.tags ?? {},
    policies: members.policies ?? [],
    ...(boundary && { boundary }),
  }
  const { roleArn, arn } = caller.principal
  return {
    arn: roleArn ?? arn,
    caller,
    trustPolicy,
    maxSessionSeconds: maxSessionDuration,
    mfaDevices,
    credential: readCredential(members, caller, at),
  }
}

type At = (name: keyof PrincipalMembers) => Place

function readIdentity({ arn, service, sessionName }: PrincipalMembers, at: At): Identity {
  if (service !== undefined) {
    if (arn !== undefined) throw wrong(at('service'), 'want it without arn')
    return serviceIdentity(service)
  }
  if (arn === undefined) throw wants(at('arn'), wantedArn, arn)
  const identity = identityOf(arn, sessionName ?? defaultSessionName)
  if (identity) return identity
  throw wrong(
    at('arn'),
    'want arn:aws:iam::ACCOUNT:user/NAME, …:role/NAME, …:root or …:federated-user/NAME',
  )
}

/** Which kinds of principals have a member that not all have. */
const owners: readonly (readonly [
  name: keyof PrincipalMembers,
  types: readonly PrincipalType[],
  refusal: string,
])[] = [
  ['sessionName', ['AssumedRole'], 'only a role has one'],
  ['trustPolicy', ['AssumedRole'], 'only a role has one'],
  ['maxSessionDuration', ['AssumedRole'], 'only a role has one'],
  ['mfaDevices', ['User', 'Account'], 'only a user has them'],
  ['policies', ['Account', 'User', 'AssumedRole', 'FederatedUser'], 'a service has none'],
  ['boundary', ['Account', 'User', 'AssumedRole', 'FederatedUser'], 'a service has none'],
  ['tags', ['Account', 'User', 'AssumedRole', 'FederatedUser'], 'a service has none'],
]

function checkMembers(members: PrincipalMembers, { principal }: Identity, at: At): void {
  for (const [name, types, refusal] of owners) {
    if (members[name] !== undefined && !types.includes(principal.type)) {
      throw wrong(at(name), refusal)
    }
  }
}

/** A service-linked role is its service's, which a service control policy relies on. */
function checkLinked({ trustPolicy }: PrincipalMembers, { principal }: Identity, at: At): void {
  const service = linkedServiceOf(principal.roleArn ?? '')
  if (service === undefined) return
  if (service === null) {
    throw wrong(
      at('arn'),
      'want role/aws-service-role/SERVICE.amazonaws.com/NAME of a service-linked role',
    )
  }
  const trusts = trustPolicy?.document.statements ?? []
  const isOwn = trusts.every(({ effect, principal: element }) => {
    if (effect === 'Deny') return true
    return (
      !element?.negated &&
      element?.patterns.every(({ kind, name }) => kind === 'service' && name === service)
    )
  })
  if (!isOwn) throw wrong(at('trustPolicy'), `a service-linked role trusts ${service} alone`)
}

function readCredential(
  { accessKeyId, secretAccessKey }: PrincipalMembers,
  caller: Caller,
  at: At,
): Credential | undefined {
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined
  if (accessKeyId === undefined) throw wrong(at('accessKeyId'), 'want it beside secretAccessKey')
  if (secretAccessKey === undefined)
    throw wrong(at('secretAccessKey'), 'want it beside accessKeyId')
  return { accessKeyId, secretAccessKey, caller }
}

/**
 * What IAM has once in an account: the names of users and of roles, whatever their paths and their
 * case, and the serial numbers of devices. A principal may stand in the list more than once.
 */
export function checkUnique(principals: readonly ConfiguredPrincipal[], place: Place): void {
  const places = new Map(principals.map(({ arn }, index) => [arn, `principals[${String(index)}]`]))
  for (const kind of ['user', 'role']) {
    const named = Array.from(places, ([arn, path]) => [iamName(arn, kind), `${path}.arn`] as const)
    checkDistinct(
      place,
      `${kind} name`,
      named.filter(([name]) => name !== ''),
    )
  }
  const devices = principals.flatMap(({ mfaDevices = [] }, index) =>
    mfaDevices.map(({ serialNumber }, at) => {
      const path = `principals[${String(index)}].mfaDevices[${String(at)}].serialNumber`
      return [serialNumber, path] as const
    }),
  )
  checkDistinct(place, 'MFA device', devices)
}

/** The account and the name; nothing for what is not of that kind. */
function iamName(arn: string, kind: string): string {
  const [, account, name] = new RegExp(`:iam::(\\d{12}):${kind}/(?:.*/)?([^/]+)$`).exec(arn) ?? []
  return account && name ? `${account} ${name.toLowerCase()}` : ''
}
