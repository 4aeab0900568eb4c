import assert from 'node:assert/strict'
import { members, parentArn, policyOf, read, run, allow } from './support.ts'

const decryptOnly = policyOf({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' })
const nothing = policyOf({ Effect: 'Allow', Action: 'kms:Encrypt', Resource: '*' })

function withSession(sessionPolicies: unknown, more: object = {}): object {
  const parent = { arn: parentArn, sessionPolicies, ...more }
  return { ...members, policy: policyOf(allow('kms:Decrypt')), principals: { parent } }
}

describe('readCaller', () => {
  it('limits a role by the policies that its session was begun with', async () => {
    const allowed = await run(withSession([decryptOnly]))
    assert.equal(allowed.actual, 'allow')
    const denied = await run(withSession([nothing]))
    assert.equal(denied.actual, 'implicit-deny')
    assert.equal(denied.decision.verdict.decidedBy, 'SESSION_POLICY')
  })

  it('reads them from files', async () => {
    const { principals } = await read(withSession(['./session.json']), { 'session.json': nothing })
    assert.deepEqual(
      principals.get('parent')?.session?.map(({ name }) => name),
      ['session.json'],
    )
  })

  it('takes an empty list for none', async () => {
    assert.equal((await read(withSession([]))).principals.get('parent')?.session, undefined)
  })

  const rows: readonly (readonly [file: object, message: RegExp])[] = [
    [
      withSession([decryptOnly], { arn: 'arn:aws:iam::111122223333:user/a' }),
      /: principals\.parent\.sessionPolicies: only a role or a federated user has them$/,
    ],
    [withSession('x'), /: principals\.parent\.sessionPolicies: want a list, got a text$/],
    [
      withSession([policyOf(allow('kms:Decrypt'))]),
      /sessionPolicies\[0\]: Statement\[0\]\.Principal: this kind of policy names no principal$/,
    ],
    [
      withSession(undefined, { sessionPolicy: [] }),
      /: principals\.parent\.sessionPolicy: unknown member; did you mean sessionPolicies\?$/,
    ],
    [{ ...members, principals: { parent: [] } }, /: principals\.parent: want a map, got a list$/],
  ]
  for (const [file, message] of rows) {
    it(`refuses what is wrong: ${message.source}`, () =>
      assert.rejects(read(file), { name: 'ConfigError', message }))
  }
})
