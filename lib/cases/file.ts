/**
 * A file of policy cases: the key policy under test, the key, the principals, the organization and
 * the VPC endpoints around them, and what each case expects. Refuses what the format does not have,
 * naming the file and the path inside it. docs/policy-cases.md has the form.
 */
import { basename, dirname, resolve } from 'node:path'
import { ConfigError } from '../config/config-error.ts'
import { readOrganization, type WrittenOrganization } from '../config/organization.ts'
import {
  inside,
  list,
  mapOf,
  optional,
  record,
  withDefault,
  wrong,
  type Place,
} from '../config/read.ts'
import { ownedBy, readVpcEndpoints, type WrittenVpcEndpoint } from '../config/vpc-endpoints.ts'
import { readYamlFile } from '../config/yaml.ts'
import type { PolicyDocument } from '../iam/document.ts'
import type { Grant } from '../iam/grant.ts'
import type { Caller } from '../kms/callers.ts'
import type { Organization } from '../kms/organization.ts'
import { readAccepted, type Accepted } from './accepted.ts'
import { readCase, readyCases, type PolicyCase, type WrittenCase } from './case.ts'
import { readGrant } from './grants.ts'
import { readKey, type CaseKey } from './key.ts'
import { readPolicySource, type PolicySource } from './policy-source.ts'
import { readCaller } from './principal.ts'

export interface PolicyPlace {
  /** A whole path. */
  readonly file: string
  /** Of the document in the file: `policy`; empty where it is all of it. */
  readonly path: string
}

export interface CasesFile {
  /** As it was given. */
  readonly path: string
  readonly policy: PolicyDocument
  /** The policy's own file; undefined where another file holds the policy. */
  readonly policyPath: string | undefined
  /** Where its author finds it; undefined for a plan's, which nobody writes. */
  readonly policyPlace: PolicyPlace | undefined
  readonly key: CaseKey
  readonly grants: readonly Grant[]
  readonly principals: ReadonlyMap<string, Caller>
  /** The key's account is its member; undefined where nobody is in one. */
  readonly organization: Organization | undefined
  readonly cases: readonly PolicyCase[]
  /** Findings of `policy lint` that are meant. */
  readonly accept: readonly Accepted[]
}

interface FileMembers {
  readonly policy: PolicySource
  readonly key: CaseKey
  readonly principals: Readonly<Record<string, Caller>>
  readonly organization: WrittenOrganization | undefined
  readonly vpcEndpoints: readonly WrittenVpcEndpoint[]
  readonly grants: readonly Grant[]
  readonly cases: readonly WrittenCase[]
  readonly accept: readonly Accepted[]
}

const readMembers = record<FileMembers>({
  policy: readPolicySource,
  key: readKey,
  principals: mapOf(readCaller),
  organization: optional(readOrganization),
  vpcEndpoints: withDefault(readVpcEndpoints, []),
  grants: withDefault(list(readGrant), []),
  cases: list(readCase),
  accept: withDefault(list(readAccepted), []),
})

/**
 * Reads a file of cases, YAML or JSON. Throws ConfigError; `readFile` gives a file's bytes, and
 * throws when it cannot be read.
 */
export async function readCasesFile(path: string, readFile: Place['readFile']): Promise<CasesFile> {
  const value = await readYamlFile(path, readFile)
  checkIsCases(path, value)
  try {
    return await parseCases(path, value, { path: '', baseDir: dirname(path), readFile })
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(path, error.message, error.inPolicy)
    throw error
  }
}

const casesWanted = `want a map with the members policy, key, principals and cases`

/** Says what another file is that somebody may take for one of cases. */
function checkIsCases(path: string, value: unknown): void {
  if (value === null) throw new ConfigError(path, `it is empty: ${casesWanted}`)
  if (typeof value !== 'object' || Array.isArray(value)) throw new ConfigError(path, casesWanted)
  if ('Statement' in value) {
    throw new ConfigError(path, 'this is a key policy; a cases file names it, as its policy')
  }
}

/** The same of members that are in no file: `place` says where their paths are relative to. */
export async function parseCases(path: string, value: unknown, place: Place): Promise<CasesFile> {
  const { policy, key, principals, organization, vpcEndpoints, cases, ...rest } = readMembers(
    value,
    place,
  )
  const { account } = key
  const callers = new Map(Object.entries(principals))
  const endpoints = ownedBy(account, vpcEndpoints).map((one) => [one.id, one] as const)
  const names = { principals: callers, vpcEndpoints: new Map(endpoints) }
  if (cases.length === 0) throw wrong(inside(place, 'cases'), 'want at least one case')
  const { document, path: policyPath, place: policyPlace } = await policy(key)
  const whole = (file: string) => resolve(place.baseDir, file)
  return {
    ...rest,
    path,
    policy: document,
    policyPath: policyPath === undefined ? undefined : whole(policyPath),
    policyPlace: policyPlace && { ...policyPlace, file: whole(policyPlace.file ?? basename(path)) },
    key,
    principals: callers,
    organization: organization && { ...organization, account },
    cases: await readyCases(cases, names, place),
  }
}
