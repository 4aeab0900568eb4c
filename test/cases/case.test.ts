import assert from 'node:assert/strict'
import { example, members, read, refuses, withCase } from './support.ts'

const vpcEndpoints = [
  { id: 'vpce-1234abcd', vpc: 'vpc-1234abcd' },
  { id: 'vpce-5678abcd', vpc: 'vpc-1234abcd', account: '444455556666' },
]

describe('readyCases', () => {
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

  it('gives a case the endpoint that it names', async () => {
    const cases = ['vpce-5678abcd', undefined].map((vpcEndpoint, index) => ({
      ...example,
      name: String(index),
      vpcEndpoint,
    }))
    const [through, straight] = (await read({ ...members, vpcEndpoints, cases })).cases
    assert.equal(through?.vpcEndpoint?.id, 'vpce-5678abcd')
    assert.equal(through.vpcEndpoint.account, '444455556666')
    assert.equal(straight?.vpcEndpoint, undefined)
  })

  const wrong: readonly (readonly [what: string, file: object, message: string])[] = [
    [
      'an unknown member of a case',
      withCase({ expects: 'allow' }),
      'cases[0].expects: unknown member; did you mean expect?',
    ],
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
      'a condition key',
      withCase({ context: { SourceIp: 'x' } }),
      'cases[0].context.SourceIp: want the name of a condition key, like aws:SourceIp',
    ],
    [
      'an endpoint that is misspelt',
      withCase({ vpcEndpoint: 'vpce-1234abce' }, { vpcEndpoints }),
      'cases[0].vpcEndpoint: want an id under vpcEndpoints: vpce-1234abcd, vpce-5678abcd; did you mean vpce-1234abcd?',
    ],
    [
      'an endpoint of a file without any',
      withCase({ vpcEndpoint: 'vpce-1234abcd' }),
      'cases[0].vpcEndpoint: want an id under vpcEndpoints: there is none',
    ],
    [
      'an endpoint by its place',
      withCase({ vpcEndpoint: 0 }, { vpcEndpoints }),
      'cases[0].vpcEndpoint: want a text: the id of an endpoint under vpcEndpoints, got a number; put it in quotes',
    ],
    [
      'an endpoint of an AWS service’s call',
      withCase(
        { vpcEndpoint: 'vpce-1234abcd' },
        { vpcEndpoints, principals: { parent: { service: 's3.amazonaws.com' } } },
      ),
      'cases[0].vpcEndpoint: what an AWS service calls comes through no endpoint',
    ],
  ]
  for (const [what, file, message] of wrong) {
    it(`refuses ${what} that is wrong: ${message}`, () => refuses(file, message))
  }
})
