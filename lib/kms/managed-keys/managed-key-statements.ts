/**
 * The statements that the key policies of AWS managed keys consist of: the account may use the key
 * through one service and look at it directly, and nobody may change it.
 * Source: the policies that https://github.com/FogSecurity/aws-managed-kms-keys has collected.
 */
import type { Scope } from '../../store/store.ts'
import { rootArn } from '../arn.ts'

/** A statement, its members in AWS's order. */
type Statement = Readonly<Record<string, unknown>>
/** A statement of the key policy of an account's key in a Region. */
export type Part = (where: Scope) => Statement

const encryption = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*']
export const use = [...encryption, 'kms:DescribeKey']
export const useAndGrant = [...encryption, 'kms:CreateGrant', 'kms:DescribeKey']
export const useGrantAndList = [
  ...encryption,
  'kms:CreateGrant',
  'kms:ListGrants',
  'kms:DescribeKey',
]
export const describe = ['kms:Describe*', 'kms:Get*', 'kms:List*']

const anybody = { AWS: '*' }
export const authorized = 'for all principals in the account that are authorized to use'

function statement(
  Effect: 'Allow' | 'Deny',
  Sid: string,
  Principal: object,
  Action: string | readonly string[],
  Condition?: object,
): Statement {
  return { Sid, Effect, Principal, Action, Resource: '*', ...(Condition && { Condition }) }
}

function via({ account, region }: Scope, service: string) {
  return { 'kms:CallerAccount': account, 'kms:ViaService': `${service}.${region}.amazonaws.com` }
}

/** Lets everybody in the account use the key, through the service alone. */
export function through(
  name: string,
  service: string,
  actions: string | readonly string[] = useAndGrant,
  sid = `Allow access through ${name} ${authorized} ${name}`,
): Part {
  return (where) => statement('Allow', sid, anybody, actions, { StringEquals: via(where, service) })
}

/** As `through`, for a service that calls from other Regions too. */
export function throughAnyRegion(
  name: string,
  service: string,
  actions: string | readonly string[] = useAndGrant,
): Part {
  return ({ account }) =>
    statement('Allow', `Allow access through ${name} ${authorized} ${name}`, anybody, actions, {
      StringEquals: { 'kms:CallerAccount': account },
      StringLike: { 'kms:ViaService': `${service}.*.amazonaws.com` },
    })
}

export function metadataFor(actions: readonly string[]): Part {
  const sid = 'Allow direct access to key metadata to the account'
  return ({ account, region }) =>
    statement('Allow', sid, { AWS: rootArn(account, region) }, actions)
}

export const metadata = metadataFor([...describe, 'kms:RevokeGrant'])
export const metadataWithoutGrants = metadataFor(describe)

/** Lets the service itself look at the key. */
export function directly(sid: string, service: string): Part {
  return () => statement('Allow', sid, { Service: `${service}.amazonaws.com` }, describe)
}

export function directlyByName(name: string, service: string): Part {
  const principal = `${service}.amazonaws.com`
  return directly(
    `Allow ${name} with service principal name ${principal} to describe the key directly`,
    service,
  )
}

/** ACM lets its grants do no more than they have to. */
export const certificates: readonly Part[] = [
  ...(
    [
      ['Allow creation of decryption grants', 'Decrypt'],
      ['Allow creation of encryption grant', ['Encrypt', 'ReEncryptFrom', 'ReEncryptTo']],
    ] as const
  ).map(
    ([sid, operations]): Part =>
      (where) =>
        statement('Allow', sid, anybody, 'kms:CreateGrant', {
          StringEquals: via(where, 'acm'),
          'ForAllValues:StringEquals': { 'kms:GrantOperations': operations },
          Bool: { 'kms:GrantIsForAWSResource': 'true' },
        }),
  ),
  ({ account }) =>
    statement(
      'Allow',
      'Allowed operations for the key owner',
      anybody,
      ['kms:DescribeKey', 'kms:ListGrants', 'kms:RevokeGrant', 'kms:GetKeyPolicy'],
      { StringEquals: { 'kms:CallerAccount': account } },
    ),
  () =>
    statement('Deny', 'Deny re-encryption to any other key', anybody, 'kms:ReEncrypt*', {
      Bool: { 'kms:ReEncryptOnSameKey': 'false' },
    }),
  through('', 'acm', 'kms:Decrypt', 'Allow decrypt'),
]

/** Connect encrypts for its own organizations alone. */
export const contactCenters: readonly Part[] = [
  through('Connect', 'connect', ['kms:CreateGrant', ...describe]),
  directly('Allow Connect to directly describe the key', 'connect'),
  metadata,
  ...(
    [
      ['Restrict direct usage', 'kms:ViaService'],
      ['Restrict usage to Connect data', 'kms:EncryptionContext:aws:connect:OrganizationId'],
    ] as const
  ).map(
    ([sid, key]): Part =>
      () =>
        statement('Deny', sid, anybody, ['kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'], {
          Null: { [key]: 'true' },
        }),
  ),
  through('S3', 's3', 'kms:Decrypt'),
  through('KVS', 'kinesisvideo', 'kms:Decrypt'),
]

/** SES encrypts what it receives, and the account opens it without SES. */
export const mail: readonly Part[] = [
  ({ account, region }) =>
    statement(
      'Allow',
      'Allow SES to encrypt messages belonging to this account',
      { Service: `ses.${region}.amazonaws.com` },
      ['kms:Encrypt', 'kms:GenerateDataKey*'],
      {
        StringEquals: { 'kms:EncryptionContext:aws:ses:source-account': account },
        Null: {
          'kms:EncryptionContext:aws:ses:rule-name': 'false',
          'kms:EncryptionContext:aws:ses:message-id': 'false',
        },
      },
    ),
  ({ region }) =>
    statement(
      'Allow',
      'Allow SES to describe this key',
      { Service: `ses.${region}.amazonaws.com` },
      'kms:DescribeKey',
    ),
  ({ account, region }) =>
    statement(
      'Allow',
      'Allow direct access to key metadata & decryption to the account',
      { AWS: rootArn(account, region) },
      [...describe, 'kms:Decrypt', 'kms:ReEncryptFrom'],
    ),
]

export const archivedMessages: Part = ({ account, region }) =>
  statement(
    'Allow',
    'Allow SNS to decrypt archived messages',
    { Service: 'sns.amazonaws.com' },
    'kms:Decrypt',
    {
      StringEquals: { 'aws:SourceAccount': account },
      ArnLike: { 'aws:SourceArn': `arn:*:sns:${region}:${account}:*` },
    },
  )

export const brokers: Part = (where) =>
  statement(
    'Allow',
    `Allow access to Amazon MQ ${authorized} Amazon MQ`,
    anybody,
    [
      ...['kms:CreateGrant', 'kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey*'],
      ...['kms:Encrypt', 'kms:ReEncrypt*'],
    ],
    {
      StringEquals: {
        ...via(where, 'mq'),
        'kms:ViaService': ['mq', 'elasticfilesystem'].map(
          (service) => `${service}.${where.region}.amazonaws.com`,
        ),
      },
    },
  )
