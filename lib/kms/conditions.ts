/**
 * The condition keys of a request, one row each: AWS's global keys and KMS's keys that describe the
 * key or the caller. Keys that a request parameter sets are stated by the operation that has the
 * parameter. Source: service authorization reference for KMS; KMS developer guide, "AWS KMS
 * condition keys"; IAM user guide, "AWS global condition context keys".
 */
import type { ContextValue, RequestContext } from '../iam/request.ts'
import type { AttestationFacts } from './recipient/attestation-facts.ts'
import type { Caller } from './callers.ts'
import { Fault } from './faults.ts'
import type { KeyFacts } from './key.ts'

/** The request's way here. */
export interface Connection {
  /** The peer's address. */
  readonly sourceIp: string
  readonly secure: boolean
  readonly userAgent: string | undefined
  readonly referer: string | undefined
}

/** What an operation says of its own parameters, by condition key in AWS's spelling. */
export type Conditions = Readonly<Record<`${string}:${string}`, ContextValue | undefined>> & {
  /** Sets `kms:EncryptionContext:…` and `kms:EncryptionContextKeys`. */
  readonly encryptionContext?: Readonly<Record<string, string>> | undefined
  /** Sets `aws:RequestTag/…` and `aws:TagKeys`. */
  readonly requestTags?: Readonly<Record<string, string>> | undefined
}

export interface Facts {
  readonly caller: Caller
  readonly connection: Connection
  readonly region: string
  readonly nowMs: number
  /** The id of the organization that the caller's account belongs to. */
  readonly callerOrganization: string | undefined
  /** The id of the organization that the resource's account belongs to. */
  readonly resourceOrganization: string | undefined
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

type Row = (facts: Facts) => ContextValue | undefined

const globalRows: Readonly<Record<string, Row>> = {
  'aws:CurrentTime': ({ nowMs }) => new Date(nowMs).toISOString(),
  'aws:EpochTime': ({ nowMs }) => seconds(nowMs),
  'aws:MultiFactorAuthAge': ({ caller: { issued }, nowMs }) =>
    issued?.mfaAtMs === undefined ? undefined : seconds(nowMs - issued.mfaAtMs),
  'aws:MultiFactorAuthPresent': ({ caller: { issued } }) =>
    issued && String(issued.mfaAtMs !== undefined),
  'aws:PrincipalAccount': ({ caller }) => caller.principal.account,
  'aws:PrincipalArn': ({ caller }) => caller.principal.roleArn ?? caller.principal.arn,
  'aws:PrincipalIsAWSService': ({ caller }) => String(caller.principal.type === 'Service'),
  'aws:PrincipalOrgID': ({ callerOrganization }) => callerOrganization,
  'aws:PrincipalType': ({ caller }) => caller.principal.type,
  'aws:Referer': ({ connection }) => connection.referer,
  'aws:RequestedRegion': ({ region }) => region,
  'aws:ResourceAccount': ({ resourceAccount }) => resourceAccount,
  'aws:ResourceOrgID': ({ resourceOrganization }) => resourceOrganization,
  'aws:SecureTransport': ({ connection }) => String(connection.secure),
  'aws:SourceIp': ({ connection }) => connection.sourceIp,
  'aws:TagKeys': ({ conditions }) => namesOf(conditions.requestTags),
  'aws:TokenIssueTime': ({ caller: { issued } }) => issued && new Date(issued.atMs).toISOString(),
  'aws:UserAgent': ({ connection }) => connection.userAgent,
  'aws:ViaAWSService': () => 'false',
  'aws:userid': ({ caller }) => caller.userId,
  'aws:username': ({ caller }) => caller.userName,
}

const kmsRows: Readonly<Record<string, Row>> = {
  'kms:CallerAccount': ({ caller }) => caller.principal.account,
  'kms:CustomerMasterKeySpec': ({ key }) => key?.spec,
  'kms:CustomerMasterKeyUsage': ({ key }) => key?.usage,
  'kms:EncryptionContextKeys': ({ conditions }) => namesOf(conditions.encryptionContext),
  'kms:KeyOrigin': ({ key }) => key?.origin,
  'kms:KeySpec': ({ key }) => key?.spec,
  'kms:KeyUsage': ({ key }) => key?.usage,
  'kms:MultiRegion': ({ key }) => (key ? String(key.multiRegion) : undefined),
  'kms:MultiRegionKeyType': ({ key }) => key?.multiRegionKeyType,
  'kms:RecipientAttestation:ImageSha384': ({ attestation }) =>
    attestation?.platform === 'nitro-enclave' ? attestation.pcrs.get(0) : undefined,
  'kms:RequestAlias': ({ requestAlias }) => requestAlias,
  'kms:ResourceAliases': ({ resourceAliases }) => resourceAliases,
}

/** A family of keys: the part behind the prefix is the request's own, and its case does not count. */
interface Family {
  readonly prefix: string
  readonly members: (facts: Facts) => Iterable<readonly [suffix: string, value: string]>
}

const families: readonly Family[] = [
  { prefix: 'aws:PrincipalTag/', members: ({ caller }) => Object.entries(caller.tags) },
  { prefix: 'aws:RequestTag/', members: ({ conditions }) => pairs(conditions.requestTags) },
  { prefix: 'aws:ResourceTag/', members: ({ key }) => pairs(key?.tags) },
  {
    prefix: 'kms:EncryptionContext:',
    members: ({ conditions }) => pairs(conditions.encryptionContext),
  },
  {
    prefix: 'kms:RecipientAttestation:PCR',
    members: ({ attestation }) => registers(attestation, 'nitro-enclave'),
  },
  {
    prefix: 'kms:RecipientAttestation:NitroTPMPCR',
    members: ({ attestation }) => registers(attestation, 'nitro-tpm'),
  },
]

const rows = new Map(
  Object.entries({ ...globalRows, ...kmsRows }).map(([name, row]) => [name.toLowerCase(), row]),
)
const lowerCaseFamilies = families.map((family) => ({
  ...family,
  lowerCasePrefix: family.prefix.toLowerCase(),
}))

/** The request context of the facts: every value is computed when a policy asks for it. */
export class KmsContext implements RequestContext {
  readonly #facts: Facts

  constructor(facts: Facts) {
    this.#facts = facts
  }

  get(lowerCaseKey: string): ContextValue | undefined {
    const stated = this.#stated(lowerCaseKey)
    if (stated !== undefined) return stated
    const row = rows.get(lowerCaseKey)
    if (row) return row(this.#facts)
    for (const { lowerCasePrefix, members } of lowerCaseFamilies) {
      if (!lowerCaseKey.startsWith(lowerCasePrefix)) continue
      const wanted = lowerCaseKey.slice(lowerCasePrefix.length)
      return onlyOne(lowerCaseKey, wanted, members(this.#facts))
    }
    return undefined
  }

  *entries(): Generator<readonly [key: string, value: ContextValue]> {
    const seen = new Set<string>()
    for (const [key, value] of Object.entries(this.#facts.conditions)) {
      if (!key.includes(':') || value === undefined) continue
      seen.add(key.toLowerCase())
      yield [key, value as ContextValue]
    }
    for (const [key, row] of Object.entries({ ...globalRows, ...kmsRows })) {
      const value = seen.has(key.toLowerCase()) ? undefined : row(this.#facts)
      if (value !== undefined) yield [key, value]
    }
    for (const { prefix, members } of families) {
      for (const [suffix, value] of members(this.#facts)) {
        if (!seen.has((prefix + suffix).toLowerCase())) yield [prefix + suffix, value]
      }
    }
  }

  /** A key that the operation itself states; it wins over a row that describes the key. */
  #stated(lowerCaseKey: string): ContextValue | undefined {
    const { conditions } = this.#facts
    for (const key in conditions) {
      if (key.length === lowerCaseKey.length && key.toLowerCase() === lowerCaseKey) {
        return conditions[key as `kms:${string}`]
      }
    }
    return undefined
  }
}

function pairs(map: Readonly<Record<string, string>> | undefined): [string, string][] {
  return map ? Object.entries(map) : []
}

/** The names of a map as a multivalued key; absent when there are none. */
function namesOf(map: Readonly<Record<string, string>> | undefined): string[] | undefined {
  const names = map ? Object.keys(map) : []
  return names.length > 0 ? names : undefined
}

function* registers(
  attestation: AttestationFacts | null,
  platform: AttestationFacts['platform'],
): Generator<readonly [string, string]> {
  if (attestation?.platform !== platform) return
  for (const [index, value] of attestation.pcrs) yield [String(index), value]
}

function seconds(ms: number): string {
  return String(Math.floor(ms / 1000))
}

/**
 * The member of that name. Names of a family may differ only by case, but the condition key that a
 * policy asks for is one: no value of the two could be the right one for an Allow and for a Deny.
 */
function onlyOne(
  lowerCaseKey: string,
  wanted: string,
  members: ReturnType<Family['members']>,
): string | undefined {
  let found: string | undefined
  for (const [suffix, value] of members) {
    if (suffix.toLowerCase() !== wanted) continue
    if (found !== undefined && found !== value) {
      throw new Fault(
        'ValidationException',
        `${lowerCaseKey} is ambiguous: the request has names that differ only by case.`,
      )
    }
    found = value
  }
  return found
}
