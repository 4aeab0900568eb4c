import assert from 'node:assert/strict'
import { allow, byImage, image, policyOf, run, withCase, zeros } from './support.ts'

describe('reasonOf', () => {
  it('names an unnamed statement by its index', async () => {
    const policy = policyOf(
      allow('kms:Encrypt', { Sid: undefined }),
      allow('kms:Decrypt', { Sid: undefined }),
    )
    const { reason } = await run(withCase({}, { policy }))
    assert.equal(reason, 'statement 1 of the key policy allows it')
  })

  it('says what a Deny wanted, and what the request had', async () => {
    const deny = allow('kms:Decrypt', {
      Sid: 'Deny',
      Effect: 'Deny',
      Principal: '*',
      Condition: { StringNotEquals: { 'kms:RecipientAttestation:ImageSha384': image } },
    })
    const { reason } = await run(
      withCase({ attestation: { debug: true } }, { policy: policyOf(allow('kms:*'), deny) }),
    )
    assert.equal(
      reason,
      'statement Deny of the key policy denies it: StringNotEquals ' +
        'kms:RecipientAttestation:ImageSha384 abababababababab…abababab; ' +
        'the request has 0000000000000000…00000000',
    )
  })

  it('says of two statements the one that comes nearer', async () => {
    const far = { StringEquals: { 'kms:KeySpec': 'RSA_2048', 'kms:KeyOrigin': 'EXTERNAL' } }
    const policy = policyOf(
      allow('kms:Decrypt', { Sid: 'Far', Condition: far }),
      allow('kms:Decrypt', { Sid: 'Near', ...byImage(zeros) }),
    )
    const { reason } = await run(withCase({}, { policy }))
    assert.match(reason, /^statement Near of the key policy wants StringEqualsIgnoreCase /)
  })

  it('names the file of an identity policy that denies', async () => {
    const statement = { Sid: 'Never', Effect: 'Deny', Action: 'kms:*', Resource: '*' }
    const parent = {
      arn: 'arn:aws:iam::111122223333:role/enclave-parent',
      policies: ['./iam/parent.json'],
    }
    const { actual, reason } = await run(
      withCase({}, { policy: policyOf(allow('kms:*')), principals: { parent } }),
      { 'iam/parent.json': { Version: '2012-10-17', Statement: statement } },
    )
    assert.equal(actual, 'explicit-deny')
    assert.equal(reason, 'statement Never of the identity-based policy parent.json denies it')
  })

  it('says nothing of what others want where one denies without a condition', async () => {
    const never = { Sid: 'Never', Effect: 'Deny', Action: 'kms:*', Resource: '*' }
    const organization = { id: 'o-exampleorgid', serviceControlPolicies: [policyOf(never)] }
    const conditioned = allow('kms:Decrypt', {
      Effect: 'Deny',
      Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1234abcd' } },
    })
    const { reason } = await run(
      withCase({}, { policy: policyOf(allow('kms:*'), conditioned), organization }),
    )
    assert.equal(
      reason,
      'statement Never of the service control policy organization.serviceControlPolicies[0] denies it',
    )
  })

  it('says what the limit wants, not what the key policy has besides', async () => {
    const condition = { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } }
    const scp = { Sid: 'Europe', Effect: 'Allow', Action: '*', Resource: '*', Condition: condition }
    const { reason } = await run(
      withCase(
        { attestation: undefined },
        {
          policy: policyOf(allow('kms:Decrypt', byImage()), allow('kms:*')),
          organization: { id: 'o-exampleorgid', serviceControlPolicies: ['./europe.json'] },
        },
      ),
      { 'europe.json': policyOf(scp) },
    )
    assert.equal(
      reason,
      'statement Europe of the service control policy europe.json wants ' +
        'StringEquals aws:RequestedRegion eu-west-1; the request has us-east-1',
    )
  })

  it('knows two policies of one name apart', async () => {
    const all = { Effect: 'Allow', Action: '*', Resource: '*' }
    const never = { Sid: 'Never', Effect: 'Deny', Action: '*', Resource: '*' }
    const serviceControlPolicies = ['./a/scp.json', './b/scp.json']
    const { reason } = await run(
      withCase({}, { organization: { id: 'o-exampleorgid', serviceControlPolicies } }),
      { 'a/scp.json': policyOf(all), 'b/scp.json': policyOf(never) },
    )
    assert.equal(reason, 'statement Never of the service control policy scp.json denies it')
  })

  it('names the boundary that has nothing to allow it', async () => {
    const principal = 'arn:aws:iam::111122223333:role/enclave-parent'
    const boundary = {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' },
    }
    const { reason } = await run(
      withCase(
        {},
        { policy: policyOf(allow('kms:*')), principals: { parent: { arn: principal, boundary } } },
      ),
    )
    assert.equal(
      reason,
      'no permissions boundary allows kms:Decrypt to arn:aws:sts::111122223333:assumed-role/enclave-parent/enclave-kms',
    )
  })

  it('needs no statement for the root user’s actions on no key', async () => {
    const parent = { arn: 'arn:aws:iam::111122223333:root' }
    const { actual, reason } = await run(
      withCase({ action: 'kms:GenerateRandom' }, { principals: { parent } }),
    )
    assert.equal(actual, 'allow')
    assert.equal(reason, "the account's root user needs no policy")
  })
})
