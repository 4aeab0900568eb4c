/**
 * Who may call: the principals that have access keys, and the root user of any account. A principal
 * has AWS's unique id, derived from its ARN so that it is the same on every machine.
 * Source: IAM user guide, "IAM identifiers" and "Request information that you can use for policy
 * variables" (the principal key values).
 */
import { createHash } from 'node:crypto'
import type { AttachedPolicy } from '../iam/authorize.ts'
import type { Principal } from '../iam/request.ts'
import { rootArn } from './arn.ts'

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
  /** Temporary credentials only: what STS knew when it issued them. */
  readonly issued?: {
    readonly atMs: number
    /** When the caller authenticated with MFA; absent where it did not. */
    readonly mfaAtMs?: number
  }
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

/** Every access key that is known here. */
export class Callers {
  readonly #credentials: ReadonlyMap<string, Credential>

  /** Of two credentials with one access key id the later counts; the config refuses such a pair. */
  constructor(credentials: Iterable<Credential>) {
    this.#credentials = new Map(Array.from(credentials, (row) => [row.accessKeyId, row]))
  }

  find(accessKeyId: string): Credential | undefined {
    return this.#credentials.get(accessKeyId)
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

/** What the calls of an IAM user, a role or a root user look like. */
export interface Identity {
  readonly principal: Principal
  readonly userId: string
  readonly userName?: string
}

const identityForm =
  /^arn:(aws[a-z-]*):iam::(\d{12}):(?:(root)|(user|role)\/((?:[\x21-\x7e]+\/)?([\w+=,.@-]{1,64})))$/

/** The name of a role's session, as STS takes it. */
export const sessionNameForm = /^[\w+=,.@-]{2,64}$/

/**
 * The identity behind an IAM ARN: `…:root`, `…:user/path/name`, or `…:role/path/name`, whose calls
 * come as the session `sessionName`. Undefined when the ARN is none of these.
 */
export function identityOf(arn: string, sessionName: string): Identity | undefined {
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
