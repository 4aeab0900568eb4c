import assert from 'node:assert/strict'
import { readTags, tagMap, withTags } from '../../lib/kms/tags.ts'

const tag = (TagKey: string, TagValue = '') => ({ TagKey, TagValue })

describe('readTags', () => {
  it('reads a list as a map', () => {
    assert.deepEqual(readTags([tag('a', '1'), tag('A', '2')]), { a: '1', A: '2' })
  })

  it('refuses a name twice and AWS’s own names', () => {
    assert.throws(() => readTags([tag('a'), tag('a')]), {
      code: 'TagException',
      message: 'Duplicate tag keys',
    })
    for (const name of ['aws:a', 'AWS:a', 'aws:']) {
      assert.throws(() => readTags([tag(name)]), {
        code: 'TagException',
        message: 'Tags beginning with aws: are reserved',
      })
    }
    assert.deepEqual(readTags([tag('aws')]), { aws: '' })
  })
})

describe('withTags', () => {
  it('adds and replaces', () => {
    assert.deepEqual(withTags({ a: '1', b: '2' }, [tag('b', '3'), tag('c', '4')]), {
      a: '1',
      b: '3',
      c: '4',
    })
  })

  it('refuses a 51st', () => {
    const fifty = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`t${String(at)}`, '']))
    assert.equal(Object.keys(withTags(fifty, [tag('t0', 'x')])).length, 50)
    assert.throws(() => withTags(fifty, [tag('t50')]), {
      code: 'TagException',
      message: 'Too many tags',
    })
  })
})

describe('tagMap', () => {
  it('gives policies whatever the request has', () => {
    assert.equal(tagMap(undefined), undefined)
    assert.deepEqual(tagMap([tag('a', '1'), tag('a', '2'), tag('aws:b')]), { a: '2', 'aws:b': '' })
  })
})
