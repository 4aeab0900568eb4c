/**
 * What condition keys are made from: who asks, from where, for which key, and what the operation
 * says of its own parameters.
 */
import type { AttachedPolicy } from '../../iam/authorize.ts'
import type { ContextValue } from '../../iam/request.ts'
import type { Caller } from '../callers.ts'
import type { KeyFacts } from '../key.ts'
import type { AttestationFacts } from '../recipient/attestation-facts.ts'

/** The request's way here. */
export interface Connection {
  /** The peer's address. */
  readonly sourceIp: string
  readonly secure: boolean
  readonly userAgent: string | undefined
  readonly referer: string | undefined
  /** A forward access session: the AWS services between the caller and KMS, the first one first. */
  readonly via?: readonly [ServiceHop, ...ServiceHop[]]
  /** The VPC endpoint that the request comes through. */
  readonly vpcEndpoint?: VpcEndpoint
  /** The resource that a service principal calls for. */
  readonly source?: { readonly arn?: string; readonly account?: string }
}

/** An AWS service that calls on behalf of somebody. */
export interface ServiceHop {
  /** `s3.amazonaws.com` */
  readonly principal: string
  /** As kms:ViaService has it: `s3.us-east-1.amazonaws.com`, in every partition. */
  readonly regional: string
}

export interface VpcEndpoint {
  /** `vpce-…` */
  readonly id: string
  /** `vpc-…` */
  readonly vpc: string
  /** The account that owns the endpoint. */
  readonly account: string
  readonly policy: AttachedPolicy
}

/** Where an account stands in its organization. */
export interface Membership {
  /** `o-…` */
  readonly id: string
  /** `o-…/r-…/ou-…/`; absent where nobody says. */
  readonly path?: string | undefined
}

/** What an operation says of its own parameters, by condition key in AWS's spelling. */
export type Conditions = Readonly<Record<`${string}:${string}`, ContextValue | undefined>> & {
  /** Sets `kms:EncryptionContext:…` and `kms:EncryptionContextKeys`. */
  readonly encryptionContext?: Readonly<Record<string, string>> | undefined
  /** Sets `aws:RequestTag/…` and `aws:TagKeys`. */
  readonly requestTags?: Readonly<Record<string, string>> | undefined
  /** Sets `aws:ResourceTag/…` for a key that is not there yet. */
  readonly newKeyTags?: Readonly<Record<string, string>> | undefined
}

export interface Facts {
  /** `kms:Decrypt` */
  readonly action: string
  readonly caller: Caller
  readonly connection: Connection
  readonly region: string
  readonly nowMs: number
  /** The organization that an account is a member of. */
  readonly membershipOf: (account: string) => Membership | undefined
  readonly resourceAccount: string
  /** The key that the action is on; null when it is on none. */
  readonly key: KeyFacts | null
  /** The alias that the request named the key by. */
  readonly requestAlias: string | undefined
  /** The names of the key's aliases, where a policy asks for them. */
  readonly resourceAliases: readonly string[] | undefined
  readonly conditions: Conditions
  readonly attestation: AttestationFacts | null
}

/** The value of one condition key; undefined where the request does not have it. */
export type Row = (facts: Facts) => ContextValue | undefined

export type Rows = Readonly<Record<string, Row>>

/** The names of a map as a multivalued key; absent when there are none. */
export function namesOf(map: Readonly<Record<string, string>> | undefined): string[] | undefined {
  const names = map ? Object.keys(map) : []
  return names.length > 0 ? names : undefined
}
