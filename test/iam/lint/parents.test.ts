import assert from 'node:assert/strict'
import { isForParent, parentsOf } from '../../../lib/iam/lint/parents.ts'
import { patternsOf, Reach } from '../../../lib/iam/lint/reach.ts'
import { viewStatement } from '../../../lib/iam/lint/statement-view.ts'
import { account, policyOf, roleArn, sessionArn, userArn } from '../support.ts'

const image = { 'kms:RecipientAttestation:PCR0': 'ab'.repeat(48) }

/** Whether one of those whom the first statement asks for a document is whom the second is for. */
function isFor(Principal: unknown, other: unknown, condition: object = {}): boolean {
  const base = { Effect: 'Allow', Resource: '*' }
  const { statements } = policyOf(
    'key',
    { ...base, Principal, Action: 'kms:Decrypt', Condition: { StringEquals: image } },
    { ...base, Principal: other, Action: 'kms:PutKeyPolicy', Condition: condition },
  )
  const views = statements.map(viewStatement)
  const reach = new Reach(views)
  const parents = parentsOf(reach)
  return views
    .slice(1)
    .some((view) =>
      patternsOf(view).some((pattern) =>
        isForParent(reach, view, { action: 'kms:putkeypolicy', pattern, parents }),
      ),
    )
}

describe('isForParent', () => {
  it('knows a role by its sessions, and no other', () => {
    assert.equal(isFor({ AWS: roleArn }, { AWS: sessionArn }), true)
    assert.equal(isFor({ AWS: sessionArn }, { AWS: roleArn }), true)
    assert.equal(isFor({ AWS: sessionArn }, { AWS: `${sessionArn}-2` }), false)
    assert.equal(isFor({ AWS: roleArn }, { AWS: userArn }), false)
  })

  it('takes everyone for each, and an account for those whom nothing names', () => {
    assert.equal(isFor({ AWS: roleArn }, '*'), true)
    assert.equal(isFor({ AWS: roleArn }, { AWS: account }), false)
    assert.equal(isFor({ AWS: account }, { AWS: account }), true)
    assert.equal(isFor('*', { AWS: roleArn }), false)
  })

  it('leaves out whom a tag identifies', () => {
    const tagged = { StringEquals: { 'aws:PrincipalTag/duty': 'administrator' } }
    assert.equal(isFor({ AWS: roleArn }, '*', tagged), false)
  })
})
