import assert from 'node:assert/strict'
import { isIssuedBy, permitsChild, type GrantConstraints } from '../../lib/iam/grant.ts'

const clause = 'KMS: Granting CreateGrant permission'

type ChildCase = readonly [
  title: string,
  parent: GrantConstraints | undefined,
  child: GrantConstraints | undefined,
  permitted: boolean,
]

const equals = (encryptionContextEquals: Record<string, string>): GrantConstraints => ({
  encryptionContextEquals,
})
const subset = (encryptionContextSubset: Record<string, string>): GrantConstraints => ({
  encryptionContextSubset,
})

const childCases: readonly ChildCase[] = [
  ['without constraints permits any', undefined, subset({ a: '1' }), true],
  ['without constraints permits none', undefined, undefined, true],
  ['with a subset does not permit none', subset({ a: '1' }), undefined, false],
  ['with a subset permits the same', subset({ a: '1' }), subset({ a: '1' }), true],
  ['with a subset permits more pairs', subset({ a: '1' }), subset({ a: '1', b: '2' }), true],
  ['with a subset does not permit fewer', subset({ a: '1', b: '2' }), subset({ a: '1' }), false],
  ['with a subset does not permit another value', subset({ a: '1' }), subset({ a: '2' }), false],
  [
    'with a subset permits Equals with its pairs',
    subset({ a: '1' }),
    equals({ a: '1', b: '2' }),
    true,
  ],
  ['with a subset does not permit Equals without', subset({ a: '1' }), equals({ b: '2' }), false],
  ['with Equals permits the same', equals({ a: '1' }), equals({ a: '1' }), true],
  ['with Equals does not permit more pairs', equals({ a: '1' }), equals({ a: '1', b: '2' }), false],
  ['with Equals does not permit a subset', equals({ a: '1' }), subset({ a: '1' }), false],
  ['with Equals does not permit none', equals({ a: '1' }), undefined, false],
  ['with a source ARN permits the same', { sourceArn: 'x' }, { sourceArn: 'x' }, true],
  ['with a source ARN does not permit another', { sourceArn: 'x' }, { sourceArn: 'y' }, false],
  ['with a source ARN does not permit none', { sourceArn: 'x' }, {}, false],
]

describe('permitsChild', () => {
  for (const [title, parent, child, permitted] of childCases) {
    it(`a grant ${title} [${clause}]`, () => {
      const operations = ['Decrypt', 'CreateGrant']
      const parentGrant = { grantId: 'p', granteePrincipal: 'x', operations }
      assert.equal(
        permitsChild(
          parent ? { ...parentGrant, constraints: parent } : parentGrant,
          child ? { operations: ['Decrypt'], constraints: child } : { operations: ['Decrypt'] },
        ),
        permitted,
      )
    })
  }

  it(`permits no operation that the grant lacks [${clause}]`, () => {
    const parent = { grantId: 'p', granteePrincipal: 'x', operations: ['Decrypt', 'CreateGrant'] }
    assert.equal(permitsChild(parent, { operations: ['Decrypt', 'Encrypt'] }), false)
    assert.equal(permitsChild(parent, { operations: ['CreateGrant', 'Decrypt'] }), true)
  })
})

describe('isIssuedBy', () => {
  it('knows an account by its number and by its root user', () => {
    const account = '111122223333'
    const issued = (issuingAccount?: string) =>
      isIssuedBy(
        {
          grantId: 'g',
          granteePrincipal: '',
          operations: [],
          ...(issuingAccount && { issuingAccount }),
        },
        account,
      )
    assert.equal(issued(account), true)
    assert.equal(issued(`arn:aws-cn:iam::${account}:root`), true)
    assert.equal(issued('444455556666'), false)
    assert.equal(issued(), false)
  })
})
