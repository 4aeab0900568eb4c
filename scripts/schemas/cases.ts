/** The schema of policy cases: `*.cases.yaml` and `*.cases.json`. */
import { keyUsages, specs } from '../../lib/crypto/specs.ts'
import { actionNames } from '../../lib/cases/actions.ts'
import { rules } from '../../lib/iam/lint/index.ts'
import {
  definitions,
  listOf,
  mapOf,
  members,
  oneOf,
  organization,
  principalMembers,
  ref,
  text,
  vpcEndpoints,
  type Schema,
} from './common.ts'

const pathOfFile = text('The path of the file, relative to this one.', { pattern: '\\S' })

const action: Schema = {
  description: 'An action of KMS. ReEncrypt asks for two: kms:ReEncryptFrom and kms:ReEncryptTo.',
  anyOf: [
    { enum: actionNames },
    // IAM does not mind the case of letters: what is spelt another way is not completed here.
    { type: 'string', pattern: '^[Kk][Mm][Ss]:', not: { pattern: '^kms:[A-Z][a-z]' } },
  ],
}

const contextValue: Schema = {
  anyOf: [{ type: ['string', 'number', 'boolean'] }, { type: 'array', items: { type: 'string' } }],
}

const attestation: Schema = {
  ...members('The attestation document of the request. Absent: it has none.', {
    pcrs: {
      description: 'All registers of the document: one that is not named is absent.',
      type: 'object',
      propertyNames: { pattern: '^(?:\\d|[12]\\d|3[01])$' },
      additionalProperties: { type: 'string', pattern: '^[0-9A-Fa-f]{96}$' },
    },
    platform: oneOf('What attests: nitro-enclave unless said.', ['nitro-enclave', 'nitro-tpm']),
    debug: { description: 'An enclave in debug mode: its registers are zero.', type: 'boolean' },
    document: { ...pathOfFile, description: 'A document, raw or in base64, believed at its time.' },
    eif: { ...pathOfFile, description: 'The enclave image whose measurements the document has.' },
  }),
  anyOf: [
    { required: ['pcrs'] },
    { required: ['eif'] },
    { required: ['document'] },
    { required: ['debug'], properties: { debug: { const: true } } },
  ],
}

const policy: Schema = {
  description: 'The key policy under test.',
  anyOf: [
    { type: 'string', minLength: 1 },
    ref('policyDocument'),
    members(
      'A resource of a Terraform plan.',
      {
        terraform: { ...pathOfFile, description: 'What terraform show -json printed of the plan.' },
        address: text('The address of an aws_kms_key or an aws_kms_key_policy.', {
          pattern: '\\S',
        }),
      },
      ['terraform', 'address'],
    ),
    members(
      'A key of a CloudFormation template.',
      {
        cloudformation: { ...pathOfFile, description: 'The template, in YAML or JSON.' },
        resource: text('The logical id of an AWS::KMS::Key or an AWS::KMS::ReplicaKey.', {
          pattern: '\\S',
        }),
        parameters: mapOf('What Ref and Fn::GetAtt give: Name, or Name.Attribute.', {
          anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
        }),
      },
      ['cloudformation', 'resource'],
    ),
  ],
}

/** CreateGrant's members, each in both spellings. */
function inBothSpellings(properties: Readonly<Record<string, Schema>>): Record<string, Schema> {
  const entries = Object.entries(properties)
  const capital = entries.map(([name, schema]) => [
    name.slice(0, 1).toUpperCase() + name.slice(1),
    schema,
  ])
  return { ...properties, ...(Object.fromEntries(capital) as Record<string, Schema>) }
}

const texts = (description: string) => mapOf(description, { type: 'string' })

const grant = {
  ...members(
    'A grant on the key, with the members that CreateGrant and ListGrants have.',
    inBothSpellings({
      granteePrincipal: text('Whom it allows.'),
      granteeServicePrincipal: text('The AWS service that it allows.'),
      retiringPrincipal: text('Who may retire it.'),
      retiringServicePrincipal: text('The AWS service that may retire it.'),
      operations: listOf('What it allows, like Decrypt.', {
        type: 'string',
        pattern: '^[A-Z]\\w*$',
      }),
      constraints: members(
        'When it allows.',
        inBothSpellings({
          encryptionContextEquals: texts('The encryption context, exactly.'),
          encryptionContextSubset: texts('What the encryption context has to have.'),
          sourceArn: text('The resource on behalf of which the call is made.'),
        }),
      ),
      issuingAccount: text('Where it was made: arn:aws:iam::ACCOUNT:root.'),
      name: text('Its name.'),
      grantId: text('Its id, by which results call it.'),
    }),
  ),
  allOf: [
    { anyOf: [{ required: ['operations'] }, { required: ['Operations'] }] },
    {
      anyOf: [
        'granteePrincipal',
        'GranteePrincipal',
        'granteeServicePrincipal',
        'GranteeServicePrincipal',
      ].map((name) => ({ required: [name] })),
    },
  ],
}

const key = members(
  'The key that the policy is of.',
  {
    arn: text('arn:aws:kms:REGION:ACCOUNT:key/ID', {
      pattern: '^arn:aws[a-z-]*:kms:[^:]+:\\d{12}:key/',
    }),
    spec: oneOf('SYMMETRIC_DEFAULT unless said.', Object.keys(specs)),
    usage: oneOf('Follows from the action unless said.', keyUsages),
    tags: ref('tags', 'aws:ResourceTag/…'),
  },
  ['arn'],
)

const principal = members('A user, a role, a root user, a federated user or an AWS service.', {
  ...principalMembers,
  sessionPolicies: listOf(
    'Roles and federated users: the policies that the session was begun with.',
    ref('policy'),
  ),
})

const policyCase = members(
  'A request, and what should become of it.',
  {
    name: text('What results call it.', { pattern: '\\S' }),
    principal: text('Who asks: a name under principals.'),
    action: {
      description: 'An action, or a list of them: a case for each.',
      anyOf: [action, { type: 'array', minItems: 1, items: action }],
    },
    encryptionContext: texts('The encryption context of the request.'),
    attestation,
    vpcEndpoint: text('The endpoint by which the request comes: an id under vpcEndpoints.'),
    context: {
      description: 'Condition keys, in place of those that the request would have.',
      type: 'object',
      propertyNames: { pattern: '^[^:\\s]+:\\S' },
      additionalProperties: contextValue,
    },
    expect: oneOf('The decision; deny is either kind of denial.', [
      'allow',
      'deny',
      'explicit-deny',
      'implicit-deny',
    ]),
  },
  ['name', 'principal', 'action', 'expect'],
)

const accepted = members(
  'A finding of policy lint that is meant.',
  {
    rule: oneOf(
      'The id of its rule.',
      rules.map(({ id }) => id),
    ),
    statement: text('The Sid of the statement that it is about. Absent: any.', { pattern: '\\S' }),
    reason: text('Why it is meant.', { pattern: '\\S' }),
  },
  ['rule', 'reason'],
)

export const casesSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'enclave-kms policy cases',
  ...members(
    'Who may do what under a key policy, and with which attestation document.',
    {
      policy,
      key,
      principals: mapOf('By the names that cases use.', principal),
      organization: organization('The organization that the account of the key is a member of.'),
      vpcEndpoints: vpcEndpoints('VPC endpoints by which cases come.', 'the account of the key'),
      grants: listOf('Grants on the key.', grant),
      accept: listOf('Findings of policy lint that are meant.', accepted),
      cases: { ...listOf('What is asked, in order.', policyCase), minItems: 1 },
    },
    ['policy', 'key', 'principals', 'cases'],
  ),
  $defs: definitions,
}
