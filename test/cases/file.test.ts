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
    const context = { 'x:A': 'text', 'x:B': 7, 'x:C': true, 'x:D': ['x', 'y'] }
    const file = await read(withCase({ context }))
    assert.deepEqual(file.cases[0]?.context, {
      'x:A': 'text',
      'x:B': '7',
      'x:C': 'true',
      'x:D': ['x', 'y'],
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

  it('refuses two cases that results would call the same, and names both', async () => {
    const actions = { ...example, action: ['kms:Decrypt', 'kms:Encrypt'] }
    await refuses(
      { ...members, cases: [example, example] },
      'cases[1].name: the same name as cases[0].name',
    )
    await refuses(
      { ...members, cases: [{ ...example, name: `${example.name}: kms:Encrypt` }, actions] },
      'cases[1].action[1]: the same name as cases[0].name',
    )
    await refuses(
      withCase({ action: ['kms:Decrypt', 'kms:decrypt'] }),
      'cases[0].action[1]: the same name as cases[0].action[0]',
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
      'an unknown member of a case',
      withCase({ expects: 'allow' }),
      'cases[0].expects: unknown member; did you mean expect?',
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
      'a condition key that is misspelt',
      withCase({ context: { 'aws:SourcIp': 'x' } }),
      'cases[0].context.aws:SourcIp: no request to KMS has that condition key; did you mean aws:SourceIp?',
    ],
    [
      'a register that is misspelt',
      withCase({ context: { 'kms:RecipientAttestion:PCR0': 'x' } }),
      'cases[0].context.kms:RecipientAttestion:PCR0: no request to KMS has that condition key; did you mean kms:RecipientAttestation:PCR0?',
    ],
    [
      'a boundary by its name in IAM',
      { ...members, principals: { parent: { arn: parentArn, permissionsBoundary: './b.json' } } },
      'principals.parent.permissionsBoundary: unknown member; did you mean boundary?',
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
