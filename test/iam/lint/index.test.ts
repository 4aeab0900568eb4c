import assert from 'node:assert/strict'
import { lintPolicy, rules } from '../../../lib/iam/lint/index.ts'
import { keyArn, roleArn } from '../support.ts'
import { textsOf, vectors, type Vector } from './vectors.ts'

/** A role that decrypts under a condition. */
function conditioned(condition: object): Vector {
  const statement = { Effect: 'Allow', Principal: { AWS: roleArn }, Action: 'kms:Decrypt' }
  return {
    wrong: [{ ...statement, Resource: '*', Condition: condition }],
    right: [],
    path: '',
    at: '',
  }
}

describe('lintPolicy', () => {
  it('has a policy that triggers each rule, and one that nearly does', () => {
    assert.deepEqual(Object.keys(vectors).sort(), rules.map(({ id }) => id).sort())
  })

  it('knows the key whose policy it is, where that is said', () => {
    const other = keyArn.replace(/..$/, 'ff')
    const about = (Resource: unknown) =>
      textsOf({
        wrong: [
          { Effect: 'Allow', Principal: { AWS: roleArn }, Action: 'kms:Encrypt', Resource },
          { Effect: 'Deny', Principal: '*', Action: 'kms:Sign', NotResource: keyArn },
        ],
        right: [],
        path: '',
        at: '',
      }).wrong
    const found = (Resource: unknown, options?: { keyArn: string }) =>
      lintPolicy(about(Resource), options).map(({ rule, path }) => `${rule} ${path}`)
    const own = { keyArn }
    const never = 'never-matches Statement[2].NotResource'
    assert.deepEqual(found(other), [])
    assert.deepEqual(found([other, keyArn], own), [never])
    assert.deepEqual(found('arn:aws:kms:*:111122223333:key/*', own), [never])
    assert.deepEqual(found('arn:aws:kms:*:*:key/${aws:PrincipalTag/key}', own), [never])
    assert.deepEqual(found(other, own), ['never-matches Statement[1].Resource', never])
    assert.deepEqual(found('arn:aws:kms:eu-west-1:*:key/*', own), [
      'never-matches Statement[1].Resource',
      never,
    ])
  })

  it("says that nobody changes the policy where only others than the key's account may", () => {
    const found = (Principal: unknown, options?: { keyArn: string }) => {
      const wrong = [{ Effect: 'Allow', Principal, Action: 'kms:PutKeyPolicy', Resource: '*' }]
      const text = textsOf({ wrong, right: [], path: '', at: '', isBare: true }).wrong
      return lintPolicy(text, options).map(({ rule }) => rule)
    }
    const own = { keyArn }
    const foreign = { AWS: 'arn:aws:iam::999999999999:role/key-admin' }
    const service = { Service: 'config.amazonaws.com' }
    assert.deepEqual(found(foreign), [])
    assert.deepEqual(found(foreign, own), ['nobody-can-change'])
    assert.deepEqual(found({ AWS: '999999999999' }, own), ['nobody-can-change'])
    assert.deepEqual(found(service), [])
    assert.deepEqual(found(service, own), ['nobody-can-change'])
    assert.deepEqual(found({ AWS: [foreign.AWS, roleArn] }, own), [])
    assert.deepEqual(found({ AWS: keyArn.split(':')[4] }, own), [])
    assert.deepEqual(found('*', own), ['wildcard-principal'])
  })

  it('calls ForAllValues a note where it changes nothing', () => {
    const { wrong } = textsOf(
      conditioned({
        'ForAllValues:StringNotEquals': { 'kms:ViaService': 's3.us-east-1.amazonaws.com' },
        StringEquals: { 'kms:RecipientAttestation:PCR0': 'ab'.repeat(48) },
      }),
    )
    assert.deepEqual(
      lintPolicy(wrong).map(({ rule, severity, message }) => [rule, severity, message]),
      [
        [
          'for-all-values',
          'note',
          'kms:ViaService has one value, and StringNotEquals holds when there is none: ' +
            'ForAllValues changes nothing',
        ],
      ],
    )
  })

  it('lets nobody in by a misspelt key', () => {
    const misspelt = { StringEquals: { 'kms:RecipientAttestion:PCR0': 'a' } }
    const wrong = textsOf(conditioned(misspelt)).wrong
    const [{ rule, message, fix } = { rule: '', message: '', fix: '' }, ...more] = lintPolicy(wrong)
    assert.deepEqual([rule, more], ['unknown-condition-key', []])
    assert.match(
      message,
      /^no request has .*RecipientAttestion:PCR0, so the statement never applies$/,
    )
    assert.equal(fix, 'write kms:RecipientAttestation:PCR0, if that is meant')
  })

  it('suggests no wrong register', () => {
    const rows = {
      'kms:RecipientAttestation:NitroTPMPCR24':
        'write one of kms:RecipientAttestation:NitroTPMPCR0 to kms:RecipientAttestation:NitroTPMPCR23',
      'kms:RecipientAttestation:TPMPCR4':
        'write kms:RecipientAttestation:NitroTPMPCR4, if that is meant',
      'kms:RecipientAttestation:PCR00':
        'write one of kms:RecipientAttestation:PCR0 to kms:RecipientAttestation:PCR31',
      'kms:EncryptionContext': 'write kms:EncryptionContext:<name>, if that is meant',
      'kms:RecipientAttestion:PCR40':
        'look the key up in the KMS developer guide, "AWS KMS condition keys"',
    }
    for (const [key, wanted] of Object.entries(rows)) {
      const { wrong } = textsOf(conditioned({ StringEquals: { [key]: 'a' } }))
      const [found] = lintPolicy(wrong).filter(({ rule }) => rule === 'unknown-condition-key')
      assert.equal(found?.fix, wanted)
    }
  })

  it('calls an error what AWS would not store', () => {
    const { wrong } = textsOf(
      conditioned({ 'ForAllValues:StringEquals': { 'kms:EncryptionContext:a': 'b' } }),
    )
    assert.deepEqual(
      lintPolicy(wrong).map(({ rule, severity }) => `${severity} ${rule}`),
      ['error for-all-values'],
    )
  })

  for (const rule of rules) {
    const vector = vectors[rule.id]
    if (!vector) continue
    const { wrong, right } = textsOf(vector)

    it(`finds ${rule.id}, and nothing else`, () => {
      const findings = lintPolicy(wrong)
      assert.deepEqual(
        findings.map(({ rule: id, severity, path }) => ({ id, severity, path })),
        [{ id: rule.id, severity: rule.severity, path: vector.path }],
      )
      const [{ line, message, fix } = { line: 0, message: '', fix: '' }] = findings
      assert.equal(wrong.split('\n')[line - 1]?.trim(), vector.at)
      assert.ok(message.length > 10 && fix.length > 10)
    })

    it(`finds nothing where ${rule.id} is nearly so`, () => {
      assert.deepEqual(lintPolicy(right), [])
    })
  }
})
