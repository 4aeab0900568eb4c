/**
 * Calls that come through AWS services, through VPC endpoints and from service principals, over HTTP:
 * what the headers of docs/request-context.md say is what policies see.
 */
import assert from 'node:assert/strict'
import type { KMSClient } from '@aws-sdk/client-kms'
import type { ContextValue } from '../../lib/iam/request.ts'
import type { OperationName } from '../../lib/kms/model/types.ts'
import { answer, outcome, refused, type Exchange } from '../support/call.ts'
import { clientWith, type Who } from '../support/headers.ts'
import { account, keyIds, arns, useKms } from '../support/scene.ts'

const s3 = 's3.us-east-1.amazonaws.com'
const trail = `arn:aws:cloudtrail:us-east-1:${account}:trail/audit`
const cloudTrail: Who = { accessKeyId: 'AKIACLOUDTRAIL', secretAccessKey: 'cloudtrail-secret' }
const user: Who = { accessKeyId: 'AKIAUSER', secretAccessKey: 'user-secret' }
const userArn = `arn:aws:iam::${account}:user/jane`

const root = { AWS: `arn:aws:iam::${account}:root` }
const admin = { Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' }
const path = 'o-exampleorgid/r-ab12/ou-ab12-11111111/'

const keys: object[] = []

/** The id of a key whose policy has this statement beside the one for the account. */
function keyWith(statement: object): string {
  const id = `00000000-0000-4000-8000-10000000000${String(keys.length)}`
  keys.push({ id, policy: { Version: '2012-10-17', Statement: [admin, statement] } })
  return id
}

const everyone = { Principal: '*', Resource: '*' }
const janes = { Effect: 'Allow', Principal: { AWS: userArn }, Resource: '*' }
const throughS3 = keyWith({
  ...janes,
  Action: 'kms:Encrypt',
  Condition: { StringEquals: { 'kms:ViaService': s3 } },
})
const throughAthena = keyWith({
  ...janes,
  Action: 'kms:Encrypt',
  Condition: {
    'ForAnyValue:StringEquals': { 'aws:CalledVia': 'athena.amazonaws.com' },
    StringEquals: { 'aws:CalledViaLast': 's3.amazonaws.com' },
  },
})
const grantsForServices = keyWith({
  ...janes,
  Action: 'kms:CreateGrant',
  Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
})
const forEndpoint = keyWith({
  ...everyone,
  Effect: 'Deny',
  Action: 'kms:Encrypt',
  Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1234abcd' } },
})
const forTrail = keyWith({
  Effect: 'Allow',
  Principal: { Service: 'cloudtrail.amazonaws.com' },
  Action: 'kms:GenerateDataKey',
  Resource: '*',
  Condition: { StringEquals: { 'aws:SourceArn': trail } },
})

const onlyReads = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 'kms:Describe*', Resource: '*' }],
}

describe('the request context of a call', () => {
  const kms = useKms(['symmetric'], {
    principals: [
      { arn: userArn, ...user },
      { service: 'cloudtrail.amazonaws.com', ...cloudTrail },
    ],
    organization: { id: 'o-exampleorgid', path },
    vpcEndpoints: [
      { id: 'vpce-1234abcd', vpc: 'vpc-1234abcd' },
      { id: 'vpce-5678abcd', vpc: 'vpc-1234abcd', policy: onlyReads, account: '444455556666' },
    ],
    keys,
  })

  const through = (services: string, who: Who = user) =>
    clientWith(kms, { 'X-Enclave-Kms-Via-Service': services }, who)
  const at = (endpoint: string) => clientWith(kms, { 'X-Enclave-Kms-Vpc-Endpoint': endpoint })
  const encrypt = (KeyId: string) => ({ KeyId, Plaintext: Buffer.from('plaintext') })

  async function decisionOf({ requestId }: Exchange) {
    const decision = await kms.control('GET', `/_/decisions/${requestId}`)
    return decision as {
      readonly effect: string
      readonly message: string
      readonly requestContext: Readonly<Record<string, ContextValue>>
      readonly evaluations: readonly { readonly policyType: string; readonly policy: string }[]
    }
  }

  /** The text of a denial. */
  async function denied(
    client: KMSClient,
    operation: OperationName,
    input: object,
  ): Promise<string> {
    const exchange = await outcome(client, operation, input)
    assert.equal(exchange.body.__type, 'AccessDeniedException', exchange.text)
    return String(exchange.body.Message)
  }

  it('through a service has its name in the Region, which a key policy may ask for', async () => {
    const seen = await answer(through('s3'), 'Encrypt', encrypt(throughS3))
    const { requestContext } = await decisionOf(seen)
    assert.equal(requestContext['kms:ViaService'], s3)
    assert.deepEqual(requestContext['aws:CalledVia'], ['s3.amazonaws.com'])
    assert.equal(requestContext['aws:ViaAWSService'], 'true')
    assert.equal(requestContext['aws:SourceIp'], '127.0.0.1')
    assert.equal(requestContext['aws:MultiFactorAuthPresent'], 'false')
    await denied(through('lambda'), 'Encrypt', encrypt(throughS3))
    await denied(through('s3.eu-west-1.amazonaws.com'), 'Encrypt', encrypt(throughS3))
    await denied(kms.client({ credentials: user }), 'Encrypt', encrypt(throughS3))
  })

  it('through several services has them in order', async () => {
    const input = encrypt(throughAthena)
    const { requestContext } = await decisionOf(
      await answer(through('athena, s3'), 'Encrypt', input),
    )
    assert.deepEqual(requestContext['aws:CalledVia'], ['athena.amazonaws.com', 's3.amazonaws.com'])
    assert.equal(requestContext['aws:CalledViaFirst'], 'athena.amazonaws.com')
    assert.equal(requestContext['kms:ViaService'], s3)
    await denied(through('s3, athena'), 'Encrypt', input)
    await denied(through('s3'), 'Encrypt', input)
  })

  it('through a service makes a grant one for a resource of AWS’s', async () => {
    const input = { KeyId: grantsForServices, GranteePrincipal: userArn, Operations: ['Decrypt'] }
    await answer(through('ec2'), 'CreateGrant', input)
    await denied(kms.client({ credentials: user }), 'CreateGrant', input)
  })

  it('through the service alone opens what an AWS managed key encrypted', async () => {
    const KeyId = 'alias/aws/s3'
    await answer(through('s3'), 'GenerateDataKey', { KeyId, KeySpec: 'AES_256' })
    assert.match(
      await denied(through('sns'), 'GenerateDataKey', { KeyId, KeySpec: 'AES_256' }),
      /because no resource-based policy allows the kms:GenerateDataKey action$/,
    )
  })

  it('through a VPC endpoint has what is known of it, and no address of the internet', async () => {
    const seen = await answer(at('vpce-1234abcd'), 'Encrypt', encrypt(forEndpoint))
    const { requestContext, evaluations } = await decisionOf(seen)
    const names = Object.keys(requestContext).filter((name) => /Vpc|SourceIp/.test(name))
    assert.deepEqual(Object.fromEntries(names.map((name) => [name, requestContext[name]])), {
      'aws:SourceVpc': 'vpc-1234abcd',
      'aws:SourceVpce': 'vpce-1234abcd',
      'aws:VpcSourceIp': '127.0.0.1',
      'aws:VpceAccount': account,
      'aws:VpceOrgID': 'o-exampleorgid',
      'aws:VpceOrgPaths': [path],
    })
    const policy = evaluations.find(({ policyType }) => policyType === 'VPC_ENDPOINT_POLICY')
    assert.equal(policy?.policy, 'default')
    assert.match(
      await denied(at('vpce-5678abcd'), 'Encrypt', encrypt(forEndpoint)),
      /with an explicit deny in a resource-based policy$/,
    )
    await denied(kms.root, 'Encrypt', encrypt(forEndpoint))
  })

  it('through a VPC endpoint needs the endpoint’s policy too', async () => {
    await answer(at('vpce-5678abcd'), 'DescribeKey', { KeyId: keyIds.symmetric })
    assert.equal(
      await denied(at('vpce-5678abcd'), 'Encrypt', encrypt(keyIds.symmetric)),
      `User: arn:aws:iam::${account}:root is not authorized to perform: kms:Encrypt on resource: ${arns.symmetric} because no VPC endpoint policy allows the kms:Encrypt action`,
    )
    const seen = await answer(at('vpce-5678abcd'), 'DescribeKey', { KeyId: keyIds.symmetric })
    const { requestContext } = await decisionOf(seen)
    assert.equal(requestContext['aws:VpceAccount'], '444455556666')
    assert.equal(requestContext['aws:VpceOrgID'], undefined)
  })

  it('of a service principal has the resource that it calls for', async () => {
    const KeyId = `arn:aws:kms:us-east-1:${account}:key/${forTrail}`
    const headers = {
      'X-Enclave-Kms-Source-Arn': trail,
      'X-Enclave-Kms-Source-Account': account,
    }
    const input = { KeyId, KeySpec: 'AES_256' }
    const seen = await answer(clientWith(kms, headers, cloudTrail), 'GenerateDataKey', input)
    const { requestContext } = await decisionOf(seen)
    assert.equal(requestContext['aws:PrincipalServiceName'], 'cloudtrail.amazonaws.com')
    assert.equal(requestContext['aws:SourceArn'], trail)
    assert.equal(requestContext['aws:SourceAccount'], account)
    assert.equal(requestContext['aws:SourceOrgID'], 'o-exampleorgid')
    assert.deepEqual(requestContext['aws:SourceOrgPaths'], [path])
    assert.equal(requestContext['aws:PrincipalOrgID'], undefined)
    await denied(clientWith(kms, {}, cloudTrail), 'GenerateDataKey', input)
    const other = { ...headers, 'X-Enclave-Kms-Source-Arn': `${trail}2` }
    await denied(clientWith(kms, other, cloudTrail), 'GenerateDataKey', input)
  })

  it('of a service principal satisfies a grant for its resource', async () => {
    const KeyId = arns.symmetric
    await answer(kms.root, 'CreateGrant', {
      KeyId,
      GranteeServicePrincipal: 'cloudtrail.amazonaws.com',
      RetiringServicePrincipal: 'cloudtrail.amazonaws.com',
      Operations: ['Encrypt'],
      Constraints: { SourceArn: trail },
    })
    const forTheTrail = clientWith(kms, { 'X-Enclave-Kms-Source-Arn': trail }, cloudTrail)
    await answer(forTheTrail, 'Encrypt', encrypt(KeyId))
    await denied(clientWith(kms, {}, cloudTrail), 'Encrypt', encrypt(KeyId))
  })

  it('has the tags that a new key is to have', async () => {
    const Tags = [{ TagKey: 'Team', TagValue: 'payments' }]
    const seen = await outcome(kms.client({ credentials: user }), 'CreateKey', { Tags })
    const { requestContext, effect } = await decisionOf(seen)
    assert.equal(effect, 'IMPLICIT_DENY')
    assert.equal(requestContext['aws:RequestTag/Team'], 'payments')
    assert.equal(requestContext['aws:ResourceTag/Team'], 'payments')
    assert.deepEqual(requestContext['aws:PrincipalOrgPaths'], [path])
  })

  it('is not made of a header that says nothing sensible: no decision is made', async () => {
    const message = 'X-Enclave-Kms-Vpc-Endpoint: the config has no such VPC endpoint'
    const input = { KeyId: keyIds.symmetric }
    const { requestId } = await refused(at('vpce-00000000'), 'DescribeKey', input, [
      'ValidationException',
      message,
    ])
    await assert.rejects(kms.control('GET', `/_/decisions/${requestId}`), /404/)
  })
})
