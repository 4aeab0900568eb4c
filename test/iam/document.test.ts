import assert from 'node:assert/strict'
import { parsePolicy, PolicyError, type PolicyKind } from '../../lib/iam/document.ts'
import { refusedCases, refusedTexts, storedCases, type Change } from './cases/documents.ts'

/** A good policy of the kind, with one thing changed. */
function changed(kind: PolicyKind, change: Change): string {
  const named = !['identity', 'boundary', 'session', 'serviceControl'].includes(kind)
  const good = {
    Effect: 'Allow',
    ...(named && { Principal: '*' }),
    Action: 'kms:*',
    Resource: '*',
  }
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ ...good, ...change }] })
}

function refusalOf(text: string, kind: PolicyKind): PolicyError {
  try {
    parsePolicy(text, kind)
  } catch (error) {
    assert.ok(error instanceof PolicyError, String(error))
    return error
  }
  assert.fail('the policy was stored')
}

describe('parsePolicy', () => {
  for (const [clause, title, kind, change, path, message] of refusedCases) {
    it(`refuses ${title} [${clause}]`, () => {
      const error = refusalOf(changed(kind, change), kind)
      assert.equal(error.path, path)
      assert.match(error.message, message)
    })
  }

  for (const [clause, title, text, path, message] of refusedTexts) {
    it(`refuses ${title} [${clause}]`, () => {
      const error = refusalOf(text, 'key')
      assert.equal(error.path, path)
      assert.match(error.message, message)
    })
  }

  for (const [clause, title, kind, change] of storedCases) {
    it(`stores ${title} [${clause}]`, () => {
      assert.equal(parsePolicy(changed(kind, change), kind).statements.length, 1)
    })
  }

  it('refuses two statements with one Sid in an identity policy', () => {
    const statement = { Sid: 'A', Effect: 'Allow', Action: '*', Resource: '*' }
    const text = JSON.stringify({ Statement: [statement, statement] })
    assert.equal(refusalOf(text, 'identity').path, 'Statement[1].Sid')
  })

  it('refuses an Id in an identity policy', () => {
    assert.equal(refusalOf('{"Id":"a","Statement":[]}', 'identity').path, 'Id')
  })

  it('does not count white space where AWS does not', () => {
    const wide = `{"Statement":[]}${' '.repeat(20_000)}`
    assert.equal(parsePolicy(wide, 'identity').statements.length, 0)
  })

  it('bounds white space too', () => {
    const wider = `{"Statement":[]}${' '.repeat(131_072)}`
    assert.match(refusalOf(wider, 'identity').message, /more than 131072 characters/)
  })

  it('takes a statement that stands alone', () => {
    const text = '{"Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}'
    const [statement] = parsePolicy(text, 'key').statements
    assert.deepEqual([statement?.index, statement?.effect, statement?.sid], [0, 'Deny', null])
  })

  it('takes a document without version for one of 2008', () => {
    assert.equal(parsePolicy('{"Statement":[]}', 'key').version, '2008-10-17')
  })

  it('keeps the text and the Id', () => {
    const text = '{ "Id": "key-default-1", "Statement": [] }'
    const { source, id, kind } = parsePolicy(text, 'key')
    assert.deepEqual({ source, id, kind }, { source: text, id: 'key-default-1', kind: 'key' })
  })

  it('keeps a number as it was written', () => {
    const condition = '{"NumericLessThanEquals":{"kms:ValidTo":[1546257599.0, "7"]}}'
    const text = `{"Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":${condition}}}`
    const [statement] = parsePolicy(text, 'key').statements
    assert.deepEqual(statement?.conditions[0]?.expected, ['1546257599.0', '7'])
  })

  it('names every condition key that a decision may ask for', () => {
    const text = changed('identity', {
      Resource: 'arn:aws:kms:us-east-1:1:key/${aws:username}',
      Condition: { StringEquals: { 'kms:ResourceAliases': '${aws:PrincipalTag/Team}' } },
    })
    assert.deepEqual([...parsePolicy(text, 'identity').conditionKeys].sort(), [
      'aws:principaltag/team',
      'aws:username',
      'kms:resourcealiases',
    ])
  })
})
