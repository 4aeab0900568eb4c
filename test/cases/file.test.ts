import assert from 'node:assert/strict'
import { join } from 'node:path'
import { ConfigError } from '../../lib/config/config-error.ts'
import {
  allow,
  example,
  folder,
  image,
  keyArn,
  members,
  parentArn,
  path,
  policyOf,
  read,
  withCase,
  type Files,
} from './support.ts'

/** The whole message behind the file's name. */
async function refuses(file: string | object, message: string, files: Files = {}): Promise<void> {
  await assert.rejects(read(file, files), (error) => {
    assert.ok(error instanceof ConfigError, String(error))
    assert.equal(error.message, `${path}: ${message}`)
    assert.equal(error.path, path)
    return true
  })
}

/** The example of docs/policy-cases.md. */
const contract = `
policy: ./enclave-only.json            # the key policy under test
key: { arn: ${keyArn}, spec: SYMMETRIC_DEFAULT, tags: {} }
principals:
  parent: { arn: ${parentArn}, sessionName: worker-1, policies: [./iam/parent.json] }
grants: []
cases:
  - name: the production image may decrypt
    principal: parent
    action: kms:Decrypt
    encryptionContext: { tenant: a }
    attestation: { pcrs: { 0: ${image} } }
    context: { "aws:SourceIp": 10.0.0.7 }
    expect: allow                          # allow | deny | explicit-deny | implicit-deny
`
const files = {
  'enclave-only.json': policyOf(allow('kms:Decrypt')),
  'iam/parent.json': {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' }],
  },
}

describe('readCasesFile', () => {
  it('reads every member of the contract’s example', async () => {
    const file = await read(contract, files)
    assert.equal(file.path, path)
    assert.equal(file.policyPath, join(folder, 'enclave-only.json'))
    assert.equal(file.policy.statements[0]?.sid, 'Allow')
    assert.deepEqual(file.key, {
      account: '111122223333',
      region: 'us-east-1',
      id: '1234abcd-12ab-34cd-56ef-1234567890ab',
      spec: 'SYMMETRIC_DEFAULT',
      usage: undefined,
      tags: {},
    })
    assert.deepEqual(file.grants, [])
    assert.deepEqual([...file.principals.keys()], ['parent'])
    assert.equal(file.cases.length, 1)
    const { caller, action, attestation, ...rest } = file.cases[0]!
    assert.deepEqual(rest, {
      name: 'the production image may decrypt',
      index: 0,
      encryptionContext: { tenant: 'a' },
      context: { 'aws:SourceIp': '10.0.0.7' },
      expect: 'allow',
    })
    assert.equal(action.name, 'kms:Decrypt')
    assert.equal(
      caller.principal.arn,
      `${parentArn.replace(':iam:', ':sts:').replace('role/', 'assumed-role/')}/worker-1`,
    )
    assert.deepEqual(
      caller.policies.map(({ name }) => name),
      ['parent.json'],
    )
    assert.deepEqual(attestation?.pcrs, new Map([[0, image]]))
  })

  it('reads JSON, and a policy that stands in the file', async () => {
    const file = await read(members)
    assert.equal(file.policyPath, undefined)
    assert.equal(file.cases[0]?.name, example.name)
  })

  it('makes a case of each action of a list, under one name and one place', async () => {
    const action = ['kms:Decrypt', 'kms:GenerateDataKey']
    const file = await read({ ...members, cases: [example, { ...example, action }] })
    assert.deepEqual(
      file.cases.map(({ name, index, action: { name: asked } }) => [name, index, asked]),
      [
        ['the image may decrypt', 0, 'kms:Decrypt'],
        ['the image may decrypt: kms:Decrypt', 1, 'kms:Decrypt'],
        ['the image may decrypt: kms:GenerateDataKey', 1, 'kms:GenerateDataKey'],
      ],
    )
    await refuses(withCase({ action: [] }), 'cases[0].action: want at least one action')
    await refuses(
      withCase({ action: ['kms:Decrypt', 7] }),
      'cases[0].action[1]: want a text: an action of KMS, like kms:Decrypt, got a number; put it in quotes',
    )
  })

  it('takes numbers, booleans and lists of texts as values of condition keys', async () => {
    const context = { 'aws:A': 'text', 'aws:B': 7, 'aws:C': true, 'aws:D': ['x', 'y'] }
    const file = await read(withCase({ context }))
    assert.deepEqual(file.cases[0]?.context, {
      'aws:A': 'text',
      'aws:B': '7',
      'aws:C': 'true',
      'aws:D': ['x', 'y'],
    })
  })

  it('names the file that is not YAML, or not there', async () => {
    await assert.rejects(read('cases: ['), (error) => {
      assert.ok(error instanceof ConfigError)
      assert.match(error.message, /^\/project\/policies\/app\.cases\.yaml: .* at line 1$/)
      return true
    })
    await refuses(
      { ...members, policy: './gone.json' },
      `policy: cannot read ./gone.json: ENOENT: no such file or directory, open '${join(folder, 'gone.json')}'`,
    )
  })

  const wrong: readonly (readonly [what: string, file: object, message: string])[] = [
    ['an unknown member', { ...members, more: 1 }, 'more: unknown member'],
    [
      'an unknown member of a case',
      withCase({ expects: 'allow' }),
      'cases[0].expects: unknown member',
    ],
    [
      'no policy',
      { ...members, policy: undefined },
      'policy: want a path or a document, got nothing',
    ],
    [
      'a policy that is none',
      { ...members, policy: policyOf({ Effect: 'Maybe' }) },
      'policy: Statement[0].Effect: the effect is "Allow" or "Deny"',
    ],
    [
      'an identity policy that is none',
      { ...members, principals: { parent: { arn: parentArn, policies: [{ Statement: 1 }] } } },
      'principals.parent.policies[0]: Statement: a statement is a JSON object',
    ],
    ['no cases', { ...members, cases: [] }, 'cases: want at least one case'],
    [
      'an expectation',
      withCase({ expect: 'denied' }),
      'cases[0].expect: want allow, deny, explicit-deny or implicit-deny, got "denied"',
    ],
    [
      'a principal',
      withCase({ principal: 'nobody' }),
      'cases[0].principal: want a name under principals: parent',
    ],
    [
      'a principal’s ARN',
      { ...members, principals: { x: { arn: 'arn:aws:iam::1:x' } } },
      'principals.x.arn: want arn:aws:iam::ACCOUNT:user/NAME, …:role/NAME, …:root or …:federated-user/NAME',
    ],
    ['a name', withCase({ name: ' ' }), 'cases[0].name: want a text that is not empty'],
    [
      'an encryption context',
      withCase({ encryptionContext: { a: 1 } }),
      'cases[0].encryptionContext.a: want a text, got a number; put it in quotes',
    ],
    [
      'a value of a condition key',
      withCase({ context: { 'aws:SourceIp': { a: 1 } } }),
      'cases[0].context.aws:SourceIp: want a text, a number, true, false or a list of texts, got a map',
    ],
    [
      'a condition key',
      withCase({ context: { SourceIp: 'x' } }),
      'cases[0].context.SourceIp: want the name of a condition key, like aws:SourceIp',
    ],
  ]
  for (const [what, file, message] of wrong) {
    it(`refuses ${what} that is wrong: ${message}`, () => refuses(file, message))
  }
})
