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
  refuses,
  withCase,
} from './support.ts'

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

const endpoint = { id: 'vpce-1234abcd', vpc: 'vpc-1234abcd' }

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
      vpcEndpoint: undefined,
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

  it('reads the organization of the key’s account, and endpoints that are its', async () => {
    const statement = { Effect: 'Allow', Action: '*', Resource: '*' }
    const organization = {
      id: 'o-exampleorgid',
      path: 'o-exampleorgid/r-ab12/',
      serviceControlPolicies: ['./scps/all.json', policyOf(statement)],
    }
    const vpcEndpoints = [endpoint]
    const key = { arn: keyArn.replace('111122223333', '777788889999') }
    const file = await read(
      withCase({ vpcEndpoint: 'vpce-1234abcd' }, { key, organization, vpcEndpoints }),
      { 'scps/all.json': policyOf(statement) },
    )
    const { serviceControlPolicies, ...rest } = file.organization ?? assert.fail()
    assert.deepEqual(rest, {
      id: 'o-exampleorgid',
      path: 'o-exampleorgid/r-ab12/',
      account: '777788889999',
      resourceControlPolicies: [],
    })
    assert.deepEqual(
      serviceControlPolicies.map(({ name }) => name),
      ['all.json', 'organization.serviceControlPolicies[1]'],
    )
    assert.equal(file.cases[0]?.vpcEndpoint?.account, '777788889999')
    assert.equal((await read(members)).organization, undefined)
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

  it('refuses a number that would be another, in any place', async () => {
    const text = JSON.stringify(withCase({ context: { 'aws:SourceAccount': 'N' } }))
    for (const number of ['012345678901', '12345678901234567890', '1.0', '0x10', '1e3']) {
      await refuses(
        text.replace('"N"', number),
        'cases[0].context.aws:SourceAccount: a number that would not stay as it is written: put it in quotes',
      )
    }
    for (const number of ['1', '-7', '0.5', '123456789012', '"012345678901"']) {
      const file = await read(text.replace('"N"', number))
      assert.equal(file.cases[0]?.context['aws:SourceAccount'], number.replaceAll('"', ''))
    }
    await refuses(
      text.replace('"worker-1"', '0123'),
      'principals.parent.sessionName: a number that would not stay as it is written: put it in quotes',
    )
  })

  it('says of a file without cases what it is, or what is wanted', async () => {
    const want = 'want a map with the members policy, key, principals and cases'
    await refuses('', `it is empty: ${want}`)
    await refuses('# nothing\n', `it is empty: ${want}`)
    await refuses('[]', want)
    await refuses(members.policy, 'this is a key policy; a cases file names it, as its policy')
  })

  it('names what AWS does not store, and where in the policy’s file', async () => {
    const policy = JSON.stringify(policyOf(allow('kms:Decrypt')), null, 2)
    const named = { ...members, policy: './owner.json' }
    const rows: readonly (readonly [text: string | Uint8Array, message: string])[] = [
      [`\ufeff${policy}`, 'a character AWS does not take: U+FEFF, a byte order mark, at line 1'],
      [policy.replace('"Allow"', '"A—B"'), 'a character AWS does not take: U+2014, at line 5'],
      [
        policy.replace('"AWS"', '"aws"'),
        'Statement[0].Principal.aws: no type of principal: aws; want AWS, Service, Federated, CanonicalUser',
      ],
      [
        policy.replace(':role/', ':group/'),
        'Statement[0].Principal.AWS: no principal that AWS stores: arn:aws:iam::111122223333:group/enclave-parent',
      ],
      [
        policy.replace('"Effect"', '"Sid"'),
        'Statement[0].Sid: the member is there twice: Sid, at line 6, column 7',
      ],
      [
        policy.replace('"*"', '"*",'),
        'Statement[0]: not JSON: a trailing comma at line 11, column 22',
      ],
    ]
    for (const [text, message] of rows) {
      await assert.rejects(read(named, { 'owner.json': text }), (error) => {
        assert.ok(error instanceof ConfigError)
        assert.equal(error.message, `${path}: policy: ${message}`)
        assert.equal(error.inPolicy?.file, join(folder, 'owner.json'))
        return true
      })
    }
  })

  it('takes a byte order mark in the cases file itself', async () => {
    const file = await read(`\ufeff${JSON.stringify(members)}`)
    assert.equal(file.cases.length, 1)
  })

  const wrong: readonly (readonly [what: string, file: object, message: string])[] = [
    ['an unknown member', { ...members, more: 1 }, 'more: unknown member'],
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
    [
      'an organization',
      { ...members, organization: { id: 'exampleorgid' } },
      'organization.id: want a text: o- and 10 to 32 lower-case letters or digits',
    ],
    [
      'a service control policy',
      {
        ...members,
        organization: {
          id: 'o-exampleorgid',
          serviceControlPolicies: [policyOf(allow('kms:Decrypt'))],
        },
      },
      'organization.serviceControlPolicies[0]: Statement[0].Principal: this kind of policy names no principal',
    ],
    [
      'a VPC endpoint',
      { ...members, vpcEndpoints: [{ id: 'vpce-1234abcd' }] },
      'vpcEndpoints[0].vpc: want a text: vpc- and 8 or 17 hex digits, got nothing',
    ],
    [
      'two endpoints of one id',
      { ...members, vpcEndpoints: [endpoint, endpoint] },
      'vpcEndpoints[1].id: the same VPC endpoint as vpcEndpoints[0].id',
    ],
    ['no cases', { ...members, cases: [] }, 'cases: want at least one case'],
    [
      'a principal’s ARN',
      { ...members, principals: { x: { arn: 'arn:aws:iam::1:x' } } },
      'principals.x.arn: want arn:aws:iam::ACCOUNT:user/NAME, …:role/NAME, …:root or …:federated-user/NAME',
    ],
    [
      'a boundary by its name in IAM',
      { ...members, principals: { parent: { arn: parentArn, permissionsBoundary: './b.json' } } },
      'principals.parent.permissionsBoundary: unknown member; did you mean boundary?',
    ],
  ]
  for (const [what, file, message] of wrong) {
    it(`refuses ${what} that is wrong: ${message}`, () => refuses(file, message))
  }
})
