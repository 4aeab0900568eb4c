/**
 * Cases and configs for the test of the schemas: some that have a map of every kind, whose policies are
 * paths, and wrong ones.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { image, keyArn, members, parentArn, policyOf, allow, example } from '../cases/support.ts'
import { root } from './programs.ts'

const resource = {
  address: 'aws_kms_key.app',
  type: 'aws_kms_key',
  values: { policy: JSON.stringify(policyOf(allow('kms:Decrypt'))) },
}

const contents: Readonly<Record<string, unknown>> = {
  'key.json': policyOf(allow('kms:Decrypt')),
  'identity.json': {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' }],
  },
  'trust.json': {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: parentArn }, Action: 'sts:AssumeRole' }],
  },
  'control.json': {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Principal: '*', Action: 'kms:Decrypt', Resource: '*' }],
  },
  'jwks.json': { keys: [] },
  'plan.json': { planned_values: { root_module: { resources: [resource] } } },
  'template.json': {
    Parameters: { Image: { Type: 'String' } },
    Resources: {
      Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: policyOf(allow('kms:Decrypt')) } },
    },
  },
}

/** The files that they name, by their last part. */
export function readFile(path: string): Uint8Array {
  const name = path.replace(/^.*[\\/]/, '')
  if (name === 'root.pem') return readFileSync(join(root, 'certs/simulated-root.pem'))
  if (name in contents) return Buffer.from(JSON.stringify(contents[name]))
  throw new Error('ENOENT')
}

const principals = {
  parent: {
    arn: parentArn,
    sessionName: 'worker-1',
    policies: ['./identity.json'],
    tags: { a: 'b' },
  },
}

const organization = {
  id: 'o-exampleorgid',
  path: 'o-exampleorgid/r-ab12/',
  serviceControlPolicies: ['./identity.json'],
  resourceControlPolicies: ['./control.json'],
}

const endpoint = {
  id: 'vpce-1234abcd',
  vpc: 'vpc-1234abcd',
  account: '111122223333',
  policy: './key.json',
}

const cases = {
  ...members,
  policy: './key.json',
  principals,
  accept: [{ rule: 'root-delegation', reason: 'it is meant' }],
}

export const rightCases: readonly object[] = [
  {
    ...cases,
    cases: [
      {
        ...example,
        encryptionContext: { a: 'b' },
        context: { 'aws:SourceIp': '10.0.0.7', 'x:A': [], 'x:B': 7, 'x:C': true },
      },
    ],
  },
  { ...cases, cases: [{ ...example, action: ['kms:Decrypt', 'KMS:encrypt'] }] },
  { ...cases, cases: [{ ...example, attestation: undefined }] },
  { ...cases, cases: [{ ...example, attestation: { platform: 'nitro-tpm', pcrs: {} } }] },
  { ...cases, cases: [{ ...example, attestation: { debug: true } }] },
  { ...cases, policy: { terraform: './plan.json', address: 'aws_kms_key.app' } },
  {
    ...cases,
    policy: { cloudformation: './template.json', resource: 'Key', parameters: { Image: 'x' } },
  },
  { ...cases, policy: policyOf(allow(['kms:Decrypt'], { NotPrincipal: undefined })) },
  { ...cases, policy: JSON.stringify(policyOf(allow('kms:Decrypt'))) },
  {
    ...cases,
    principals: {
      service: { service: 's3.amazonaws.com' },
      session: { arn: parentArn, sessionPolicies: ['./identity.json'] },
    },
    cases: [{ ...example, principal: 'service' }],
  },
  {
    ...cases,
    organization,
    vpcEndpoints: [endpoint],
    cases: [{ ...example, vpcEndpoint: endpoint.id }],
  },
  { ...cases, organization: { id: organization.id }, vpcEndpoints: [] },
]

export const wrongCases: Readonly<Record<string, object>> = {
  'an unknown member': { ...cases, more: 1 },
  'no policy': { ...cases, policy: undefined },
  'a policy that is a number': { ...cases, policy: 1 },
  'a policy with an unknown element': { ...cases, policy: { Statement: [], More: 1 } },
  'a statement with another effect': {
    ...cases,
    policy: policyOf(allow('kms:Decrypt', { Effect: 'Maybe' })),
  },
  'a plan and no address': { ...cases, policy: { terraform: './plan.json' } },
  'a template with an address': {
    ...cases,
    policy: { cloudformation: './template.json', resource: 'Key', address: 'x' },
  },
  'no key': { ...cases, key: undefined },
  'a key without ARN': { ...cases, key: {} },
  'an alias for a key': { ...cases, key: { arn: keyArn.replace(/key\/.*/, 'alias/app') } },
  'an unknown spec': { ...cases, key: { arn: keyArn, spec: 'RSA_1024' } },
  'an unknown usage': { ...cases, key: { arn: keyArn, usage: 'ENCRYPT' } },
  'a reserved tag': { ...cases, key: { arn: keyArn, tags: { 'aws:a': 'b' } } },
  'a tag that is a number': { ...cases, key: { arn: keyArn, tags: { a: 1 } } },
  'principals in a list': { ...cases, principals: [] },
  'a principal with an unknown member': {
    ...cases,
    principals: { parent: { arn: parentArn, name: 'x' } },
  },
  'a session name with a space': {
    ...cases,
    principals: { parent: { arn: parentArn, sessionName: 'a b' } },
  },
  'a grant without a grantee': { ...cases, grants: [{ operations: ['Decrypt'] }] },
  'a grant without operations': { ...cases, grants: [{ GranteePrincipal: parentArn }] },
  'a grant with an unknown constraint': {
    ...cases,
    grants: [{ granteePrincipal: parentArn, operations: [], constraints: { sourceIp: 'x' } }],
  },
  'no cases': { ...cases, cases: [] },
  'a case without a name': { ...cases, cases: [{ ...example, name: ' ' }] },
  'a case with an unknown member': { ...cases, cases: [{ ...example, expects: 'allow' }] },
  'a case about no action': { ...cases, cases: [{ ...example, action: [] }] },
  'an unknown action': { ...cases, cases: [{ ...example, action: 'kms:Decyrpt' }] },
  'an action of another service': { ...cases, cases: [{ ...example, action: 's3:GetObject' }] },
  ReEncrypt: { ...cases, cases: [{ ...example, action: 'kms:ReEncrypt' }] },
  'another expectation': { ...cases, cases: [{ ...example, expect: 'denied' }] },
  'a context value that is a map': { ...cases, cases: [{ ...example, context: { 'x:A': {} } }] },
  'a context key without a service': {
    ...cases,
    cases: [{ ...example, context: { SourceIp: 'x' } }],
  },
  'an encryption context of numbers': {
    ...cases,
    cases: [{ ...example, encryptionContext: { a: 1 } }],
  },
  'an empty attestation': { ...cases, cases: [{ ...example, attestation: {} }] },
  'an attestation that is not debug': {
    ...cases,
    cases: [{ ...example, attestation: { debug: false } }],
  },
  'a register with a prefix': {
    ...cases,
    cases: [{ ...example, attestation: { pcrs: { 0: `0x${image}` } } }],
  },
  'a register that no document has': {
    ...cases,
    cases: [{ ...example, attestation: { pcrs: { 32: image } } }],
  },
  'another platform': {
    ...cases,
    cases: [{ ...example, attestation: { platform: 'sev', debug: true } }],
  },
  'a case whose endpoint is a number': { ...cases, cases: [{ ...example, vpcEndpoint: 1 }] },
  'an organization without id': { ...cases, organization: {} },
  'an organization with an unknown member': {
    ...cases,
    organization: { ...organization, scps: [] },
  },
  'an endpoint without a VPC': { ...cases, vpcEndpoints: [{ id: endpoint.id }] },
  'an endpoint with an unknown member': { ...cases, vpcEndpoints: [{ ...endpoint, name: 'x' }] },
  'an unknown rule': { ...cases, accept: [{ rule: 'none', reason: 'x' }] },
  'a finding without a reason': { ...cases, accept: [{ rule: 'root-delegation' }] },
}

const id = '1234abcd-12ab-34cd-56ef-1234567890ab'

const config = {
  port: 0,
  host: '127.0.0.1',
  data: './data',
  databaseUrl: 'postgres://localhost/kms',
  workers: '1',
  auth: 'strict',
  tls: 'true',
  logLevel: 'silent',
  account: 111122223333,
  region: 'eu-west-1',
  hosts: ['kms.test'],
  roots: ['simulated', 'aws', { file: './root.pem' }, { sha256: 'ab'.repeat(32) }],
  attestation: { maxAgeSeconds: 300, futureSkewSeconds: '60' },
  principals: [
    {
      arn: parentArn,
      accessKeyId: 'AKIA1',
      secretAccessKey: 'secret',
      sessionName: 'worker-1',
      policies: ['./identity.json'],
      boundary: './identity.json',
      trustPolicy: './trust.json',
      maxSessionDuration: 3600,
      tags: { team: 'payments' },
    },
    {
      arn: 'arn:aws:iam::111122223333:user/jane',
      mfaDevices: [
        {
          serialNumber: 'arn:aws:iam::111122223333:mfa/jane',
          seed: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
        },
      ],
    },
    { service: 's3.amazonaws.com' },
  ],
  organization,
  vpcEndpoints: [endpoint],
  keys: [
    {
      id,
      aliases: ['alias/app'],
      spec: 'SYMMETRIC_DEFAULT',
      usage: 'ENCRYPT_DECRYPT',
      policy: './key.json',
      material: Buffer.alloc(32, 7).toString('base64'),
      tags: { app: 'demo' },
      description: 'an example',
    },
  ],
  webIdentityProviders: [{ issuer: 'https://token.test', jwks: './jwks.json', audience: 'sts' }],
  quotas: {
    defaults: true,
    keys: 3,
    requestRates: {
      CreateKey: 0.5,
      cryptographicOperations: {},
      GenerateDataKeyPair: { RSA_2048: 1 },
    },
  },
}

export const rightConfigs: readonly object[] = [{}, config, { account: '012345678901', tls: true }]

export const wrongConfigs: Readonly<Record<string, object>> = {
  'an unknown member': { more: 1 },
  'a port out of range': { port: 65_536 },
  'a port that is a word': { port: 'any' },
  'another auth': { auth: 'none' },
  'tls that is neither': { tls: 'yes' },
  'an account of eleven digits': { account: '11112222333' },
  'an account that lost its zero': { account: 12345678901 },
  'a Region with a space': { region: 'us east' },
  'a host with a slash': { hosts: ['a/b'] },
  'another root': { roots: ['nitro'] },
  'a root by half a digest': { roots: [{ sha256: 'ab' }] },
  'a document that never ages': { attestation: { maxAgeSeconds: 0 } },
  'principals in a map': { principals: {} },
  'a principal with an unknown member': { principals: [{ arn: parentArn, key: 'x' }] },
  'a device without a seed': {
    principals: [
      {
        arn: 'arn:aws:iam::111122223333:user/jane',
        mfaDevices: [{ serialNumber: 'arn:aws:iam::111122223333:mfa/jane' }],
      },
    ],
  },
  'an organization without id': { organization: {} },
  'an endpoint without a VPC': { vpcEndpoints: [{ id: 'vpce-1234abcd' }] },
  'a key without id': { keys: [{}] },
  'an alias without its prefix': { keys: [{ id, aliases: ['app'] }] },
  'a key with an unknown member': { keys: [{ id, alias: 'alias/app' }] },
  'a provider without an audience': {
    webIdentityProviders: [{ issuer: 'x', jwks: './jwks.json' }],
  },
  'a quota that does not exist': { quotas: { keysPerRegion: 1 } },
  'a rate of nothing': { quotas: { requestRates: { CreateKey: 0 } } },
  'a rate of a spec that no pair has': {
    quotas: { requestRates: { GenerateDataKeyPair: { RSA_1024: 1 } } },
  },
}
