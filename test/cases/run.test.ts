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
    assert.equal(none.reason, `no identity based policy allows kms:Decrypt to ${parentSession}`)
    const statement = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: keyArn }
    const parent = { arn: parentArn, policies: [{ Version: '2012-10-17', Statement: statement }] }
    const own = await run(withCase({}, { policy, principals: { parent } }))
    assert.equal(own.actual, 'allow')
    assert.equal(own.reason, 'statement 0 of principals.parent.policies[0] allows it')
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
      ['ForAnyValue:StringEquals', 'kms:ResourceAliases', 'alias/app', ['alias/app', 'alias/b']],
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
