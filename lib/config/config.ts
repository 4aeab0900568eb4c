/**
 * The config file: what it says, member by member, as the program uses it. Refuses unknown members,
 * wrong types and bad values, each with its path in the file. See docs/config.md.
 */
import type { RootSpec } from '../attest/roots.ts'
import type { Organization } from '../kms/organization.ts'
import type { VpcEndpoint } from '../kms/context/facts.ts'
import { defaults } from '../kms/defaults.ts'
import type { QuotaSettings } from '../kms/quotas.ts'
import type { KeySeed } from '../kms/seed.ts'
import type { WebIdentityProvider } from '../sts/web-identity.ts'
import { readKey, seedOf } from './keys.ts'
import { fileOptionRows, type FileOptions } from './options.ts'
import { readOrganization, type WrittenOrganization } from './organization.ts'
import { checkUnique, readPrincipal, type ConfiguredPrincipal } from './principals.ts'
import { readQuotas } from './quotas.ts'
import {
  accountId,
  checkDistinct,
  inside,
  list,
  optional,
  record,
  text,
  whole,
  withDefault,
  type Place,
  type Read,
} from './read.ts'
import { checkRootFiles, readRoot } from './roots.ts'
import { ownedBy, readVpcEndpoints, type WrittenVpcEndpoint } from './vpc-endpoints.ts'
import { readWebIdentityProvider } from './web-identity-providers.ts'

export interface Config {
  /** The default account: twelve digits. */
  readonly account: string
  readonly region: string
  /** What the file says of `serve`'s options; see resolveOptions. */
  readonly options: FileOptions
  /** Host headers that are taken as local, in lower case. */
  readonly hosts: readonly string[]
  readonly attestation: {
    readonly roots: readonly RootSpec[]
    readonly maxAgeMs: number
    readonly futureSkewMs: number
  }
  readonly principals: readonly ConfiguredPrincipal[]
  readonly organization: Organization | undefined
  readonly vpcEndpoints: readonly VpcEndpoint[]
  readonly keys: readonly KeySeed[]
  /** Undefined where there are none. */
  readonly quotas: QuotaSettings | undefined
  /** Whose tokens AssumeRoleWithWebIdentity takes. */
  readonly webIdentityProviders: readonly WebIdentityProvider[]
}

interface ConfigMembers extends FileOptions {
  readonly account: string
  readonly region: string
  readonly hosts: readonly string[]
  readonly roots: readonly RootSpec[]
  readonly attestation: { readonly maxAgeSeconds: number; readonly futureSkewSeconds: number }
  readonly principals: readonly ConfiguredPrincipal[]
  readonly organization: WrittenOrganization | undefined
  readonly vpcEndpoints: readonly WrittenVpcEndpoint[]
  readonly keys: readonly ReturnType<typeof readKey>[]
  readonly webIdentityProviders: readonly WebIdentityProvider[]
  readonly quotas: QuotaSettings | undefined
}

const usual: ConfigMembers['attestation'] = {
  maxAgeSeconds: defaults.attestation.maxAgeMs / 1000,
  futureSkewSeconds: defaults.attestation.futureSkewMs / 1000,
}

const attestation = record<ConfigMembers['attestation']>({
  maxAgeSeconds: withDefault(whole(1, 10 * 365 * 86_400), usual.maxAgeSeconds),
  futureSkewSeconds: withDefault(whole(0, 86_400), usual.futureSkewSeconds),
})

const hostName: Read<string> = (value, place) =>
  text('a text: a host name', /^[\w.:[\]-]+$/)(value, place).toLowerCase()

const rows: { readonly [K in keyof ConfigMembers]-?: Read<ConfigMembers[K]> } = {
  ...fileOptionRows,
  account: withDefault(accountId, defaults.account),
  region: withDefault(text('a text: a Region', /^[a-z][a-z0-9-]{0,31}$/), defaults.region),
  hosts: withDefault(list(hostName), []),
  roots: withDefault(list(readRoot), ['simulated']),
  attestation: withDefault(attestation, usual),
  principals: withDefault(list(readPrincipal), []),
  organization: optional(readOrganization),
  vpcEndpoints: withDefault(readVpcEndpoints, []),
  keys: withDefault(list(readKey), []),
  webIdentityProviders: withDefault(list(readWebIdentityProvider), []),
  quotas: withDefault(readQuotas, undefined),
}

const readMembers = record<ConfigMembers>(rows)

/** What `serve` runs with when there is no config file. */
export function defaultConfig(): Promise<Config> {
  return parseConfig({}, { baseDir: '.', readFile: () => new Uint8Array() })
}

/** Reads a config that YAML or JSON has been read from. Throws ConfigError. */
export async function parseConfig(value: unknown, files: Omit<Place, 'path'>): Promise<Config> {
  const place: Place = { ...files, path: '' }
  const { account, region, hosts, roots, principals, keys, webIdentityProviders, quotas, ...rest } =
    readMembers(value, place)
  const { attestation, organization, vpcEndpoints, ...options } = rest
  checkNames(place, { principals, keys })
  await checkRootFiles(roots, place)
  const seeds = keys.map((key, index) =>
    seedOf(key, { account, region }, inside(place, `keys[${String(index)}]`)),
  )
  return {
    account,
    region,
    options,
    hosts,
    attestation: {
      roots,
      maxAgeMs: attestation.maxAgeSeconds * 1000,
      futureSkewMs: attestation.futureSkewSeconds * 1000,
    },
    principals,
    organization: organization && { ...organization, account },
    vpcEndpoints: ownedBy(account, vpcEndpoints),
    keys: await Promise.all(seeds),
    quotas,
    webIdentityProviders,
  }
}

function checkNames(
  place: Place,
  { principals, keys }: Pick<ConfigMembers, 'principals' | 'keys'>,
): void {
  const accessKeys = principals.flatMap(({ credential }, index) =>
    credential
      ? [[credential.accessKeyId, `principals[${String(index)}].accessKeyId`] as const]
      : [],
  )
  const ids = keys.map(({ id }, index) => [id, `keys[${String(index)}].id`] as const)
  const aliases = keys.flatMap((key, index) =>
    key.aliases.map((name, at) => [name, `keys[${String(index)}].aliases[${String(at)}]`] as const),
  )
  checkDistinct(place, 'access key', accessKeys)
  checkUnique(principals, place)
  checkDistinct(place, 'key id', ids)
  checkDistinct(place, 'alias', aliases)
}
