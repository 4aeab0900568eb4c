import assert from 'node:assert/strict'
import { CaseRunner, actualOf, meets, runCases, withPolicy } from '../../lib/cases/run.ts'
import {
  allow,
  byImage,
  example,
  image,
  keyArn,
  members,
  nowMs,
  parentArn,
  policyOf,
  read,
  run,
  withCase,
  zeros,
} from './support.ts'

const anyone = 'arn:aws:iam::111122223333:root'
const parentSession = 'arn:aws:sts::111122223333:assumed-role/enclave-parent/worker-1'

/** A case whose only statement has this condition. */
function conditioned(operator: string, key: string, value: string, more: object = {}): object {
  const Condition = { [operator]: { [key]: value } }
  return withCase(
    { attestation: undefined, ...more },
    { policy: policyOf(allow('kms:*', { Condition })) },
  )
}

async function actual(file: object): Promise<string> {
  return (await run(file)).actual
}

describe('runCases', () => {
  it('says of each case, in order, what was decided and why', async () => {
    const cases = [example, { ...example, name: 'without', attestation: undefined }]
    const results = await runCases(await read({ ...members, cases }), nowMs)
    assert.deepEqual(
      results.map(({ explanation: _, decision: __, ...rest }) => rest),
      [
        {
          name: 'the image may decrypt',
          ok: true,
          expected: 'allow',
          actual: 'allow',
          reason: 'statement Allow of the key policy allows it',
        },
        {
          name: 'without',
          ok: false,
          expected: 'allow',
          actual: 'implicit-deny',
          reason:
            'statement Allow of the key policy wants StringEqualsIgnoreCase ' +
            'kms:RecipientAttestation:ImageSha384 abababababababab…abababab; the request has none',
        },
      ],
    )
  })

  it('explains as the control API does', async () => {
    const { explanation } = await run(withCase({ attestation: undefined }))
    assert.equal(explanation.effect, 'IMPLICIT_DENY')
    assert.equal(explanation.action, 'kms:Decrypt')
    assert.equal(explanation.resource, keyArn)
    assert.equal(explanation.principal, parentSession)
    assert.equal(explanation.time, '2026-03-01T12:00:00.000Z')
    assert.equal(explanation.evaluations[0]?.policyType, 'RESOURCE_BASED_POLICY')
    assert.deepEqual(explanation.hints, [
      'the request carried no attestation document (Recipient): kms:RecipientAttestation:ImageSha384 is not there',
    ])
  })

  it('gives a described document the time of the test', async () => {
    const { explanation } = await run(members)
    assert.equal(explanation.attestation?.timestamp, '2026-03-01T12:00:00.000Z')
    assert.deepEqual(explanation.attestation.pcrs, { 0: image })
  })

  it('denies explicitly where a statement denies', async () => {
    const deny = allow('kms:Decrypt', { Sid: 'Never', Effect: 'Deny' })
    const result = await run(
      withCase({ expect: 'explicit-deny' }, { policy: policyOf(allow('kms:*'), deny) }),
    )
    assert.equal(result.ok, true)
    assert.equal(result.reason, 'statement Never of the key policy denies it')
  })

  it('knows that a register which the case does not name is absent', async () => {
    const file = (expect: string) => conditioned('Null', 'kms:RecipientAttestation:PCR1', expect)
    const attestation = { pcrs: { 0: image } }
    assert.equal(await actual({ ...file('true'), cases: [{ ...example, attestation }] }), 'allow')
    const named = { pcrs: { 0: image, 1: zeros } }
    assert.equal(
      await actual({ ...file('false'), cases: [{ ...example, attestation: named }] }),
      'allow',
    )
  })

  it('keeps the two families of registers apart', async () => {
    for (const [platform, key, wanted] of [
      ['nitro-enclave', 'PCR4', 'allow'],
      ['nitro-enclave', 'NitroTPMPCR4', 'implicit-deny'],
      ['nitro-tpm', 'NitroTPMPCR4', 'allow'],
      ['nitro-tpm', 'PCR4', 'implicit-deny'],
    ] as const) {
      const attestation = { platform, pcrs: { 4: image } }
      const file = conditioned('StringEquals', `kms:RecipientAttestation:${key}`, image, {
        attestation,
      })
      assert.equal(await actual(file), wanted, `${platform} ${key}`)
    }
  })

  it('leaves out the document of an operation without a Recipient', async () => {
    const file = withCase(
      { action: 'kms:Encrypt' },
      { policy: policyOf(allow('kms:*', byImage())) },
    )
    const { actual, explanation } = await run(file)
    assert.equal(actual, 'implicit-deny')
    assert.equal(explanation.attestation, null)
  })

  it('asks identity policies where the key policy leaves it to the account', async () => {
    const policy = policyOf(allow('kms:*', { Principal: { AWS: anyone } }))
    const none = await run(withCase({ expect: 'deny' }, { policy }))
    assert.equal(none.ok, true)
    assert.equal(none.reason, `no identity-based policy allows kms:Decrypt to ${parentSession}`)
    const statement = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: keyArn }
    const parent = { arn: parentArn, policies: [{ Version: '2012-10-17', Statement: statement }] }
    const own = await run(withCase({}, { policy, principals: { parent } }))
    assert.equal(own.actual, 'allow')
    assert.equal(
      own.reason,
      'statement 0 of the identity-based policy principals.parent.policies[0] allows it',
    )
  })

  it('decides an action on no key without the key policy', async () => {
    const file = withCase({ action: 'kms:GenerateRandom' }, { policy: policyOf(allow('kms:*')) })
    const { actual, explanation } = await run(file)
    assert.equal(actual, 'implicit-deny')
    assert.equal(explanation.resource, '*')
  })

  it('counts the grants on the key, with their constraints', async () => {
    const grants = [
      {
        GranteePrincipal: parentArn,
        Operations: ['Decrypt'],
        Constraints: { EncryptionContextSubset: { tenant: 'a' } },
        Name: 'tenant-a',
      },
    ]
    const rest = { policy: policyOf(), grants }
    const own = await run(withCase({ encryptionContext: { tenant: 'a', more: '1' } }, rest))
    assert.equal(own.actual, 'allow')
    assert.equal(own.reason, 'grant tenant-a allows it')
    const other = await run(withCase({ encryptionContext: { tenant: 'b' } }, rest))
    assert.equal(other.actual, 'implicit-deny')
    assert.equal(
      other.reason,
      'grant tenant-a wants EncryptionContextSubset kms:EncryptionContext tenant=a; the request has tenant=b',
    )
  })

  it('knows another account from the key’s', async () => {
    const outsider = 'arn:aws:iam::444455556666:role/enclave-parent'
    const policy = policyOf(allow('kms:*', { Principal: { AWS: outsider } }))
    const everything = { Effect: 'Allow', Action: '*', Resource: '*' }
    const policies = [{ Version: '2012-10-17', Statement: everything }]
    const rest = { policy, principals: { parent: { arn: outsider, policies } } }
    assert.equal(await actual(withCase({}, rest)), 'allow')
    const admin = await run(withCase({ action: 'kms:PutKeyPolicy' }, rest))
    assert.equal(admin.actual, 'implicit-deny')
    assert.equal(admin.reason, 'kms:PutKeyPolicy does not work on a key of another account')
  })

  it('has the condition keys of a direct call over TLS', async () => {
    for (const [operator, key, value] of [
      ['Bool', 'aws:SecureTransport', 'true'],
      ['IpAddress', 'aws:SourceIp', '127.0.0.1/32'],
      ['StringEquals', 'aws:RequestedRegion', 'us-east-1'],
      ['StringEquals', 'kms:CallerAccount', '111122223333'],
      ['StringEquals', 'kms:EncryptionAlgorithm', 'SYMMETRIC_DEFAULT'],
      ['StringEquals', 'kms:KeyUsage', 'ENCRYPT_DECRYPT'],
      ['DateEquals', 'aws:CurrentTime', '2026-03-01T12:00:00Z'],
      ['Null', 'aws:PrincipalOrgID', 'true'],
      ['Null', 'kms:ViaService', 'true'],
    ] as const) {
      assert.equal(await actual(conditioned(operator, key, value)), 'allow', key)
    }
  })

  it('has the temporary credentials of a role and of a federated user', async () => {
    const denyBy = (Condition: object) =>
      policyOf(allow('kms:Decrypt', { Principal: '*' }), {
        ...allow('kms:Decrypt', { Principal: '*', Condition }),
        Sid: 'Fresh',
        Effect: 'Deny',
      })
    const fay = 'arn:aws:sts::111122223333:federated-user/fay'
    const alice = 'arn:aws:iam::111122223333:user/alice'
    const principals = { ...members.principals, fay: { arn: fay }, alice: { arn: alice } }
    const actualBy = async (Condition: object, principal: string, context: object = {}) => {
      const file = withCase({ principal, context }, { policy: denyBy(Condition), principals })
      return (await run(file)).actual
    }
    const old = { DateLessThan: { 'aws:TokenIssueTime': '2099-01-01T00:00:00Z' } }
    assert.equal(await actualBy(old, 'parent'), 'explicit-deny')
    assert.equal(await actualBy(old, 'fay'), 'explicit-deny')
    assert.equal(await actualBy(old, 'alice'), 'allow')
    const withoutMfa = { Bool: { 'aws:MultiFactorAuthPresent': 'false' } }
    assert.equal(await actualBy(withoutMfa, 'parent'), 'explicit-deny')
    assert.equal(await actualBy(withoutMfa, 'fay'), 'allow')
    const proved = { 'aws:MultiFactorAuthPresent': 'true' }
    assert.equal(await actualBy(withoutMfa, 'parent', proved), 'allow')
  })

  it('has the key’s usage from the action', async () => {
    const key = { arn: keyArn, spec: 'RSA_2048' }
    for (const [action, usage] of [
      ['kms:Sign', 'SIGN_VERIFY'],
      ['kms:Encrypt', 'ENCRYPT_DECRYPT'],
    ]) {
      const file = conditioned('StringEquals', 'kms:KeyUsage', usage ?? '', { action })
      assert.equal(await actual({ ...file, key }), 'allow')
    }
  })

  it('lets the context of a case win over what the request would have', async () => {
    for (const [operator, key, value, stated] of [
      ['Bool', 'aws:SecureTransport', 'false', false],
      ['IpAddress', 'aws:SourceIp', '10.0.0.0/8', '10.0.0.7'],
      ['DateLessThan', 'aws:CurrentTime', '2020-01-01T00:00:00Z', '2019-01-01T00:00:00Z'],
      ['StringEquals', 'aws:PrincipalTag/team', 'payments', 'payments'],
      ['StringEquals', 'kms:EncryptionContext:tenant', 'b', 'b'],
      ['StringEquals', 'kms:EncryptionAlgorithm', 'RSAES_OAEP_SHA_256', 'RSAES_OAEP_SHA_256'],
      ['ForAnyValue:StringEquals', 'aws:CalledVia', 'a', ['a', 'b']],
      ['StringEquals', 'kms:RecipientAttestation:PCR8', image, image],
      ['StringEquals', 'ec2:RoleDelivery', '2.0', '2.0'],
    ] as const) {
      for (const name of [key, key.toUpperCase()]) {
        const more = { encryptionContext: { tenant: 'a' }, context: { [name]: stated } }
        const { actual, explanation } = await run(conditioned(operator, key, value, more))
        assert.equal(actual, 'allow', name)
        const same = Object.keys(explanation.requestContext).filter(
          (other) => other.toLowerCase() === key.toLowerCase(),
        )
        assert.deepEqual(same, [name])
      }
    }
  })
})

const organizationId = 'o-exampleorgid'
const memberPath = `${organizationId}/r-ab12/ou-ab12-11111111/`
const everything = { Effect: 'Allow', Action: '*', Resource: '*' }
const neverDecrypt = { Sid: 'Never', Effect: 'Deny', Action: 'kms:Decrypt', Resource: '*' }
const outsider = {
  arn: 'arn:aws:iam::444455556666:role/enclave-parent',
  policies: [policyOf(everything)],
}

describe('runCases in an organization', () => {
  const open = policyOf(allow('kms:*', { Principal: '*' }))
  const inOrganization = (organization: object, more: object = {}) =>
    withCase({}, { policy: open, organization: { id: organizationId, ...organization }, ...more })
  const scp = { serviceControlPolicies: ['./scps/never.json'] }
  const rcp = { resourceControlPolicies: ['./rcps/never.json'] }
  const files = {
    'scps/never.json': policyOf(everything, neverDecrypt),
    'rcps/never.json': policyOf({ ...neverDecrypt, Principal: '*' }),
  }

  it('denies what a service control policy denies, to the key’s account alone', async () => {
    const result = await run(inOrganization(scp), files)
    assert.equal(result.actual, 'explicit-deny')
    assert.equal(
      result.reason,
      'statement Never of the service control policy never.json denies it',
    )
    assert.match(result.decision.message, /with an explicit deny in a service control policy$/)
    const outside = await run(inOrganization(scp, { principals: { parent: outsider } }), files)
    assert.equal(outside.actual, 'allow')
    const root = { arn: anyone }
    const asRoot = await run(inOrganization(scp, { principals: { parent: root } }), files)
    assert.equal(asRoot.actual, 'explicit-deny')
  })

  it('denies what no service control policy allows', async () => {
    const only = policyOf({ ...everything, Action: 's3:*' })
    const { actual, reason } = await run(inOrganization({ serviceControlPolicies: [only] }))
    assert.equal(actual, 'implicit-deny')
    assert.equal(reason, `no service control policy allows kms:Decrypt to ${parentSession}`)
  })

  it('denies what a resource control policy denies, whoever calls', async () => {
    for (const parent of [{ arn: parentArn }, outsider]) {
      const result = await run(inOrganization(rcp, { principals: { parent } }), files)
      assert.equal(result.actual, 'explicit-deny')
      assert.equal(
        result.reason,
        'statement Never of the resource control policy never.json denies it',
      )
    }
  })

  it('needs no resource control policy that allows: AWS attaches one', async () => {
    const encrypt = policyOf({ ...neverDecrypt, Principal: '*', Action: 'kms:Encrypt' })
    const { actual, explanation } = await run(
      inOrganization({ resourceControlPolicies: [encrypt] }),
    )
    assert.equal(actual, 'allow')
    assert.deepEqual(
      explanation.evaluations.slice(0, 2).map(({ policy }) => policy),
      ['organization.resourceControlPolicies[0]', 'RCPFullAWSAccess'],
    )
  })

  it('limits an action on no key', async () => {
    const rest = { principals: { parent: { arn: parentArn, policies: [policyOf(everything)] } } }
    const deny = policyOf(everything, { ...neverDecrypt, Action: 'kms:GenerateRandom' })
    const file = inOrganization({ serviceControlPolicies: [deny] }, rest)
    const random = { ...file, cases: [{ ...example, action: 'kms:GenerateRandom' }] }
    assert.equal(await actual(random), 'explicit-deny')
  })

  it('has the condition keys of a member, and of an outsider none', async () => {
    const keys = ['PrincipalOrgID', 'PrincipalOrgPaths', 'ResourceOrgID', 'ResourceOrgPaths']
    const orgKeys = async (parent: object) => {
      const { explanation } = await run(
        inOrganization({ path: memberPath }, { principals: { parent } }),
      )
      return keys.map((key) => explanation.requestContext[`aws:${key}`])
    }
    assert.deepEqual(await orgKeys({ arn: parentArn }), [
      organizationId,
      [memberPath],
      organizationId,
      [memberPath],
    ])
    assert.deepEqual(await orgKeys(outsider), [undefined, undefined, organizationId, [memberPath]])
  })
})

describe('runCases through a VPC endpoint', () => {
  const id = 'vpce-1234abcd'
  const vpc = 'vpc-1234abcd'
  const through = (endpoint: object, rest: object = {}) =>
    withCase(
      { vpcEndpoint: id },
      { vpcEndpoints: [{ id, vpc, ...endpoint }], policy: policyOf(allow('kms:*')), ...rest },
    )
  const endpointPolicy = (...statements: readonly object[]) => ({
    policy: policyOf(...statements.map((one) => ({ Principal: '*', ...one }))),
  })

  it('has the condition keys of the endpoint, and no aws:SourceIp', async () => {
    const organization = { id: organizationId, path: memberPath }
    const rest = { organization }
    const { explanation } = await run(through({}, rest))
    const keys = Object.entries(explanation.requestContext).filter(([key]) =>
      /^aws:(Source(Ip|Vpce?)|Vpc)/.test(key),
    )
    assert.deepEqual(Object.fromEntries(keys), {
      'aws:SourceVpc': vpc,
      'aws:SourceVpce': id,
      'aws:VpcSourceIp': '127.0.0.1',
      'aws:VpceAccount': '111122223333',
      'aws:VpceOrgID': organizationId,
      'aws:VpceOrgPaths': [memberPath],
    })
    const foreign = (await run(through({ account: '444455556666' }, rest))).explanation
    assert.equal(foreign.requestContext['aws:VpceAccount'], '444455556666')
    assert.equal(foreign.requestContext['aws:VpceOrgID'], undefined)
  })

  it('lets the context of a case win', async () => {
    const file = through({})
    const cases = [{ ...example, vpcEndpoint: id, context: { 'aws:VpcSourceIp': '10.0.0.7' } }]
    const { explanation } = await run({ ...file, cases })
    assert.equal(explanation.requestContext['aws:VpcSourceIp'], '10.0.0.7')
  })

  it('allows what an endpoint without a policy lets through', async () => {
    assert.equal(await actual(through({})), 'allow')
  })

  it('denies what the endpoint’s policy does not allow', async () => {
    const endpoint = endpointPolicy({ ...everything, Action: 'kms:Encrypt' })
    const { actual, reason } = await run(through(endpoint))
    assert.equal(actual, 'implicit-deny')
    assert.equal(reason, `no VPC endpoint policy allows kms:Decrypt to ${parentSession}`)
    const straight = { ...through(endpoint), cases: [example] }
    assert.equal((await run(straight)).actual, 'allow')
  })

  it('denies what the endpoint’s policy denies, and says which it is', async () => {
    const { actual, reason } = await run(through(endpointPolicy(everything, neverDecrypt)))
    assert.equal(actual, 'explicit-deny')
    assert.equal(
      reason,
      'statement Never of the VPC endpoint policy vpcEndpoints[0].policy denies it',
    )
  })
})

describe('CaseRunner', () => {
  it('decides without explaining', async () => {
    const file = await read(members)
    const decision = await new CaseRunner(file, nowMs).decide(file.cases[0]!)
    assert.deepEqual(decision.verdict, { effect: 'ALLOW', decidedBy: 'RESOURCE_BASED_POLICY' })
    assert.equal(actualOf(decision), 'allow')
  })
})

describe('withPolicy', () => {
  it('asks the same cases about another policy', async () => {
    const file = await read(members)
    const other = withPolicy(file, JSON.stringify(policyOf()))
    const [result] = await runCases(other, nowMs)
    assert.equal(result?.actual, 'implicit-deny')
    assert.equal(
      result.reason,
      `no statement of the key policy allows kms:Decrypt to ${parentSession}`,
    )
    const [before] = await runCases(file, nowMs)
    assert.equal(before?.actual, 'allow')
  })
})

describe('meets', () => {
  it('takes deny for either denial', () => {
    for (const actual of ['allow', 'implicit-deny', 'explicit-deny'] as const) {
      for (const expected of ['allow', 'deny', 'implicit-deny', 'explicit-deny'] as const) {
        const want = expected === actual || (expected === 'deny' && actual !== 'allow')
        assert.equal(meets(actual, expected), want, `${actual} ${expected}`)
      }
    }
  })
})
