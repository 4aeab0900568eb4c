/** The schema of the config file of `enclave-kms serve`. */
import { keyUsages, specs } from '../../lib/crypto/specs.ts'
import { resourceQuotas } from '../../lib/kms/quotas.ts'
import { rateNames } from '../../lib/kms/request-rates.ts'
import {
  account,
  definitions,
  listOf,
  members,
  oneOf,
  organization,
  ref,
  text,
  vpcEndpoints,
  type Schema,
} from './common.ts'

/** Readers take digits in quotes, too. */
function whole(description: string, minimum: number, maximum: number): Schema {
  return { description, type: ['integer', 'string'], minimum, maximum, pattern: '^\\d{1,15}$' }
}

const root: Schema = {
  anyOf: [
    { enum: ['simulated', 'aws'] },
    members('A certificate.', { file: text('Its PEM file, relative to this one.') }, ['file']),
    members(
      'The SHA-256 of a certificate.',
      { sha256: text('64 hex digits.', { pattern: '^[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31}$' }) },
      ['sha256'],
    ),
  ],
}

const key = members(
  'A key of the default account, in the default Region.',
  {
    id: text('A UUID, or mrk- and 32 hex digits.'),
    aliases: listOf('Its aliases.', text('alias/ and a name.', { pattern: '^alias/' })),
    spec: oneOf('SYMMETRIC_DEFAULT unless said.', Object.keys(specs)),
    usage: oneOf('Needed where the spec has several.', keyUsages),
    policy: ref('policy', 'Its key policy. Absent: the default one of KMS.'),
    material: text('Base64 of a raw secret, or of PKCS #8. Absent: new at every start.'),
    tags: ref('tags', 'Its tags.'),
    description: text('What it is for.', { maxLength: 8192 }),
  },
  ['id'],
)

const rate: Schema = { type: 'number', exclusiveMinimum: 0, maximum: 1_000_000 }

/** `group.member` stands in the file as a member of a group. */
function requestRates(): Schema {
  const properties: Record<string, Schema> = {}
  const groups = new Map<string, Record<string, Schema>>()
  for (const name of rateNames) {
    const [group = '', member] = name.split('.')
    if (member === undefined) properties[group] = rate
    else groups.set(group, { ...groups.get(group), [member]: rate })
  }
  for (const [group, rates] of groups) properties[group] = members('Requests a second.', rates)
  return members('Requests a second of an account in a Region.', properties)
}

const things = Object.fromEntries(
  resourceQuotas.map((name) => [name, whole('How many there may be.', 0, 1_000_000_000)]),
)

const properties: Readonly<Record<string, Schema>> = {
  port: whole('Port to listen on; 0 picks one.', 0, 65_535),
  host: text('Address to listen on.', { pattern: '^[\\w.:%-]+$' }),
  data: text('The folder of a durable store.', { pattern: '\\S' }),
  databaseUrl: text('postgres://…', { pattern: '^postgres(?:ql)?://\\S+$' }),
  workers: whole('Processes that answer requests.', 1, 256),
  auth: oneOf('Whether unknown access keys are taken.', ['open', 'strict']),
  tls: {
    description: 'HTTPS, with a certificate made for this start.',
    enum: [true, false, 'true', 'false', '1', '0'],
  },
  logLevel: oneOf('What is logged.', [
    'trace',
    'debug',
    'info',
    'warn',
    'error',
    'fatal',
    'silent',
  ]),
  account: account('The default account: twelve digits, in quotes.'),
  region: text('The default Region.', { pattern: '^[a-z][a-z0-9-]{0,31}$' }),
  hosts: listOf(
    'Host headers that are taken as local.',
    text('A name.', { pattern: '^[\\w.:[\\]-]+$' }),
  ),
  roots: listOf('Trust anchors of attestation documents.', root),
  attestation: members('When a document is believed.', {
    maxAgeSeconds: whole('How old it may be.', 1, 315_360_000),
    futureSkewSeconds: whole('How far ahead of the clock it may be.', 0, 86_400),
  }),
  principals: listOf('Users, roles, root users, federated users and services.', ref('principal')),
  organization: organization('The organization that the default account is a member of.'),
  vpcEndpoints: vpcEndpoints(
    'VPC endpoints through which a request may say that it comes.',
    'the default account’s',
  ),
  keys: listOf('Keys that are there from the start.', key),
  webIdentityProviders: listOf(
    'OpenID Connect providers whose tokens AssumeRoleWithWebIdentity takes.',
    members(
      'A provider.',
      {
        issuer: text('The iss of its tokens.', { pattern: '\\S' }),
        jwks: {
          description: 'Its JSON Web Key Set: a path, or the set itself.',
          type: ['string', 'object'],
        },
        audience: text('The aud of its tokens.', { pattern: '\\S' }),
      },
      ['issuer', 'jwks', 'audience'],
    ),
  ),
  quotas: members('Off unless one is set.', {
    ...things,
    defaults: { description: 'Every quota as AWS has it.', type: 'boolean' },
    requestRates: requestRates(),
  }),
}

export const configSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'enclave-kms config',
  ...members('What enclave-kms serve starts with.', properties),
  $defs: definitions,
}
