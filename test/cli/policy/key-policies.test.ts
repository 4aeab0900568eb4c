import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keyPoliciesAmong, looksLikeKeyPolicy } from '../../../lib/cli/policy/key-policies.ts'

const opened = { Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' }
const textOf = (...statements: readonly object[]) => JSON.stringify({ Statement: statements })

describe('looksLikeKeyPolicy', () => {
  const rows: readonly (readonly [what: string, text: string, is: boolean])[] = [
    ['a statement of KMS with a principal', textOf(opened), true],
    ['one statement without a list', JSON.stringify({ Statement: opened }), true],
    ['a byte order mark before it', `\ufeff${textOf(opened)}`, true],
    [
      'NotPrincipal, NotAction and other cases',
      textOf({ NotPrincipal: '*', NotAction: ['KMS:x'] }),
      true,
    ],
    ['every action everywhere', textOf({ ...opened, Action: '*' }), true],
    [
      'every action on what is no key',
      textOf({ ...opened, Action: '*', Resource: 'arn:aws:s3:::a' }),
      false,
    ],
    ['a policy of an identity', textOf({ ...opened, Principal: undefined }), false],
    ['a trust policy', textOf({ ...opened, Action: 'sts:AssumeRole', Resource: undefined }), false],
    ['JSON that ends early', textOf(opened).slice(0, -1), false],
    ['something else', '{"a":"Statement"}', false],
    ['a text', '"\\"Statement\\""', false],
  ]
  for (const [what, text, is] of rows) {
    it(`${is ? 'takes' : 'leaves out'} ${what}`, () => assert.equal(looksLikeKeyPolicy(text), is))
  }
})

describe('keyPoliciesAmong', () => {
  it('leaves out what cannot be read and what is too long for one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'enclave-kms-key-policies-'))
    try {
      const paths = ['a.json', 'long.json', 'gone.json'].map((name) => join(folder, name))
      writeFileSync(join(folder, 'a.json'), textOf(opened))
      writeFileSync(join(folder, 'long.json'), textOf(opened) + ' '.repeat(128 * 1024))
      assert.deepEqual(keyPoliciesAmong(paths), [join(folder, 'a.json')])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
