import assert from 'node:assert/strict'
import { keyPolicyOfTemplate } from '../../lib/cases/cloudformation.ts'
import type { KnownValue } from '../../lib/cases/intrinsics.ts'
import { ChangedNumber } from '../../lib/config/changed-number.ts'
import { ConfigError } from '../../lib/config/config-error.ts'

const place = { path: 'policy', baseDir: '.', readFile: () => new Uint8Array() }
const key = { account: '111122223333', region: 'eu-west-1' }

interface Given {
  readonly resource?: string
  readonly parameters?: Readonly<Record<string, KnownValue>>
  readonly region?: string
}

function policyOf(
  template: unknown,
  { resource = 'Key', parameters = {}, region = key.region }: Given = {},
): unknown {
  const selector = { file: 'key.yaml', resource, parameters, key: { ...key, region } }
  return JSON.parse(keyPolicyOfTemplate(template, selector, place))
}

/** A template with a key that has this policy. */
function templateOf(KeyPolicy: unknown, Parameters: object = {}, Type = 'AWS::KMS::Key'): object {
  return { Parameters, Resources: { Key: { Type, Properties: { KeyPolicy } }, Role: {} } }
}

function refuses(template: unknown, message: string, given: Given = {}): void {
  assert.throws(
    () => policyOf(template, given),
    (error) => error instanceof ConfigError && (assert.equal(error.message, message), true),
  )
}

describe('keyPolicyOfTemplate', () => {
  it('gives the policy of a key and of a replica key', () => {
    for (const type of ['AWS::KMS::Key', 'AWS::KMS::ReplicaKey']) {
      assert.deepEqual(policyOf(templateOf({ Statement: [] }, {}, type)), { Statement: [] })
    }
  })

  it('takes a policy that is written as JSON text', () => {
    const text = { 'Fn::Sub': '{"Id":"${AWS::AccountId}"}' }
    assert.deepEqual(policyOf(templateOf(text)), { Id: '111122223333' })
  })

  it('takes pseudo parameters from the key', () => {
    const names = ['AWS::AccountId', 'AWS::Region', 'AWS::Partition', 'AWS::URLSuffix']
    const refs = names.map((Ref) => ({ Ref }))
    const [inIreland, inChina] = [
      policyOf(templateOf(refs)),
      policyOf(templateOf(refs), { region: 'cn-north-1' }),
    ]
    assert.deepEqual(inIreland, ['111122223333', 'eu-west-1', 'aws', 'amazonaws.com'])
    assert.deepEqual(inChina, ['111122223333', 'cn-north-1', 'aws-cn', 'amazonaws.com.cn'])
    const parameters = { 'AWS::AccountId': '444455556666' }
    assert.deepEqual(policyOf(templateOf([{ Ref: 'AWS::AccountId' }]), { parameters }), [
      '111122223333',
    ])
  })

  const declared = {
    Image: { Type: 'String', Default: 'old' },
    Count: { Type: 'Number', Default: 3 },
    Roles: { Type: 'CommaDelimitedList', Default: 'a, b' },
    Ids: { Type: 'List<AWS::EC2::VPC::Id>' },
    Stored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/a/name' },
    Unset: { Type: 'String' },
    constructor: { Type: 'String' },
  }

  it('takes a parameter’s default, unless its value is given', () => {
    const refs = [
      { Ref: 'Image' },
      { Ref: 'Count' },
      { Ref: 'Roles' },
      { Ref: 'Ids' },
      { Ref: 'Stored' },
    ]
    const parameters = { Image: 'new', Ids: 'v,w', Stored: 'value' }
    const policy = policyOf(templateOf(refs, declared), { parameters })
    assert.deepEqual(policy, ['new', '3', ['a', 'b'], ['v', 'w'], 'value'])
  })

  it('takes what is given for a resource and its attributes', () => {
    const parameters = { Role: 'app', 'Role.Arn': 'arn:aws:iam::111122223333:role/app' }
    const policy = policyOf(
      templateOf([
        { Ref: 'Role' },
        { 'Fn::GetAtt': ['Role', 'Arn'] },
        { 'Fn::GetAtt': 'Role.Arn' },
      ]),
      { parameters },
    )
    assert.deepEqual(policy, ['app', parameters['Role.Arn'], parameters['Role.Arn']])
  })

  const at = 'policy.cloudformation: Resources.Key.Properties.KeyPolicy'
  const changed = 'a number that would not stay as it is written: put it in quotes'

  it('refuses an account that YAML makes another number of, where it is used', () => {
    const account = new ChangedNumber('012345678901')
    const parameters = { Account: { Type: 'String', Default: account } }
    refuses(templateOf({ 'Fn::Sub': ['${A}', { A: account }] }), `${at}.A: ${changed}`)
    refuses(
      templateOf([{ Ref: 'Account' }], parameters),
      `${at}[0]: the default of Account is ${changed}`,
    )
    assert.deepEqual(policyOf(templateOf([], parameters)), [])
    const given = { parameters: { Account: '012345678901' } }
    assert.deepEqual(policyOf(templateOf([{ Ref: 'Account' }], parameters), given), [
      '012345678901',
    ])
  })

  it('refuses a value that is not known, with the path in the template', () => {
    for (const name of ['Unset', 'Stored', 'constructor', 'AWS::StackName']) {
      refuses(
        templateOf({ Statement: [{ Principal: { AWS: { Ref: name } } }] }, declared),
        `${at}.Statement[0].Principal.AWS: the value of ${name} is not known here: give it under policy.parameters`,
      )
    }
  })

  it('refuses a parameter that the template has no name for', () => {
    refuses(
      templateOf({}),
      'policy.parameters.Rolle.Arn: the template has no parameter and no resource of that name',
      { parameters: { 'Rolle.Arn': 'x' } },
    )
  })

  it('refuses a resource that is not there, or no key, and names the keys', () => {
    refuses(templateOf({}), 'policy.resource: key.yaml has no resource Kee: want one of Key', {
      resource: 'Kee',
    })
    refuses(templateOf({}), 'policy.resource: Role is no KMS key: want one of Key', {
      resource: 'Role',
    })
    refuses({ Resources: {} }, 'policy.resource: key.yaml has no resource constructor', {
      resource: 'constructor',
    })
  })

  it('refuses a key without a policy', () => {
    for (const policy of [undefined, null, { Ref: 'AWS::NoValue' }]) {
      const message =
        policy === undefined || policy === null
          ? 'policy.resource: Key has no KeyPolicy: AWS gives it the default key policy'
          : `${at}: want a value, got AWS::NoValue`
      refuses(templateOf(policy), message)
    }
  })

  it('refuses what is no template', () => {
    for (const template of [null, [], 'x', {}, { Resources: [] }]) {
      refuses(template, 'policy.cloudformation: key.yaml has no Resources: want a template')
    }
  })
})
