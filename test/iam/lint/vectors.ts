/**
 * For every rule of the search for mistakes a policy that has that one mistake and no other, and one
 * that nearly has it and lints clean. docs/policy-lint.md shows them.
 */
import { createHash } from 'node:crypto'

type Statement = Readonly<Record<string, unknown>>

export interface Vector {
  /** Beside the statement that lets an administrator manage the key. */
  readonly wrong: readonly Statement[]
  readonly right: readonly Statement[]
  /** Where the finding is, and what stands on its line, when the policy is printed with two spaces. */
  readonly path: string
  readonly at: string
  /** Without the administrator's statement. */
  readonly isBare?: true
}

const account = '111122223333'
const root = `arn:aws:iam::${account}:root`
const parent = `arn:aws:iam::${account}:role/enclave-parent`
const keyAdmin = `arn:aws:iam::${account}:role/key-admin`
const digest = (text: string) => createHash('sha384').update(text).digest('hex')
const image = digest('example image')
const signer = digest('example signer')
const command = '0'.repeat(96)
const pcr = (name: string | number) =>
  `kms:RecipientAttestation:${typeof name === 'number' ? `PCR${name}` : name}`
const imageKey = pcr('ImageSha384')

export const administration: Statement = {
  Sid: 'KeyAdministration',
  ...allow(keyAdmin, ['kms:DescribeKey', 'kms:PutKeyPolicy']),
}

function allow(
  principal: string,
  action: unknown,
  condition?: unknown,
  more: object = {},
): Statement {
  return {
    Effect: 'Allow',
    Principal: principal === '*' ? '*' : { AWS: principal },
    Action: action,
    Resource: '*',
    ...(condition !== undefined && { Condition: condition }),
    ...more,
  }
}

function deny(action: unknown, condition?: unknown): Statement {
  return { ...allow('*', action, condition), Effect: 'Deny' }
}

/** What an Allow should say. */
const pinned = { StringEqualsIgnoreCase: { [imageKey]: image } }
const decrypt = allow(parent, 'kms:Decrypt', pinned)
const equal = (values: Record<string, unknown>) =>
  allow(parent, 'kms:Decrypt', { StringEquals: values })
const ways = [
  'kms:Decrypt',
  'kms:DeriveSharedSecret',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyPair',
]
const closed = deny(['kms:ReEncryptFrom', 'kms:ReplicateKey'])
const policyKept = deny('kms:PutKeyPolicy', { StringNotEquals: { 'aws:PrincipalArn': keyAdmin } })
const tpm = (...registers: readonly number[]) =>
  equal(
    Object.fromEntries(
      registers.map((index) => [
        pcr(`NitroTPMPCR${index}`),
        index === 12 ? command : digest('example boot manager'),
      ]),
    ),
  )

export const vectors: Readonly<Record<string, Vector>> = {
  'root-delegation': {
    wrong: [allow(root, ['kms:DescribeKey', 'kms:Decrypt'])],
    right: [allow(root, ['kms:DescribeKey', 'kms:Encrypt']), decrypt],
    path: 'Statement[1].Principal.AWS',
    at: `"AWS": "${root}"`,
  },
  'unattested-access': {
    wrong: [allow(parent, ['kms:Encrypt', 'kms:Decrypt'])],
    right: [allow(parent, ['kms:Encrypt']), decrypt],
    path: 'Statement[1].Action[1]',
    at: '"kms:Decrypt"',
  },
  'unattested-data-key': {
    wrong: [decrypt, allow(parent, 'kms:GenerateDataKey')],
    right: [decrypt, allow(parent, 'kms:GenerateDataKeyWithoutPlaintext')],
    path: 'Statement[2].Action',
    at: '"Action": "kms:GenerateDataKey",',
  },
  'optional-attestation': {
    wrong: [
      allow(parent, 'kms:Decrypt', { StringEqualsIgnoreCaseIfExists: { [imageKey]: image } }),
    ],
    right: [
      allow(parent, 'kms:Decrypt', {
        StringEqualsIgnoreCase: { [imageKey]: image },
        StringNotEquals: { [pcr(8)]: signer },
      }),
    ],
    path: `Statement[1].Condition.StringEqualsIgnoreCaseIfExists.${imageKey}`,
    at: `"${imageKey}": "${image}"`,
  },
  'deny-escape': {
    wrong: [
      allow(root, 'kms:*'),
      deny(ways, { 'ForAnyValue:StringNotEqualsIgnoreCase': { [imageKey]: image } }),
      closed,
      policyKept,
    ],
    right: [
      allow(root, 'kms:*'),
      deny(ways, { StringNotEqualsIgnoreCase: { [imageKey]: image } }),
      closed,
      policyKept,
    ],
    path: `Statement[2].Condition.ForAnyValue:StringNotEqualsIgnoreCase.${imageKey}`,
    at: `"${imageKey}": "${image}"`,
  },
  'create-grant': {
    wrong: [decrypt, allow(keyAdmin, ['kms:CreateGrant', 'kms:RevokeGrant'])],
    right: [
      decrypt,
      allow(keyAdmin, ['kms:CreateGrant', 'kms:RevokeGrant'], {
        Bool: { 'kms:GrantIsForAWSResource': 'true' },
      }),
    ],
    path: 'Statement[2].Action[0]',
    at: '"kms:CreateGrant",',
  },
  're-encrypt-from': {
    wrong: [decrypt, allow(parent, 'kms:ReEncrypt*')],
    right: [decrypt, allow(parent, 'kms:ReEncrypt*', { Bool: { 'kms:ReEncryptOnSameKey': true } })],
    path: 'Statement[2].Action',
    at: '"Action": "kms:ReEncrypt*",',
  },
  'parent-changes-policy': {
    wrong: [decrypt, allow(parent, ['kms:DescribeKey', 'kms:PutKeyPolicy'])],
    right: [decrypt, allow(keyAdmin, ['kms:DescribeKey', 'kms:PutKeyPolicy'])],
    path: 'Statement[2].Principal.AWS',
    at: `"AWS": "${parent}"`,
  },
  'wildcard-principal': {
    wrong: [decrypt, allow('*', 'kms:Encrypt')],
    right: [
      decrypt,
      allow('*', 'kms:Encrypt', { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' } }),
    ],
    path: 'Statement[2].Principal',
    at: '"Principal": "*",',
  },
  'nobody-can-change': {
    wrong: [decrypt, allow(keyAdmin, ['kms:GetKeyPolicy', 'kms:DescribeKey'])],
    right: [decrypt, allow(keyAdmin, ['kms:GetKeyPolicy', 'kms:PutKeyPolicy'])],
    path: '',
    at: '{',
    isBare: true,
  },
  'any-enclave': {
    wrong: [allow(parent, 'kms:Decrypt', { Null: { [imageKey]: 'false' } })],
    right: [
      allow(parent, 'kms:Decrypt', {
        StringEqualsIgnoreCase: { [imageKey]: image },
        Null: { [imageKey]: 'false' },
      }),
    ],
    path: `Statement[1].Condition.Null.${imageKey}`,
    at: `"${imageKey}": "false"`,
  },
  'image-not-pinned': {
    wrong: [equal({ [pcr(3)]: digest('a role'), [pcr(4)]: digest('an instance') })],
    right: [
      equal({ [pcr(0)]: image, [pcr(3)]: digest('a role'), [pcr(4)]: digest('an instance') }),
    ],
    path: `Statement[1].Condition.StringEquals.${pcr(3)}`,
    at: `"${pcr(3)}": "${digest('a role')}",`,
  },
  'image-anywhere': {
    wrong: [allow('*', 'kms:Decrypt', pinned)],
    right: [allow('*', 'kms:Decrypt', { StringEquals: { [imageKey]: image, [pcr(8)]: signer } })],
    path: `Statement[1].Condition.StringEqualsIgnoreCase.${imageKey}`,
    at: `"${imageKey}": "${image}"`,
  },
  'signer-only': {
    wrong: [equal({ [pcr(8)]: signer, [pcr(3)]: digest('a role') })],
    right: [equal({ [pcr(8)]: signer, [pcr(0)]: image })],
    path: `Statement[1].Condition.StringEquals.${pcr(8)}`,
    at: `"${pcr(8)}": "${signer}",`,
  },
  'tpm-command-line': {
    wrong: [tpm(4)],
    right: [tpm(4, 12)],
    path: `Statement[1].Condition.StringEquals.${pcr('NitroTPMPCR4')}`,
    at: `"${pcr('NitroTPMPCR4')}": "${digest('example boot manager')}"`,
  },
  'tpm-not-pinned': {
    wrong: [tpm(12)],
    right: [tpm(12, 7)],
    path: `Statement[1].Condition.StringEquals.${pcr('NitroTPMPCR12')}`,
    at: `"${pcr('NitroTPMPCR12')}": "${command}"`,
  },
  'tpm-aws-register': {
    wrong: [tpm(0, 4, 12)],
    right: [tpm(4, 12, 8)],
    path: `Statement[1].Condition.StringEquals.${pcr('NitroTPMPCR0')}`,
    at: `"${pcr('NitroTPMPCR0')}": "${digest('example boot manager')}",`,
  },
  'mixed-platforms': {
    wrong: [equal({ [pcr(0)]: image, [pcr('NitroTPMPCR7')]: digest('boot') })],
    right: [equal({ [pcr(0)]: image }), equal({ [pcr('NitroTPMPCR7')]: digest('boot') })],
    path: `Statement[1].Condition.StringEquals.${pcr('NitroTPMPCR7')}`,
    at: `"${pcr('NitroTPMPCR7')}": "${digest('boot')}"`,
  },
  'loose-measurement': {
    wrong: [allow(parent, 'kms:Decrypt', { StringLike: { [pcr(0)]: '7*' } })],
    right: [allow(parent, 'kms:Decrypt', { StringLike: { [pcr(0)]: `${image.slice(0, 64)}*` } })],
    path: `Statement[1].Condition.StringLike.${pcr(0)}`,
    at: `"${pcr(0)}": "7*"`,
  },
  'hex-prefix': {
    wrong: [equal({ [pcr(0)]: `0x${image}` })],
    right: [equal({ [pcr(0)]: image })],
    path: `Statement[1].Condition.StringEquals.${pcr(0)}`,
    at: `"${pcr(0)}": "0x${image}"`,
  },
  'not-a-digest': {
    wrong: [equal({ [pcr(0)]: image, [pcr(3)]: parent })],
    right: [equal({ [pcr(0)]: image, [pcr(3)]: digest('a role') })],
    path: `Statement[1].Condition.StringEquals.${pcr(3)}`,
    at: `"${pcr(3)}": "${parent}"`,
  },
  'upper-case-hex': {
    wrong: [equal({ [pcr(0)]: [image, digest('example image, next').toUpperCase()] })],
    right: [
      allow(parent, 'kms:Decrypt', {
        StringEqualsIgnoreCase: { [pcr(0)]: [image, digest('example image, next').toUpperCase()] },
      }),
    ],
    path: `Statement[1].Condition.StringEquals.${pcr(0)}[1]`,
    at: `"${digest('example image, next').toUpperCase()}"`,
  },
  'zero-measurement': {
    wrong: [equal({ [pcr(0)]: command })],
    right: [
      equal({ [pcr(0)]: image }),
      deny('kms:Decrypt', { StringEquals: { [pcr(0)]: command } }),
    ],
    path: `Statement[1].Condition.StringEquals.${pcr(0)}`,
    at: `"${pcr(0)}": "${command}"`,
  },
  'unknown-action': {
    wrong: [decrypt, allow(parent, ['kms:Encrypt', 'kms:ReEncrypt'])],
    right: [decrypt, allow(parent, ['kms:Encrypt', 'kms:ReEncryptTo'])],
    path: 'Statement[2].Action[1]',
    at: '"kms:ReEncrypt"',
  },
  'no-effect-action': {
    wrong: [allow(parent, ['kms:Decrypt', 'kms:GenerateRandom'], pinned)],
    right: [allow(parent, ['kms:Decrypt', 'kms:Generate*'], pinned)],
    path: 'Statement[1].Action[1]',
    at: '"kms:GenerateRandom"',
  },
  'unknown-condition-key': {
    wrong: [equal({ [pcr(0)]: image, 'kms:ViaServices': 's3.us-east-1.amazonaws.com' })],
    right: [equal({ [pcr(0)]: image, 'kms:ViaService': 's3.us-east-1.amazonaws.com' })],
    path: 'Statement[1].Condition.StringEquals.kms:ViaServices',
    at: '"kms:ViaServices": "s3.us-east-1.amazonaws.com"',
  },
  'attestation-key-suffix': {
    wrong: [equal({ 'kms:RecipientAttestation': image })],
    right: [equal({ [imageKey]: image })],
    path: 'Statement[1].Condition.StringEquals.kms:RecipientAttestation',
    at: `"kms:RecipientAttestation": "${image}"`,
  },
  'unknown-operator': {
    wrong: [allow(parent, 'kms:Decrypt', { StringEqual: { [imageKey]: image } })],
    right: [decrypt],
    path: 'Statement[1].Condition.StringEqual',
    at: '"StringEqual": {',
  },
  'attestation-without-recipient': {
    wrong: [allow(parent, ['kms:Decrypt', 'kms:Encrypt'], pinned)],
    right: [decrypt, allow(parent, 'kms:Encrypt')],
    path: 'Statement[1].Action[1]',
    at: '"kms:Encrypt"',
  },
  'for-all-values': {
    wrong: [
      decrypt,
      allow(parent, 'kms:Encrypt', {
        'ForAllValues:StringEquals': { 'kms:ViaService': 's3.us-east-1.amazonaws.com' },
      }),
    ],
    right: [
      decrypt,
      allow(parent, 'kms:Encrypt', {
        'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': 'tenant' },
      }),
    ],
    path: 'Statement[2].Condition.ForAllValues:StringEquals.kms:ViaService',
    at: '"kms:ViaService": "s3.us-east-1.amazonaws.com"',
  },
  'never-matches': {
    wrong: [
      decrypt,
      {
        ...deny('kms:ScheduleKeyDeletion', {
          StringEquals: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/operator-*` },
        }),
        Sid: 'OperatorsKeepTheKey',
      },
    ],
    right: [
      decrypt,
      {
        ...deny('kms:ScheduleKeyDeletion', {
          StringLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/operator-*` },
        }),
        Sid: 'OperatorsKeepTheKey',
      },
    ],
    path: 'Statement[2].Condition.StringEquals.aws:PrincipalArn',
    at: `"aws:PrincipalArn": "arn:aws:iam::${account}:role/operator-*"`,
  },
  'deny-spares-nobody': {
    wrong: [
      decrypt,
      deny('kms:ScheduleKeyDeletion', {
        ArnNotEquals: { 'aws:PrincipalArn': `arn:aws:sts::${account}:assumed-role/operator/alice` },
      }),
    ],
    right: [
      decrypt,
      deny('kms:ScheduleKeyDeletion', {
        ArnNotEquals: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/operator` },
      }),
    ],
    path: 'Statement[2].Condition.ArnNotEquals.aws:PrincipalArn',
    at: `"aws:PrincipalArn": "arn:aws:sts::${account}:assumed-role/operator/alice"`,
  },
  'not-principal-allow': {
    wrong: [
      decrypt,
      {
        Effect: 'Allow',
        NotPrincipal: { AWS: `arn:aws:iam::${account}:role/operator` },
        Action: 'kms:Encrypt',
        Resource: '*',
      },
    ],
    right: [decrypt, allow(parent, 'kms:Encrypt')],
    path: 'Statement[2].NotPrincipal',
    at: '"NotPrincipal": {',
  },
  'malformed-policy': {
    wrong: [{ ...decrypt, Effect: 'allow' }],
    right: [decrypt],
    path: 'Statement[1].Effect',
    at: '"Effect": "allow",',
  },
}

/** The vector's policies, as people write them. */
export function textsOf({ wrong, right, isBare }: Vector): { wrong: string; right: string } {
  const first = isBare ? [] : [administration]
  const text = (statements: readonly Statement[]) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [...first, ...statements] }, null, 2)
  return { wrong: text(wrong), right: text(right) }
}
