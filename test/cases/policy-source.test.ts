import assert from 'node:assert/strict'
import { join } from 'node:path'
import { ConfigError } from '../../lib/config/config-error.ts'
import { allow, folder, members, path, policyOf, read, type Files } from './support.ts'

const policy = policyOf(allow('kms:Decrypt'))

function withPolicy(selector: unknown): object {
  return { ...members, policy: selector }
}

async function refuses(selector: unknown, message: string, files: Files = {}): Promise<void> {
  await assert.rejects(read(withPolicy(selector), files), (error) => {
    assert.ok(error instanceof ConfigError, String(error))
    assert.equal(error.message, `${path}: ${message}`)
    return true
  })
}

describe('readPolicySource', () => {
  it('takes a file, and says where it is', async () => {
    const file = await read(withPolicy('./app.json'), { 'app.json': policy })
    assert.equal(file.policyPath, join(folder, 'app.json'))
    assert.deepEqual(file.policyPlace, { file: join(folder, 'app.json'), path: '' })
    assert.equal(file.policy.source, JSON.stringify(policy))
  })

  it('takes a policy in the cases file itself, as a document or as its text', async () => {
    for (const given of [policy, JSON.stringify(policy)]) {
      const file = await read(withPolicy(given))
      assert.equal(file.policyPath, undefined)
      assert.deepEqual(file.policyPlace, { file: path, path: 'policy' })
      assert.equal(file.policy.statements[0]?.sid, 'Allow')
    }
  })

  it('takes a resource of a Terraform plan, which has no place that an author knows', async () => {
    const values = { policy: JSON.stringify(policy) }
    const resources = [{ address: 'aws_kms_key.app', type: 'aws_kms_key', values }]
    const plan = { planned_values: { root_module: { resources } } }
    const selector = { terraform: 'plan.json', address: 'aws_kms_key.app' }
    const file = await read(withPolicy(selector), { 'plan.json': plan })
    assert.equal(file.policy.source, values.policy)
    assert.deepEqual([file.policyPath, file.policyPlace], [undefined, undefined])
  })

  it('takes a key of a CloudFormation template, in the account and Region of the key', async () => {
    const template = `
Resources:
  AppKey:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement:
          - Effect: Allow
            Principal: { AWS: !Sub 'arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/a' }
            Action: kms:Decrypt
            Resource: !Sub 'arn:aws:kms:\${AWS::Region}:\${AWS::AccountId}:key/*'
`
    const selector = { cloudformation: 'key.yaml', resource: 'AppKey' }
    const { policy: found, policyPlace } = await read(withPolicy(selector), {
      'key.yaml': template,
    })
    const [statement] = found.statements
    assert.deepEqual(statement?.principal?.expected, ['arn:aws:iam::111122223333:role/a'])
    assert.deepEqual(statement.resource?.expected, ['arn:aws:kms:us-east-1:111122223333:key/*'])
    assert.deepEqual(policyPlace, {
      file: join(folder, 'key.yaml'),
      path: 'Resources.AppKey.Properties.KeyPolicy',
    })
  })

  const wrong: readonly (readonly [what: string, selector: unknown, message: string])[] = [
    ['nothing', undefined, 'policy: want a path or a document, got nothing'],
    ['a list', [], 'policy: want a path or a document, got a list'],
    [
      'a plan without an address',
      { terraform: 'plan.json' },
      'policy.address: want a text: the address of a resource, like aws_kms_key.app, got nothing',
    ],
    [
      'a plan and a template',
      { terraform: 'a', cloudformation: 'b' },
      'policy.cloudformation: unknown member',
    ],
    [
      'a template without a resource',
      { cloudformation: 'key.yaml' },
      'policy.resource: want a text: the logical id of a key, got nothing',
    ],
    [
      'a parameter that is a number',
      { cloudformation: 'key.yaml', resource: 'Key', parameters: { Account: 111122223333 } },
      'policy.parameters.Account: want a text or a list of texts, got a number; put it in quotes',
    ],
    [
      'a file that is not there',
      { terraform: 'gone.json', address: 'aws_kms_key.app' },
      `policy.terraform: cannot read gone.json: ENOENT: no such file or directory, open '${join(folder, 'gone.json')}'`,
    ],
    [
      'a template that is not YAML, by its line',
      { cloudformation: 'broken.yaml', resource: 'Key' },
      'policy.cloudformation: Map keys must be unique at line 2',
    ],
    [
      'a policy that AWS would not store, by its path',
      { cloudformation: 'policy.json', resource: 'Key' },
      'policy.resource: Statement: a statement is a JSON object',
    ],
  ]
  const files = {
    'broken.yaml': 'Resources: {}\nResources: {}\n',
    'policy.json': {
      Resources: { Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Statement: 1 } } } },
    },
  }
  for (const [what, selector, message] of wrong) {
    it(`refuses ${what}`, () => refuses(selector, message, files))
  }

  it('refuses a plan that is larger than any file may be', () =>
    refuses(
      { terraform: 'plan.json', address: 'x' },
      'policy.terraform: plan.json has more than 8388608 bytes',
      { 'plan.json': new Uint8Array(8 * 1024 * 1024 + 1) },
    ))

  it('answers a wrong case and a wrong policy with one error, and leaves none behind', async () => {
    const file = {
      ...withPolicy({ cloudformation: 'gone.yaml', resource: 'Key' }),
      cases: [{ ...members.cases[0], principal: 'nobody' }],
    }
    await assert.rejects(read(file), /policy\.cloudformation: cannot read gone\.yaml/)
  })
})
