import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { ListKeysCommand } from '@aws-sdk/client-kms'
import {
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts'
import type { JWK } from 'jose'
import { believeToken } from '../../../lib/sts/web-identity.ts'
import {
  account,
  allowAll,
  arn,
  audience,
  claims,
  issuer,
  keysOf,
  otherAccount,
  policy,
  provider,
  refusal,
  region,
  token,
  useSts,
} from '../scene.ts'

const host = issuer.slice('https://'.length)
const providerArn = arn(`oidc-provider/${host}`)
const subject = 'repo:example/app:ref:refs/heads/main'

function role(name: string, statement: object, of = account) {
  return {
    arn: arn(`role/${name}`, of),
    policies: [allowAll],
    trustPolicy: policy({
      Effect: 'Allow',
      Principal: { Federated: arn(`oidc-provider/${host}`, of) },
      Action: ['sts:AssumeRoleWithWebIdentity'],
      ...statement,
    }),
  }
}

const deploy = role('deploy', {
  Condition: {
    StringEquals: { [`${host}:aud`]: audience },
    StringLike: { [`${host}:sub`]: 'repo:example/app:*' },
  },
})
const tagging = role('tagging', {
  Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity'],
})
const pinned = role('pinned', { Condition: { Bool: { 'sts:RoleAuthorizedByIdp': 'true' } } })
const across = role('across', {}, otherAccount)
const throughEndpoint = role('through-endpoint', {
  Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1234abcd' } },
})
const byProvider = role('by-provider', {
  Condition: {
    StringEquals: { 'aws:FederatedProvider': providerArn, [`${host}:oaud`]: audience },
  },
})
const byClaims = {
  ...role('by-claims', {}),
  policies: [
    policy({
      Effect: 'Allow',
      Action: 'kms:*',
      Resource: '*',
      Condition: {
        StringEquals: { [`${host}:sub`]: 'u1', [`${host}:aud`]: audience },
        'ForAnyValue:StringEquals': { [`${host}:amr`]: 'mfa' },
        Null: { [`${host}:email`]: 'true', [`${host}:oaud`]: 'true' },
      },
    }),
  ],
}
const closed = { arn: arn('role/closed'), policies: [allowAll] }

describe('AssumeRoleWithWebIdentity', () => {
  const scene = useSts({
    principals: [deploy, tagging, pinned, across, throughEndpoint, byProvider, byClaims, closed],
    webIdentityProviders: [provider],
    vpcEndpoints: [
      { id: 'vpce-1234abcd', vpc: 'vpc-1234abcd' },
      {
        id: 'vpce-5678abcd',
        vpc: 'vpc-1234abcd',
        policy: policy({ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' }),
      },
    ],
  })

  const assume = (WebIdentityToken: string, RoleArn = deploy.arn, more: object = {}) => {
    const client = new STSClient({ endpoint: scene.kms.url, region, maxAttempts: 1 })
    const input = { RoleArn, RoleSessionName: 'build-7', WebIdentityToken, ...more }
    return client.send(new AssumeRoleWithWebIdentityCommand(input))
  }
  const now = (more: object = {}) => claims(Date.now(), more)
  const invalid = (text: string) => refusal('InvalidIdentityToken', text)
  const unauthorized = refusal(
    'AccessDenied',
    'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    403,
  )
  const last = async () =>
    (await scene.kms.control('GET', '/_/decisions/last')) as {
      action: string
      principal: string
      requestContext: Record<string, unknown>
    }

  it('gives the bearer of a token a session, without a signature', async () => {
    for (const alg of ['RS256', 'ES256'] as const) {
      const answer = await assume(token(now(), alg))
      assert.deepEqual(
        [answer.SubjectFromWebIdentityToken, answer.Audience, answer.Provider],
        [subject, audience, issuer],
      )
      const { Arn } = await scene
        .as(keysOf(answer.Credentials))
        .send(new GetCallerIdentityCommand({}))
      assert.equal(Arn, `arn:aws:sts::${account}:assumed-role/deploy/build-7`)
      assert.equal(answer.AssumedRoleUser?.Arn, Arn)
    }
  })

  it('has the provider as a condition key', async () => {
    const { Credentials } = await assume(token(now()))
    const credentials = keysOf(Credentials)
    await scene.kms.client({ credentials }).send(new ListKeysCommand({}))
    const { requestContext } = await last()
    assert.equal(requestContext['aws:FederatedProvider'], providerArn)
  })

  it('has the provider and the audience while the trust policy is judged', async () => {
    await assume(token(now()), byProvider.arn)
    const { requestContext } = await last()
    assert.equal(requestContext['aws:FederatedProvider'], providerArn)
    await assume(token(now({ aud: [audience, 'other'] })))
    assert.deepEqual((await last()).requestContext[`${host}:oaud`], [audience, 'other'])
  })

  it('keeps the claims in the session that AWS keeps', async () => {
    const list = async (sub: string) => {
      const claimed = now({ sub, amr: ['pwd', 'mfa'], email: 'u1@example.com' })
      const { Credentials } = await assume(token(claimed), byClaims.arn)
      const client = scene.kms.client({ credentials: keysOf(Credentials) })
      return client.send(new ListKeysCommand({}))
    }
    await list('u1')
    await assert.rejects(list('u2'), { name: 'AccessDeniedException' })
  })

  it('asks the trust policy about the token’s claims, and keeps the decision', async () => {
    await assert.rejects(assume(token(now({ sub: 'repo:other/app' }))), unauthorized)
    const { action, principal, requestContext } = await last()
    assert.deepEqual(
      [action, principal, requestContext[`${host}:sub`], requestContext[`${host}:aud`]],
      ['sts:AssumeRoleWithWebIdentity', providerArn, 'repo:other/app', audience],
    )
    assert.equal(requestContext['aws:userid'], `${host}:${audience}:repo:other/app`)
    await assert.rejects(assume(token(now()), closed.arn), unauthorized)
    await assert.rejects(assume(token(now()), arn('role/nobody')), unauthorized)
    await assume(token(now()), across.arn)
  })

  it('refuses what is no token of a provider of the config', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    const noJwt = invalid(
      'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    )
    const noKey = invalid(
      "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
    )
    await assert.rejects(assume('nonsense'), noJwt)
    await assert.rejects(assume('a.b.c'), noJwt)
    const [, body = ''] = token(now()).split('.')
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    await assert.rejects(assume(`${none}.${body}.AA`), noJwt)
    await assert.rejects(assume(token(now(), 'RS256', other)), noKey)
    await assert.rejects(
      assume(token(now({ iss: 'https://elsewhere.example' }))),
      invalid('No OpenIDConnect provider found in your account for https://elsewhere.example'),
    )
    await assert.rejects(assume(token(now({ aud: 'other' }))), invalid('Incorrect token audience'))
    // Whom a token was issued to comes before whom it is for.
    await assert.rejects(assume(token(now({ azp: 'other' }))), invalid('Incorrect token audience'))
    for (const claim of ['aud', 'sub', 'exp', 'iat']) {
      await assert.rejects(
        assume(token(now({ [claim]: undefined }))),
        invalid(`Missing a required claim: ${claim}`),
      )
    }
  })

  it('refuses tokens that are not current by the server’s clock', async () => {
    const at = Math.floor(Date.now() / 1000)
    await assert.rejects(assume(token(now({ exp: at - 310 }))), (error: Error) => {
      assert.equal(error.name, 'ExpiredTokenException')
      assert.match(
        error.message,
        new RegExp(
          `^Token expired: current date/time \\d+ must be before the expiration date/time ${String(at - 310)}$`,
        ),
      )
      return true
    })
    await assume(token(now({ exp: at - 250 })))
    for (const claim of ['iat', 'nbf']) {
      await assert.rejects(assume(token(now({ [claim]: at + 600 }))), {
        message: new RegExp(`^Token is not valid yet: .* must be after ${String(at + 600)}$`),
      })
    }
    const good = token(now())
    await scene.kms.control('PUT', '/_/clock', { advanceSeconds: 601 })
    await assert.rejects(assume(good), { name: 'ExpiredTokenException' })
    await scene.kms.control('PUT', '/_/clock', { reset: true })
    await assume(good)
  })

  it('takes session tags and a source identity from the token', async () => {
    const more = {
      'https://aws.amazon.com/tags': {
        principal_tags: { Project: ['blue'], stage: ['test'] },
        transitive_tag_keys: ['Project'],
      },
      'https://aws.amazon.com/source_identity': 'alice',
    }
    const answer = await assume(token(now(more)), tagging.arn)
    assert.equal(answer.SourceIdentity, 'alice')
    const credentials = keysOf(answer.Credentials)
    await scene.kms.client({ credentials }).send(new ListKeysCommand({}))
    const { requestContext } = await last()
    assert.deepEqual(
      [requestContext['aws:PrincipalTag/Project'], requestContext['aws:SourceIdentity']],
      ['blue', 'alice'],
    )
    await assert.rejects(
      assume(token(now(more)), deploy.arn),
      refusal('AccessDenied', 'Not authorized to perform sts:TagSession', 403),
    )
    for (const wrong of [
      { 'https://aws.amazon.com/tags': 'x' },
      { 'https://aws.amazon.com/tags/principal_tags/a': ['1', '2'] },
      { 'https://aws.amazon.com/tags/principal_tags/': '1' },
      { 'https://aws.amazon.com/tags/transitive_tag_keys': 'a' },
      { 'https://aws.amazon.com/tags': { principal_tags: { a: ['1', '2'] } } },
      { 'https://aws.amazon.com/tags': { principal_tags: { '': ['1'] } } },
      { 'https://aws.amazon.com/source_identity': 'not one' },
    ]) {
      await assert.rejects(assume(token(now(wrong)), tagging.arn), {
        name: 'InvalidIdentityTokenException',
        message: /is not of the form that AWS reads\.$/,
      })
    }
  })

  it('takes session tags in claims of their own, which need permission, too', async () => {
    const more = {
      'https://aws.amazon.com/tags/principal_tags/Project': 'Automation',
      'https://aws.amazon.com/tags/principal_tags/CostCenter': '987654',
      'https://aws.amazon.com/tags/transitive_tag_keys': ['Project'],
    }
    const { Credentials } = await assume(token(now(more)), tagging.arn)
    const judged = (await last()).requestContext
    assert.deepEqual(
      [judged['aws:RequestTag/CostCenter'], judged['sts:TransitiveTagKeys']],
      ['987654', ['Project']],
    )
    await scene.kms.client({ credentials: keysOf(Credentials) }).send(new ListKeysCommand({}))
    const { requestContext } = await last()
    assert.deepEqual(
      [requestContext['aws:PrincipalTag/Project'], requestContext['aws:PrincipalTag/CostCenter']],
      ['Automation', '987654'],
    )
    await assert.rejects(
      assume(token(now(more)), deploy.arn),
      refusal('AccessDenied', 'Not authorized to perform sts:TagSession', 403),
    )
    const both = { ...more, 'https://aws.amazon.com/tags': { principal_tags: { project: 'x' } } }
    await assert.rejects(assume(token(now(both)), tagging.arn), {
      message: 'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    })
  })

  it('keeps a token to the roles that it is for', async () => {
    const forRole = (roles: unknown) => token(now({ 'https://aws.amazon.com/roles': roles }))
    await assume(forRole(pinned.arn), pinned.arn)
    await assume(forRole([deploy.arn, pinned.arn]), pinned.arn)
    await assert.rejects(assume(token(now()), pinned.arn), unauthorized)
    for (const roles of [deploy.arn, [], 7]) {
      await assert.rejects(
        assume(forRole(roles), pinned.arn),
        invalid('The token is not for the requested role.'),
      )
    }
  })

  it('limits the session by its policy, and repeats no token', async () => {
    const Policy = JSON.stringify(policy({ Effect: 'Deny', Action: '*', Resource: '*' }))
    const { Credentials } = await assume(token(now()), deploy.arn, { Policy })
    const kms = scene.kms.client({ credentials: keysOf(Credentials) })
    await assert.rejects(kms.send(new ListKeysCommand({})), {
      message: /with an explicit deny in a session policy$/,
    })
    await assert.rejects(assume('x'.repeat(20_001)), {
      message:
        "1 validation error detected: Value at 'webIdentityToken' failed to satisfy constraint: Member must have length less than or equal to 20000",
    })
    await assert.rejects(assume(token(now()), deploy.arn, { ProviderId: 'www.amazon.com' }), {
      message:
        'ProviderId is for OAuth 2.0 access tokens, and only OpenID Connect tokens are taken here.',
    })
  })

  describe('with headers that say where it comes from', () => {
    /** The answer's error code and text; null where there is none. */
    const call = async (headers: Record<string, string>, RoleArn = deploy.arn) => {
      const form = new URLSearchParams({
        Action: 'AssumeRoleWithWebIdentity',
        Version: '2011-06-15',
        RoleArn,
        RoleSessionName: 'build-7',
        WebIdentityToken: token(now()),
      })
      const answer = await fetch(scene.kms.url, { method: 'POST', body: form, headers })
      const text = await answer.text()
      const [, code, message] = /<Code>(.*)<\/Code>\s*<Message>(.*)<\/Message>/.exec(text) ?? []
      return code === undefined ? null : [code, message]
    }

    it('comes through a VPC endpoint, whose policy takes part', async () => {
      const open = { 'X-Enclave-Kms-Vpc-Endpoint': 'vpce-1234abcd' }
      assert.equal(await call(open, throughEndpoint.arn), null)
      const denied = ['AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity']
      assert.deepEqual(await call({}, throughEndpoint.arn), denied)
      const closing = { 'X-Enclave-Kms-Vpc-Endpoint': 'vpce-5678abcd' }
      assert.deepEqual(await call(closing), denied)
    })

    const refusals: readonly (readonly [header: string, value: string, why: string])[] = [
      ['Vpc-Endpoint', 'vpce-00000000', 'the config has no such VPC endpoint'],
      ['Via-Service', 's3', 'no AWS service makes a call that is not signed'],
      ['Source-Arn', 'arn:aws:s3:::bucket', 'only a service principal has one'],
      ['Source-Account', account, 'only a service principal has one'],
    ]
    for (const [header, value, why] of refusals) {
      it(`refuses ${header}: ${value}`, async () => {
        const name = `X-Enclave-Kms-${header}`
        assert.deepEqual(await call({ [name]: value }), ['ValidationError', `${name}: ${why}`])
      })
    }
  })
})

describe('believeToken', () => {
  const believe = (issuerOfProvider: string, iss: string) => {
    const nowMs = Date.now()
    const keys = provider.jwks.keys as JWK[]
    const providers = [{ issuer: issuerOfProvider, keys, audience }]
    return believeToken(token(claims(nowMs, { iss })), providers, nowMs)
  }

  it('compares the whole issuer; one without a scheme is an HTTPS URL', async () => {
    for (const [configured, iss] of [
      ['https://id.example', 'https://id.example'],
      ['id.example', 'https://id.example'],
      ['http://localhost:8080/realm', 'http://localhost:8080/realm'],
      ['https://accounts.google.com', 'accounts.google.com'],
      ['accounts.google.com', 'https://accounts.google.com'],
    ] as const) {
      assert.equal((await believe(configured, iss)).issuer, iss.replace(/^https?:\/\//, ''))
    }
    for (const [configured, iss] of [
      ['https://id.example', 'http://id.example'],
      ['https://id.example', 'id.example'],
      ['id.example', 'id.example'],
      ['https://id.example', 'https://id.example/'],
      ['http://accounts.google.com', 'accounts.google.com'],
    ] as const) {
      await assert.rejects(believe(configured, iss), {
        code: 'InvalidIdentityToken',
        message: `No OpenIDConnect provider found in your account for ${iss}`,
      })
    }
  })
})
