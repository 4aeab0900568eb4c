/**
 * Who may call: the principals that have access keys, the sessions that STS began, and the root user
 * of any account. A principal has AWS's unique id, derived from its ARN so that it is the same on
 * every machine. Source: IAM user guide, "IAM identifiers" and "Request information that you can use
 * for policy variables" (the principal key values).
 */
import { createHash } from 'node:crypto'
import type { AttachedPolicy } from '../iam/authorize.ts'
import type { ContextValue, Principal } from '../iam/request.ts'
import { rootArn } from './arn.ts'
import { isIssuedId, IssuedCredentials } from './issued-credentials.ts'

/** A principal with everything that decides what it may do. */
export interface Caller {
  readonly principal: Principal
  /** `aws:userid`: `AIDA…`, `AROA…:session`, or the account's number for its root user. */
  readonly userId: string
  /** `aws:username`: users only. */
  readonly userName?: string
  /** `aws:PrincipalTag/…` */
  readonly tags: Readonly<Record<string, string>>
  /** Identity policies. */
  readonly policies: readonly AttachedPolicy[]
  readonly boundary?: AttachedPolicy
  /** Session policies; absent where the session was begun without any. */
  readonly session?: readonly AttachedPolicy[]
  /** Temporary credentials only: what is known of when they were issued. */
  readonly issued?: {
    readonly atMs: number
    /** When the caller authenticated with MFA; absent where it did not. */
    readonly mfaAtMs?: number
  }
  /** `aws:SourceIdentity`: who stands behind a session, in this role and every role assumed from it. */
  readonly sourceIdentity?: string
  /** `aws:FederatedProvider`: the provider of the web identity that a session was begun with. */
  readonly federatedProvider?: string
  /** What the session keeps of the token's claims, by condition key: `<issuer>:sub`. */
  readonly claims?: Readonly<Record<string, ContextValue>>
  /** Of the tags those that go on to the next session of a chain. */
  readonly transitiveTags?: Readonly<Record<string, string>>
}

/** An access key, and who calls with it. */
export interface Credential {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Temporary credentials only: the token that every call has to carry. */
  readonly sessionToken?: string
  /** Milliseconds since the epoch; temporary credentials only. */
  readonly expiresAtMs?: number
  readonly caller: Caller
}

/**
 * A role and a federated user have temporary credentials only: those that STS did not issue count as
 * issued at that time.
 */
export function withIssueTime(caller: Caller, atMs: number): Caller {
  const { type } = caller.principal
  const isTemporary = type === 'AssumedRole' || type === 'FederatedUser'
  return isTemporary && !caller.issued ? { ...caller, issued: { atMs } } : caller
}

/** Every access key that is known here. */
export class Callers {
  readonly #credentials: ReadonlyMap<string, Credential>
  readonly #issued = new IssuedCredentials<Credential>()
  /** Under `open` root users may be anybody: their sessions are to push out nobody else's. */
  readonly #issuedToRoots = new IssuedCredentials<Credential>()

  /**
   * Of two credentials with one access key id the later counts; the config refuses such a pair. Those
   * that are temporary have been issued at `startMs`: now, where every server's clock starts.
   */
  constructor(credentials: Iterable<Credential>, startMs = Date.now()) {
    this.#credentials = new Map(
      Array.from(credentials, (row) => {
        const caller = withIssueTime(row.caller, startMs)
        return [row.accessKeyId, caller === row.caller ? row : { ...row, caller }]
      }),
    )
  }

  find(accessKeyId: string): Credential | undefined {
    return (
      this.#credentials.get(accessKeyId) ??
      this.#issued.find(accessKeyId) ??
      this.#issuedToRoots.find(accessKeyId)
    )
  }

  /** Whether an access key that is not known was issued here once: it is nobody's for good. */
  isForgotten(accessKeyId: string): boolean {
    return isIssuedId(accessKeyId)
  }

  /** Keeps temporary credentials, which are good until they expire. */
  issue(credential: Credential & { readonly expiresAtMs: number }, nowMs: number): void {
    const isRoot = credential.caller.principal.type === 'Account'
    const issued = isRoot ? this.#issuedToRoots : this.#issued
    issued.keep(credential, nowMs)
  }

  /** Forgets what was issued. */
  reset(): void {
    this.#issued.clear()
    this.#issuedToRoots.clear()
  }

  /** The root user of an account, with the ARN of the Region's partition. */
  rootOf(account: string, region: string): Caller {
    return {
      principal: { type: 'Account', arn: rootArn(account, region), account },
      userId: account,
      tags: {},
      policies: [],
    }
  }
}

/** What the calls of a principal look like. */
export interface Identity {
  readonly principal: Principal
  readonly userId: string
  readonly userName?: string
}

/** The identity of an AWS service, by its name: `s3.amazonaws.com`. It is no part of an account. */
export function serviceIdentity(name: string): Identity {
  return { principal: { type: 'Service', arn: name, account: '' }, userId: name }
}

const federatedUserForm = /^arn:aws[a-z-]*:sts::(\d{12}):federated-user\/([\w+=,.@-]{2,32})$/

const identityForm =
  /^arn:(aws[a-z-]*):iam::(\d{12}):(?:(root)|(user|role)\/((?:[\x21-\x7e]+\/)?([\w+=,.@-]{1,64})))$/

/** The name of a role's session, as STS takes it. */
export const sessionNameForm = /^[\w+=,.@-]{2,64}$/

/**
 * The identity behind an ARN: `…:root`, `…:user/path/name`, `…:federated-user/name`, or
 * `…:role/path/name`, whose calls come as the session `sessionName`. Undefined when the ARN is none
 * of these.
 */
export function identityOf(arn: string, sessionName: string): Identity | undefined {
  return federatedUserOf(arn) ?? iamIdentityOf(arn, sessionName)
}

function federatedUserOf(arn: string): Identity | undefined {
  const [, account, name] = federatedUserForm.exec(arn) ?? []
  if (!account || !name) return undefined
  return { principal: { type: 'FederatedUser', arn, account }, userId: `${account}:${name}` }
}

function iamIdentityOf(arn: string, sessionName: string): Identity | undefined {
  const [, partition, account, root, kind, , name] = identityForm.exec(arn) ?? []
  if (!partition || !account) return undefined
  if (root) return { principal: { type: 'Account', arn, account }, userId: account }
  if (!name) return undefined
  if (kind === 'user') {
    const principal: Principal = { type: 'User', arn, account }
    return { principal, userId: uniqueId('AIDA', arn), userName: name }
  }
  // A session's ARN has the role's name without its path.
  const session = `arn:${partition}:sts::${account}:assumed-role/${name}/${sessionName}`
  return {
    principal: { type: 'AssumedRole', arn: session, account, roleArn: arn },
    userId: `${uniqueId('AROA', arn)}:${sessionName}`,
  }
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** 21 characters like AWS's: four that name the kind of entity, then seventeen of base32. */
function uniqueId(kind: 'AIDA' | 'AROA', arn: string): string {
  const digest = createHash('sha256').update(arn).digest()
  let id: string = kind
  for (const byte of digest.subarray(0, 17)) id += base32.charAt(byte & 31)
  return id
}
