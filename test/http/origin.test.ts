import assert from 'node:assert/strict'
import { parsePolicy } from '../../lib/iam/document.ts'
import type { PrincipalType } from '../../lib/iam/request.ts'
import { readOrigin, type OriginOptions } from '../../lib/http/origin.ts'

const account = '111122223333'
const document = parsePolicy('{"Version":"2012-10-17","Statement":[]}', 'vpcEndpoint')
const endpoint = {
  id: 'vpce-1234abcd',
  vpc: 'vpc-1234abcd',
  account,
  policy: { name: 'default', document },
}

function optionsOf(type: PrincipalType): OriginOptions {
  return {
    caller: { principal: { type, arn: 'unused', account }, userId: 'x', tags: {}, policies: [] },
    region: 'eu-west-1',
    vpcEndpoints: new Map([[endpoint.id, endpoint]]),
  }
}

/** Reads headers of a call, by the ends of their names. */
function read(headers: Record<string, string>, type: PrincipalType = 'User') {
  const named = Object.entries(headers).map(([name, value]) => [`x-enclave-kms-${name}`, value])
  return readOrigin(Object.fromEntries(named) as Record<string, string>, optionsOf(type))
}

const hop = (name: string, region = 'eu-west-1') => ({
  principal: `${name}.amazonaws.com`,
  regional: `${name}.${region}.amazonaws.com`,
})

describe('readOrigin', () => {
  it('finds nothing in the headers of a call of AWS’s own clients', () => {
    const headers = { 'x-amz-target': 'TrentService.ListKeys', 'user-agent': 'sdk' }
    assert.equal(readOrigin(headers, optionsOf('User')), undefined)
  })

  const chains: readonly (readonly [string, readonly object[]])[] = [
    ['s3', [hop('s3')]],
    ['s3.amazonaws.com', [hop('s3')]],
    ['s3.us-east-1.amazonaws.com', [hop('s3', 'us-east-1')]],
    ['cloudformation, dynamodb', [hop('cloudformation'), hop('dynamodb')]],
    ['a,b,c,d,e,f,g,h', ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => hop(name))],
  ]
  for (const [text, via] of chains) {
    it(`reads the services of ${text}`, () => {
      assert.deepEqual(read({ 'via-service': text }), { via })
    })
  }

  it('finds the VPC endpoint of the config', () => {
    assert.deepEqual(read({ 'vpc-endpoint': 'vpce-1234abcd' }), { vpcEndpoint: endpoint })
  })

  it('reads what a service principal calls for', () => {
    const arn = 'arn:aws:cloudtrail:us-east-1:111122223333:trail/a'
    assert.deepEqual(read({ 'source-arn': arn, 'source-account': account }, 'Service'), {
      source: { arn, account },
    })
    assert.deepEqual(read({ 'source-account': account }, 'Service'), { source: { account } })
    assert.deepEqual(read({ 'source-arn': 'arn:aws:s3:::bucket' }, 'Service'), {
      source: { arn: 'arn:aws:s3:::bucket' },
    })
  })

  const service =
    'X-Enclave-Kms-Via-Service: want an AWS service, like s3 or s3.us-east-1.amazonaws.com'
  const noArn = 'X-Enclave-Kms-Source-Arn: want the ARN of a resource'
  const noAccount = 'X-Enclave-Kms-Source-Account: want twelve digits'
  const throughService =
    'X-Enclave-Kms-Vpc-Endpoint: what an AWS service calls comes through no endpoint'
  const refusals: readonly (readonly [Record<string, string>, PrincipalType, string])[] = [
    [{ 'via-service': '' }, 'User', service],
    [{ 'via-service': 'S3' }, 'User', service],
    [{ 'via-service': 's3,' }, 'User', service],
    [{ 'via-service': 's3.example.com' }, 'User', service],
    [{ 'via-service': 's3.us-east-1' }, 'User', service],
    [{ 'via-service': 's3.US-EAST-1.amazonaws.com' }, 'User', service],
    [
      { 'via-service': 'a,b,c,d,e,f,g,h,i' },
      'User',
      'X-Enclave-Kms-Via-Service: want at most 8 services',
    ],
    [
      { 'via-service': 's3' },
      'Service',
      'X-Enclave-Kms-Via-Service: a service principal calls for itself',
    ],
    [
      { 'vpc-endpoint': 'vpce-00000000' },
      'User',
      'X-Enclave-Kms-Vpc-Endpoint: the config has no such VPC endpoint',
    ],
    [
      { 'vpc-endpoint': '' },
      'User',
      'X-Enclave-Kms-Vpc-Endpoint: the config has no such VPC endpoint',
    ],
    [{ 'vpc-endpoint': endpoint.id }, 'Service', throughService],
    [{ 'vpc-endpoint': endpoint.id, 'via-service': 's3' }, 'User', throughService],
    [
      { 'source-arn': 'arn:aws:s3:::b' },
      'User',
      'X-Enclave-Kms-Source-Arn: only a service principal has one',
    ],
    [
      { 'source-account': account },
      'User',
      'X-Enclave-Kms-Source-Account: only a service principal has one',
    ],
    [
      { 'source-arn': 'arn:aws:s3:::b', 'via-service': 's3' },
      'User',
      'X-Enclave-Kms-Source-Arn: only a service principal has one',
    ],
    [{ 'source-arn': 'bucket' }, 'Service', noArn],
    [{ 'source-arn': 'arn:aws:s3:::' }, 'Service', noArn],
    [{ 'source-arn': 'arn:aws:s3:::bucket/a b' }, 'Service', noArn],
    [{ 'source-account': '1' }, 'Service', noAccount],
    [{ 'source-account': '' }, 'Service', noAccount],
  ]
  for (const [headers, type, message] of refusals) {
    it(`refuses ${JSON.stringify(headers)} of a ${type}`, () => {
      assert.throws(() => read(headers, type), { code: 'ValidationException', message })
    })
  }
})
