/**
 * The principals of a config: users, roles and root users, with their policies and, where they have
 * one, their access key. Refuses an ARN that is none of these and half an access key.
 */
import type { AttachedPolicy } from '../iam/authorize.ts'
import { identityOf, sessionNameForm, type Caller, type Credential } from '../kms/callers.ts'
import { attachedPolicy } from './policies.ts'
import { list, optional, record, text, withDefault, wrong, type Place } from './read.ts'
import { readTags } from './tags.ts'

export interface ConfiguredPrincipal {
  /** `arn:aws:iam::…:user/…`, `…:role/…` or `…:root` */
  readonly arn: string
  /** As its calls come: a role's as the session that the config names. */
  readonly caller: Caller
  /** Who may assume a role; absent: those of its account whose policies allow it. */
  readonly trustPolicy: AttachedPolicy | undefined
  readonly credential: Credential | undefined
}

/** Ours: the session name of a role that the config names none for. */
const defaultSessionName = 'enclave-kms'

interface PrincipalMembers {
  readonly arn: string
  readonly accessKeyId: string | undefined
  readonly secretAccessKey: string | undefined
  readonly sessionName: string | undefined
  readonly policies: readonly AttachedPolicy[]
  readonly boundary: AttachedPolicy | undefined
  readonly trustPolicy: AttachedPolicy | undefined
  readonly tags: Readonly<Record<string, string>>
}

const readMembers = record<PrincipalMembers>({
  arn: text('a text: the ARN of a user, a role or a root user'),
  // What separates the parts of an Authorization header cannot be in an access key id.
  accessKeyId: optional(text('a text of 1 to 128 letters, digits, _ or -', /^[\w-]{1,128}$/)),
  secretAccessKey: optional(text('a text of 1 to 256 characters', /^[^]{1,256}$/)),
  sessionName: optional(
    text('a text: a session name of 2 to 64 of A-Z a-z 0-9 _+=,.@-', sessionNameForm),
  ),
  policies: withDefault(list(attachedPolicy('identity')), []),
  boundary: optional(attachedPolicy('boundary')),
  trustPolicy: optional(attachedPolicy('trust')),
  tags: withDefault(readTags, {}),
})

export function readPrincipal(value: unknown, place: Place): ConfiguredPrincipal {
  const members = readMembers(value, place)
  const { arn, sessionName, trustPolicy } = members
  const at = (name: keyof PrincipalMembers): Place => ({ ...place, path: `${place.path}.${name}` })
  const identity = identityOf(arn, sessionName ?? defaultSessionName)
  if (!identity) {
    throw wrong(at('arn'), 'want arn:aws:iam::ACCOUNT:user/NAME, …:role/NAME or …:root')
  }
  if (identity.principal.type !== 'AssumedRole') {
    for (const name of ['sessionName', 'trustPolicy'] as const) {
      if (members[name] !== undefined) throw wrong(at(name), 'only a role has one')
    }
  }
  const { boundary } = members
  const caller: Caller = {
    ...identity,
    tags: members.tags,
    policies: members.policies,
    ...(boundary && { boundary }),
  }
  return { arn, caller, trustPolicy, credential: readCredential(members, caller, at) }
}

function readCredential(
  { accessKeyId, secretAccessKey }: PrincipalMembers,
  caller: Caller,
  at: (name: 'accessKeyId' | 'secretAccessKey') => Place,
): Credential | undefined {
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined
  if (accessKeyId === undefined) throw wrong(at('accessKeyId'), 'want it beside secretAccessKey')
  if (secretAccessKey === undefined)
    throw wrong(at('secretAccessKey'), 'want it beside accessKeyId')
  return { accessKeyId, secretAccessKey, caller }
}
