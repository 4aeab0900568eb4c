import assert from 'node:assert/strict'
import { DecryptCommand, EncryptCommand } from '@aws-sdk/client-kms'
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  type AssumeRoleCommandInput,
} from '@aws-sdk/client-sts'
import {
  account,
  allowAll,
  arn,
  keysOf,
  notAuthorized,
  otherAccount,
  policy,
  refusal,
  region,
  trust,
  useSts,
  withKey,
  type Keys,
} from '../scene.ts'

const alice = withKey('alice', { arn: arn('user/alice'), policies: [allowAll] })
const bob = withKey('bob', { arn: arn('user/bob') })
const stranger = withKey('stranger', {
  arn: arn('user/stranger', otherAccount),
  policies: [allowAll],
})
const powerless = withKey('powerless', { arn: arn('user/powerless', otherAccount) })
const federated = withKey('federated', {
  arn: `arn:aws:sts::${account}:federated-user/fay`,
  policies: [allowAll],
})
const service = withKey('service', { service: 'ec2.amazonaws.com' })
const bounded = withKey('bounded', {
  arn: arn('user/bounded'),
  policies: [allowAll],
  boundary: policy({ Effect: 'Allow', Action: 'kms:*', Resource: '*' }),
})
const forbidden = withKey('forbidden', {
  arn: arn('user/forbidden'),
  policies: [allowAll, policy({ Effect: 'Deny', Action: 'sts:AssumeRole', Resource: '*' })],
})

const parent = arn('role/team/team-parent')
const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab'
const keyArn = `arn:aws:kms:${region}:${account}:key/${keyId}`

const roles = {
  parent: { arn: parent, policies: [allowAll], tags: { Team: 'payments', stage: 'test' } },
  byName: { arn: arn('role/by-name'), trustPolicy: policy(trust({ AWS: bob.arn })) },
  byAccount: { arn: arn('role/by-account'), trustPolicy: policy(trust({ AWS: account })) },
  across: {
    arn: arn('role/across'),
    trustPolicy: policy(
      trust(
        { AWS: otherAccount },
        { Condition: { StringEquals: { 'sts:ExternalId': 'tenant-7' } } },
      ),
    ),
  },
  tagged: {
    arn: arn('role/tagged'),
    policies: [allowAll],
    maxSessionDuration: 7200,
    trustPolicy: policy(
      trust(
        { AWS: account },
        { Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'] },
      ),
    ),
  },
  conditioned: {
    arn: arn('role/conditioned'),
    tags: { access: 'open' },
    trustPolicy: policy(
      trust(
        { AWS: account },
        {
          Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
          Condition: {
            StringLike: { 'sts:RoleSessionName': '${aws:username}-*' },
            StringEquals: {
              'aws:RequestTag/project': 'blue',
              'aws:ResourceTag/access': 'open',
              'sts:SourceIdentity': 'alice',
            },
            'ForAllValues:StringEquals': { 'sts:TransitiveTagKeys': ['project'] },
          },
        },
      ),
    ),
  },
  denying: {
    arn: arn('role/denying'),
    trustPolicy: policy(trust({ AWS: account }), trust({ AWS: '*' }, { Effect: 'Deny' })),
  },
  forService: {
    arn: arn('role/for-service'),
    trustPolicy: policy(trust({ Service: 'ec2.amazonaws.com' })),
  },
  linked: {
    arn: arn('role/aws-service-role/ec2.amazonaws.com/AWSServiceRoleForEC2'),
    policies: [allowAll],
  },
}

const config = {
  principals: [
    alice,
    bob,
    stranger,
    powerless,
    federated,
    service,
    bounded,
    forbidden,
    ...Object.values(roles),
  ],
  keys: [{ id: keyId, aliases: ['alias/app'] }],
}

describe('AssumeRole', () => {
  const scene = useSts(config)

  const assume = (by: Keys, roleArn: string, more: Partial<AssumeRoleCommandInput> = {}) =>
    scene.as(by).send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'w1', ...more }))

  const session = async (by: Keys, roleArn: string, more: Partial<AssumeRoleCommandInput> = {}) =>
    keysOf((await assume(by, roleArn, more)).Credentials)

  const last = async () =>
    (await scene.kms.control('GET', '/_/decisions/last')) as {
      action: string
      effect: string
      message: string
      hints: string[]
      requestContext: Record<string, unknown>
      evaluations: { policyType: string; policy: string; statements: { applies: boolean }[] }[]
    }

  describe('input', () => {
    it('names every constraint that is broken, in AWS’s words', async () => {
      const form = new URLSearchParams({
        Action: 'AssumeRole',
        Version: '2011-06-15',
        RoleArn: '',
        DurationSeconds: '60',
      })
      const answer = await fetch(scene.kms.url, {
        method: 'POST',
        body: form,
        headers: {
          authorization: `AWS4-HMAC-SHA256 Credential=${account}/20260101/us-east-1/sts/aws4_request, SignedHeaders=host;x-amz-date, Signature=0`,
          'x-amz-date': '20260101T000000Z',
        },
      })
      const text = await answer.text()
      assert.equal(answer.status, 400)
      assert.match(text, /<Code>ValidationError<\/Code>/)
      for (const part of [
        "4 validation errors detected: Value '' at 'roleArn' failed to satisfy constraint: Member must satisfy regular expression pattern: ",
        "; Value '' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20; ",
        "; Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null; ",
        "; Value '60' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900<",
      ]) {
        assert.ok(text.includes(part), text)
      }
    })

    it('refuses session names as AWS does', async () => {
      const wants = (value: string, text: string) =>
        refusal(
          'ValidationError',
          `1 validation error detected: Value '${value}' at 'roleSessionName' failed to satisfy constraint: ${text}`,
        )
      await assert.rejects(
        assume(alice, parent, { RoleSessionName: 'Session1:2' }),
        wants('Session1:2', 'Member must satisfy regular expression pattern: [\\w+=,.@-]*'),
      )
      const long = 's'.repeat(65)
      await assert.rejects(
        assume(alice, parent, { RoleSessionName: long }),
        wants(long, 'Member must have length less than or equal to 64'),
      )
    })

    it('refuses what is no ARN', async () => {
      for (const text of [
        'nothing-valid-in-here',
        'arn::b:::something/test-role',
        'arn:a:::something/test-role',
      ]) {
        await assert.rejects(assume(alice, text), refusal('ValidationError', `${text} is invalid`))
      }
    })

    it('refuses more than 50 tags, names that differ by case, and reserved ones', async () => {
      const tags = Array.from({ length: 51 }, (_, n) => ({ Key: `k${String(n)}`, Value: '' }))
      await assert.rejects(
        assume(alice, parent, { Tags: tags }),
        refusal(
          'ValidationError',
          "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50",
        ),
      )
      await assume(alice, parent, { Tags: tags.slice(1) })
      await assert.rejects(
        assume(alice, parent, {
          Tags: [
            { Key: 'a', Value: '1' },
            { Key: 'A', Value: '2' },
          ],
        }),
        refusal(
          'InvalidParameterValue',
          'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
        ),
      )
      await assert.rejects(
        assume(alice, parent, { TransitiveTagKeys: ['a'] }),
        refusal(
          'InvalidParameterValue',
          'The specified transitive tag key must be included in the requested tags.',
        ),
      )
    })

    it('refuses session policies that are none, too long, or managed', async () => {
      await assert.rejects(assume(alice, parent, { Policy: '{"Statement":[{}]}' }), {
        name: 'MalformedPolicyDocumentException',
      })
      const long = JSON.stringify(
        policy({ Sid: 'a'.repeat(2048), Effect: 'Allow', Action: '*', Resource: '*' }),
      )
      await assert.rejects(assume(alice, parent, { Policy: long }), {
        message:
          /^1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048$/,
      })
      const managed = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
      await assert.rejects(
        assume(alice, parent, { PolicyArns: [{ arn: managed }] }),
        refusal('ValidationError', `The managed policy ${managed} does not exist.`),
      )
    })

    it('refuses tags that AWS could not pack', async () => {
      const tags = Array.from({ length: 9 }, (_, n) => ({
        Key: `T${String(n + 1)}`,
        Value: 'a'.repeat(250),
      }))
      await assert.rejects(
        assume(alice, parent, { Tags: tags }),
        refusal(
          'PackedPolicyTooLarge',
          'Packed size of session tags consumes 498% of allotted space.',
        ),
      )
    })
  })

  describe('access', () => {
    it('lets a role without a trust policy be assumed by whom its account allows it', async () => {
      const { AssumedRoleUser } = await assume(alice, parent)
      assert.equal(AssumedRoleUser?.Arn, `arn:aws:sts::${account}:assumed-role/team-parent/w1`)
      await assert.rejects(assume(bob, parent), notAuthorized(bob.arn, parent))
      const decision = await last()
      assert.deepEqual(
        [decision.action, decision.effect, decision.hints],
        [
          'sts:AssumeRole',
          'IMPLICIT_DENY',
          [`the trust policy leaves it to account ${account}: no identity policy allows it`],
        ],
      )
      await assert.rejects(assume(stranger, parent), notAuthorized(stranger.arn, parent))
    })

    it('needs no other policy of whom the trust policy names', async () => {
      await assume(bob, roles.byName.arn)
      await assert.rejects(
        assume(alice, roles.byName.arn),
        notAuthorized(alice.arn, roles.byName.arn),
      )
      const { evaluations } = await last()
      assert.deepEqual(
        evaluations.map(({ policyType, policy: name }) => [policyType, name]),
        [
          ['RESOURCE_BASED_POLICY', 'trust policy'],
          ['IDENTITY_BASED_POLICY', 'principals[2].policies[0]'],
        ],
      )
    })

    it('needs an identity policy where the trust policy names the account', async () => {
      await assume(alice, roles.byAccount.arn)
      await assert.rejects(
        assume(bob, roles.byAccount.arn),
        notAuthorized(bob.arn, roles.byAccount.arn),
      )
    })

    it('needs both accounts’ policies across accounts, and the external id', async () => {
      const { arn: across } = roles.across
      await assume(stranger, across, { ExternalId: 'tenant-7' })
      for (const [who, id] of [
        [stranger, undefined],
        [stranger, 'tenant-8'],
        [powerless, 'tenant-7'],
      ] as const) {
        const more = id === undefined ? {} : { ExternalId: id }
        await assert.rejects(assume(who, across, more), notAuthorized(who.arn, across))
      }
    })

    it('says which other policy limits, as AWS words it', async () => {
      const who = `User: ${bounded.arn} is not authorized to perform: sts:AssumeRole on resource: ${parent}`
      await assert.rejects(
        assume(bounded, parent),
        refusal(
          'AccessDenied',
          `${who} because no permissions boundary allows the sts:AssumeRole action`,
          403,
        ),
      )
      const other = `User: ${forbidden.arn} is not authorized to perform: sts:AssumeRole`
      await assert.rejects(
        assume(forbidden, parent),
        refusal(
          'AccessDenied',
          `${other} on resource: ${parent} with an explicit deny in an identity-based policy`,
          403,
        ),
      )
      const denied = `User: ${alice.arn} is not authorized to perform: sts:AssumeRole`
      await assert.rejects(
        assume(alice, roles.denying.arn),
        refusal('AccessDenied', `${denied} with an explicit deny in the role trust policy`, 403),
      )
    })

    it('refuses root users and federated users, and says why in the decision', async () => {
      const root = { accessKeyId: account, secretAccessKey: 'any' }
      await assert.rejects(
        assume(root, parent),
        refusal('AccessDenied', 'Roles may not be assumed by root accounts.', 403),
      )
      assert.deepEqual((await last()).hints, ['call as a user or a role of the config'])
      await assert.rejects(assume(federated, parent), notAuthorized(federated.arn, parent))
      assert.match((await last()).hints.join(), /federated user/)
    })

    it('refuses a role that there is not, as if there were one', async () => {
      for (const nobody of [arn('role/nobody'), arn('user/alice'), arn('role/x', '999988887777')]) {
        await assert.rejects(assume(alice, nobody), notAuthorized(alice.arn, nobody))
        assert.deepEqual((await last()).hints, [`the config has no role ${nobody}`])
      }
    })

    it('lets a service assume the role that trusts it', async () => {
      await assume(service, roles.forService.arn)
      await assert.rejects(assume(service, parent), notAuthorized('ec2.amazonaws.com', parent))
    })

    it('leaves a service-linked role to its service', async () => {
      await assume(service, roles.linked.arn)
      await assert.rejects(
        assume(alice, roles.linked.arn),
        notAuthorized(alice.arn, roles.linked.arn),
      )
    })

    it('asks for sts:TagSession and sts:SetSourceIdentity too', async () => {
      const { arn: plain } = roles.byAccount
      await assert.rejects(
        assume(alice, plain, { Tags: [{ Key: 'a', Value: '1' }] }),
        notAuthorized(alice.arn, plain, 'sts:TagSession'),
      )
      await assert.rejects(
        assume(alice, plain, { SourceIdentity: 'alice' }),
        notAuthorized(alice.arn, plain, 'sts:SetSourceIdentity'),
      )
    })

    it('shows the trust policy what is asked for', async () => {
      const good = {
        RoleSessionName: 'alice-1',
        Tags: [{ Key: 'Project', Value: 'blue' }],
        TransitiveTagKeys: ['project'],
        SourceIdentity: 'alice',
      }
      const { arn: conditioned } = roles.conditioned
      await assume(alice, conditioned, good)
      for (const wrong of [
        { RoleSessionName: 'bob-1' },
        { Tags: [{ Key: 'project', Value: 'red' }] },
        { Tags: [...good.Tags, { Key: 'x', Value: '' }], TransitiveTagKeys: ['x'] },
        { SourceIdentity: 'bob' },
      ]) {
        await assert.rejects(assume(alice, conditioned, { ...good, ...wrong }), {
          name: 'AccessDenied',
        })
      }
    })
  })

  describe('result', () => {
    it('answers as AWS does', async () => {
      const before = Date.now()
      const { Credentials, AssumedRoleUser, ...rest } = await assume(alice, parent, {
        DurationSeconds: 900,
        SourceIdentity: 'alice',
        Policy: JSON.stringify(allowAll),
      })
      assert.match(Credentials?.AccessKeyId ?? '', /^ASIA[A-Z2-7]{16}$/)
      assert.match(Credentials?.SecretAccessKey ?? '', /^[A-Za-z0-9+/]{40}$/)
      const lasts = (Credentials?.Expiration?.getTime() ?? 0) - before
      assert.ok(lasts > 895_000 && lasts < 905_000, String(lasts))
      assert.match(AssumedRoleUser?.AssumedRoleId ?? '', /^AROA[A-Z2-7]{17}:w1$/)
      assert.deepEqual([rest.SourceIdentity, rest.PackedPolicySize], ['alice', 5])
      const plain = await assume(alice, parent)
      assert.deepEqual([plain.SourceIdentity, plain.PackedPolicySize], [undefined, undefined])
    })

    it('gives credentials that are the session’s', async () => {
      const keys = await session(alice, parent)
      const { Arn } = await scene.as(keys).send(new GetCallerIdentityCommand({}))
      assert.equal(Arn, `arn:aws:sts::${account}:assumed-role/team-parent/w1`)
      for (const wrong of [
        { ...keys, sessionToken: undefined },
        { ...keys, sessionToken: 'x' },
      ]) {
        await assert.rejects(scene.as(wrong as Keys).send(new GetCallerIdentityCommand({})), {
          name: 'InvalidClientTokenId',
        })
      }
      await assert.rejects(
        scene.as({ ...keys, secretAccessKey: 'x' }).send(new GetCallerIdentityCommand({})),
        { name: 'SignatureDoesNotMatch' },
      )
    })

    it('lasts as long as was asked, and no longer than a chain or the role allows', async () => {
      await assume(alice, parent, { DurationSeconds: 43_200 })
      await assert.rejects(
        assume(alice, roles.tagged.arn, { DurationSeconds: 7201 }),
        refusal(
          'ValidationError',
          'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
        ),
      )
      const chained = await session(alice, parent)
      await assume(chained, roles.tagged.arn, { DurationSeconds: 3600 })
      await assert.rejects(
        assume(chained, roles.tagged.arn, { DurationSeconds: 3601 }),
        refusal(
          'ValidationError',
          'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
        ),
      )
    })
  })

  describe('session', () => {
    const kmsOf = (credentials: Keys) => scene.kms.client({ credentials })
    const encrypt = new EncryptCommand({ KeyId: keyArn, Plaintext: Buffer.from('x') })
    const sessionArn = `arn:aws:sts::${account}:assumed-role/team-parent/w1`
    const denial = (action: string) =>
      `User: ${sessionArn} is not authorized to perform: kms:${action} on resource: ${keyArn}`

    it('is limited by its session policy, in AWS’s words', async () => {
      const only = await session(alice, parent, {
        Policy: JSON.stringify(policy({ Effect: 'Allow', Action: 'kms:Encrypt', Resource: '*' })),
      })
      const { CiphertextBlob } = await kmsOf(only).send(encrypt)
      const decrypt = new DecryptCommand({ CiphertextBlob, KeyId: keyArn })
      await assert.rejects(kmsOf(only).send(decrypt), {
        name: 'AccessDeniedException',
        message: `${denial('Decrypt')} because no session policy allows the kms:Decrypt action`,
      })
      const { evaluations } = await last()
      assert.deepEqual(
        evaluations.filter(({ policyType }) => policyType === 'SESSION_POLICY'),
        evaluations.slice(-1),
      )
      const whole = await session(alice, parent)
      const { Plaintext } = await kmsOf(whole).send(decrypt)
      assert.equal(Buffer.from(Plaintext ?? []).toString(), 'x')
    })

    it('is denied by its session policy, in AWS’s words', async () => {
      const denied = await session(alice, parent, {
        Policy: JSON.stringify(
          policy(
            { Effect: 'Allow', Action: '*', Resource: '*' },
            { Effect: 'Deny', Action: 'kms:Encrypt', Resource: '*' },
          ),
        ),
      })
      await assert.rejects(kmsOf(denied).send(encrypt), {
        name: 'AccessDeniedException',
        message: `${denial('Encrypt')} with an explicit deny in a session policy`,
      })
    })

    it('has its tags, its source identity and its times as condition keys', async () => {
      const keys = await session(alice, parent, {
        Tags: [{ Key: 'team', Value: 'search' }],
        SourceIdentity: 'alice',
      })
      await kmsOf(keys).send(encrypt)
      const { requestContext: context } = await last()
      assert.deepEqual(
        [
          context['aws:PrincipalTag/team'],
          context['aws:PrincipalTag/Team'],
          context['aws:PrincipalTag/stage'],
          context['aws:SourceIdentity'],
          context['aws:MultiFactorAuthPresent'],
          context['aws:PrincipalArn'],
        ],
        ['search', undefined, 'test', 'alice', 'false', parent],
      )
      assert.ok(Math.abs(Date.parse(String(context['aws:TokenIssueTime'])) - Date.now()) < 60_000)
    })

    it('hands transitive tags and the source identity on to the next role', async () => {
      const first = await session(alice, parent, {
        Tags: [
          { Key: 'Project', Value: 'blue' },
          { Key: 'once', Value: '1' },
        ],
        TransitiveTagKeys: ['Project'],
        SourceIdentity: 'alice',
      })
      const second = await assume(first, roles.tagged.arn, { Tags: [{ Key: 'own', Value: '2' }] })
      assert.equal(second.SourceIdentity, 'alice')
      await kmsOf(keysOf(second.Credentials)).send(encrypt)
      const { requestContext: context } = await last()
      const tags = Object.entries(context).filter(([key]) => key.startsWith('aws:PrincipalTag/'))
      assert.deepEqual(Object.fromEntries(tags), {
        'aws:PrincipalTag/Project': 'blue',
        'aws:PrincipalTag/own': '2',
      })
      assert.equal(context['aws:SourceIdentity'], 'alice')

      await assert.rejects(
        assume(first, roles.tagged.arn, { Tags: [{ Key: 'project', Value: 'red' }] }),
        refusal(
          'InvalidParameterValue',
          "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
        ),
      )
      await assert.rejects(
        assume(first, roles.tagged.arn, { SourceIdentity: 'mallory' }),
        notAuthorized(sessionArn, roles.tagged.arn, 'sts:SetSourceIdentity'),
      )
      // What is inherited needs the same permissions as what is asked for.
      await assert.rejects(
        assume(first, roles.byAccount.arn),
        notAuthorized(sessionArn, roles.byAccount.arn, 'sts:TagSession'),
      )
    })

    it('has no more tags than one request may set, those that it inherits included', async () => {
      const tags = (prefix: string, length: number) =>
        Array.from({ length }, (_, n) => ({ Key: `${prefix}${String(n)}`, Value: '' }))
      const first = await session(alice, parent, {
        Tags: tags('a', 30),
        TransitiveTagKeys: tags('a', 30).map(({ Key }) => Key),
      })
      await assume(first, roles.tagged.arn, { Tags: tags('b', 20) })
      await assert.rejects(
        assume(first, roles.tagged.arn, { Tags: tags('b', 21) }),
        refusal(
          'ValidationError',
          'A session has at most 50 session tags, and this one would have 51 with those that it inherits.',
        ),
      )
    })

    it('packs the tags that it inherits, too', async () => {
      const tag = (Key: string) => ({ Key, Value: 'x'.repeat(250) })
      const first = await session(alice, parent, { Tags: [tag('a')], TransitiveTagKeys: ['a'] })
      assert.equal((await assume(first, roles.tagged.arn)).PackedPolicySize, 56)
      await assert.rejects(
        assume(first, roles.tagged.arn, { Tags: [tag('b')] }),
        refusal(
          'PackedPolicyTooLarge',
          'Packed size of session tags consumes 111% of allotted space.',
        ),
      )
    })

    it('expires by the server’s clock', async () => {
      const keys = await session(alice, parent, { DurationSeconds: 900 })
      await scene.kms.control('PUT', '/_/clock', { advanceSeconds: 250 })
      const later = scene.kms.client({ credentials: keys, systemClockOffset: 250_000 })
      await later.send(encrypt)
      await scene.kms.control('PUT', '/_/clock', { advanceSeconds: 650 })
      const after = scene.kms.client({ credentials: keys, systemClockOffset: 900_000 })
      await assert.rejects(after.send(encrypt), {
        name: 'ExpiredTokenException',
        message: 'The security token included in the request is expired',
      })
      await scene.kms.control('PUT', '/_/clock', { reset: true })
    })

    it('is forgotten by a reset, and nobody’s from then on', async () => {
      const keys = await session(alice, parent)
      await kmsOf(keys).send(encrypt)
      await scene.kms.control('POST', '/_/reset')
      await assert.rejects(kmsOf(keys).send(encrypt), { name: 'UnrecognizedClientException' })
      // Any other unknown access key is the root user's under `open`.
      await kmsOf({ accessKeyId: 'ASIASOMEBODYELSES000', secretAccessKey: 'x' }).send(encrypt)
    })
  })
})
