import assert from 'node:assert/strict'
import { aliasArn, isKeyId, keyArn, parseKeyName, partitionOf, rootArn } from '../../lib/kms/arn.ts'

const scope = { account: '111122223333', region: 'us-east-1' }
const id = '1234abcd-12ab-34cd-56ef-1234567890ab'
const multiRegionId = 'mrk-1234abcd12ab34cd56ef1234567890ab'

describe('ARNs', () => {
  it('have the partition of their Region', () => {
    assert.equal(partitionOf('eu-west-1'), 'aws')
    assert.equal(partitionOf('cn-north-1'), 'aws-cn')
    assert.equal(partitionOf('us-gov-west-1'), 'aws-us-gov')
    assert.equal(keyArn(scope, id), `arn:aws:kms:us-east-1:111122223333:key/${id}`)
    const china = { ...scope, region: 'cn-north-1' }
    assert.equal(aliasArn(china, 'alias/a'), 'arn:aws-cn:kms:cn-north-1:111122223333:alias/a')
    assert.equal(rootArn('111122223333', 'cn-north-1'), 'arn:aws-cn:iam::111122223333:root')
  })
})

describe('isKeyId', () => {
  it('takes UUIDs in lower case and multi-Region ids, and nothing else', () => {
    assert.ok(isKeyId(id))
    assert.ok(isKeyId(multiRegionId))
    for (const text of ['', id.toUpperCase(), `${id}\n`, id.slice(1), 'mrk-1', `mrk-${id}`]) {
      assert.equal(isKeyId(text), false, text)
    }
  })
})

describe('parseKeyName', () => {
  it('reads the four forms', () => {
    assert.deepEqual(parseKeyName(id), { kind: 'key', name: id })
    assert.deepEqual(parseKeyName(multiRegionId), { kind: 'key', name: multiRegionId })
    assert.deepEqual(parseKeyName('alias/a/b'), { kind: 'alias', name: 'alias/a/b' })
    assert.deepEqual(parseKeyName(keyArn(scope, id)), { kind: 'key', name: id, scope })
    const alias = { kind: 'alias', name: 'alias/a', scope }
    assert.deepEqual(parseKeyName(aliasArn(scope, 'alias/a')), alias)
  })

  it('reads nothing else', () => {
    for (const text of [
      '',
      'key',
      `key/${id}`,
      'arn:',
      'arn:aws:kms:us-east-1:111122223333:',
      'arn:aws:kms:us-east-1:111122223333:key/',
      'arn:aws:kms:us-east-1:111122223333:key/x',
      `arn:aws:kms:us-east-1:111122223333:${id}`,
      `arn:aws:kms:us-east-1:11112222333:key/${id}`,
      `arn:aws:kms::111122223333:key/${id}`,
      `arn:aws:s3:us-east-1:111122223333:key/${id}`,
      `arn:aws-cn:kms:us-east-1:111122223333:key/${id}`,
      `arn:aws:kms:us-east-1:111122223333:key/${id}:1`,
    ]) {
      assert.equal(parseKeyName(text), null, text)
    }
  })
})
