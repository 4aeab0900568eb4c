/**
 * What the schemas of cases and of configs have in common: policies, principals and tags, the
 * organization and the VPC endpoints around them.
 */

export type Schema = Readonly<Record<string, unknown>>

/** A map with these members and no others. */
export function members(
  description: string,
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
): Schema {
  return {
    description,
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  }
}

export function mapOf(description: string, values: Schema): Schema {
  return { description, type: 'object', additionalProperties: values }
}

export function listOf(description: string, items: Schema): Schema {
  return { description, type: 'array', items }
}

export function text(description: string, more: Schema = {}): Schema {
  return { description, type: 'string', ...more }
}

export function oneOf(description: string, choices: readonly string[]): Schema {
  return { description, enum: choices }
}

/** One of the definitions below. */
export function ref(name: keyof typeof definitions, description?: string): Schema {
  return { $ref: `#/$defs/${name}`, ...(description !== undefined && { description }) }
}

/** `const`s and numbers are taken as the texts that IAM makes of them. */
const textOrTexts = (description: string): Schema => ({
  description,
  anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
})

const principalElement = (description: string): Schema => ({
  description,
  anyOf: [
    { const: '*' },
    {
      type: 'object',
      properties: {
        AWS: textOrTexts('Accounts, users, roles and sessions, by ARN or account id, or *.'),
        Service: textOrTexts('AWS services, like lambda.amazonaws.com.'),
        Federated: textOrTexts('Identity providers.'),
        CanonicalUser: textOrTexts('A canonical user id of Amazon S3.'),
      },
      additionalProperties: false,
    },
  ],
})

const statement = members(
  'One statement.',
  {
    Sid: text('Its name. Explanations and test results call it by this.'),
    Effect: oneOf('Whether it allows or denies.', ['Allow', 'Deny']),
    Principal: principalElement('Whom it is about.'),
    NotPrincipal: principalElement('Everyone but these. With Allow, AWS advises against it.'),
    Action: textOrTexts('What it is about, like kms:Decrypt; * and ? are wildcards.'),
    NotAction: textOrTexts('Every action but these.'),
    Resource: textOrTexts('On what. In a key policy * is the key itself.'),
    NotResource: textOrTexts('On everything but this.'),
    Condition: mapOf('Operators, each with condition keys and values.', {
      type: 'object',
      additionalProperties: true,
    }),
  },
  ['Effect'],
)

export const principalMembers: Readonly<Record<string, Schema>> = {
  arn: text(
    'arn:aws:iam::ACCOUNT:user/NAME, …:role/NAME, …:root, or arn:aws:sts::ACCOUNT:federated-user/NAME.',
    { pattern: '^arn:' },
  ),
  service: text('An AWS service, instead of an ARN: s3.amazonaws.com.', {
    pattern: '^[a-z0-9.-]+\\.amazonaws\\.com$',
  }),
  accessKeyId: text('With secretAccessKey: the access key that calls are signed with.', {
    pattern: '^[\\w-]{1,128}$',
  }),
  secretAccessKey: text('The other half. For tests only: anyone with the file has it.', {
    minLength: 1,
    maxLength: 256,
  }),
  sessionName: text('Roles: calls come as assumed-role/NAME/SESSION.', {
    pattern: '^[\\w+=,.@-]{2,64}$',
  }),
  policies: { description: 'Identity policies.', type: 'array', items: { $ref: '#/$defs/policy' } },
  boundary: { $ref: '#/$defs/policy', description: 'Permissions boundary.' },
  trustPolicy: {
    $ref: '#/$defs/policy',
    description:
      'Roles: who may assume it. Absent: every principal of the account whose policies allow it.',
  },
  maxSessionDuration: {
    description: 'Roles: how long a session may last, in seconds.',
    type: ['integer', 'string'],
    minimum: 3600,
    maximum: 43_200,
    pattern: '^\\d{1,15}$',
  },
  mfaDevices: listOf(
    'Users: virtual devices for multi-factor authentication.',
    members(
      'A device.',
      {
        serialNumber: text('arn:aws:iam::ACCOUNT:mfa/NAME', { pattern: '^arn:aws' }),
        seed: text('Its secret in base32, as an authenticator app takes it.'),
      },
      ['serialNumber', 'seed'],
    ),
  ),
  tags: { $ref: '#/$defs/tags', description: 'aws:PrincipalTag/…' },
}

/** Every `$defs` of both schemas. */
export const definitions = {
  policyDocument: members(
    'A policy document.',
    {
      Version: oneOf('The version of the policy language.', ['2012-10-17', '2008-10-17']),
      Id: text('Its name.'),
      Statement: {
        description: 'One statement, or a list of them.',
        anyOf: [
          { $ref: '#/$defs/statement' },
          { type: 'array', items: { $ref: '#/$defs/statement' } },
        ],
      },
    },
    ['Statement'],
  ),
  statement,
  policy: {
    description: 'A policy: the path of its file, relative to this one, or the document itself.',
    anyOf: [{ type: 'string', minLength: 1 }, { $ref: '#/$defs/policyDocument' }],
  },
  principal: members(
    'A user, a role, a root user, a federated user or an AWS service.',
    principalMembers,
  ),
  tags: {
    description: 'Tags: at most 50.',
    type: 'object',
    maxProperties: 50,
    propertyNames: { minLength: 1, maxLength: 128, not: { pattern: '^[Aa][Ww][Ss]:' } },
    additionalProperties: { type: 'string', maxLength: 256 },
  },
} as const satisfies Readonly<Record<string, Schema>>

export const account = (description: string): Schema => ({
  description,
  type: ['string', 'integer'],
  pattern: '^\\d{12}$',
  minimum: 100_000_000_000,
  maximum: 999_999_999_999,
})

export function organization(description: string): Schema {
  return members(
    description,
    {
      id: text('o- and 10 to 32 lower-case letters or digits.', { pattern: '^o-[a-z0-9]{10,32}$' }),
      path: text('Where the account hangs in its tree: o-…/r-…/ou-…/', { pattern: '^o-.*/r-.*/$' }),
      serviceControlPolicies: listOf('None of that type where it is empty.', ref('policy')),
      resourceControlPolicies: listOf('None of that type where it is empty.', ref('policy')),
    },
    ['id'],
  )
}

/** `owner` is whose an endpoint is that does not say it. */
export function vpcEndpoints(description: string, owner: string): Schema {
  const endpoint = members(
    'An endpoint.',
    {
      id: text('vpce- and 8 or 17 hex digits.', { pattern: '^vpce-[0-9a-f]+$' }),
      vpc: text('vpc- and 8 or 17 hex digits.', { pattern: '^vpc-[0-9a-f]+$' }),
      account: account(`Whose it is; ${owner} unless said.`),
      policy: ref('policy', 'Its policy. Absent: it allows everything.'),
    },
    ['id', 'vpc'],
  )
  return listOf(description, endpoint)
}
