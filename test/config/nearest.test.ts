import assert from 'node:assert/strict'
import { nearest, suggestion } from '../../lib/config/nearest.ts'

const names = ['arn', 'boundary', 'policies', 'sessionName', 'tags']

describe('nearest', () => {
  const rows: readonly (readonly [name: string, found: string | undefined])[] = [
    ['permissionsBoundary', 'boundary'],
    ['polices', 'policies'],
    ['session', 'sessionName'],
    ['TAGS', 'tags'],
    ['ar', 'arn'],
    ['more', undefined],
    ['x', undefined],
    ['', undefined],
  ]
  for (const [name, found] of rows) {
    it(`finds ${String(found)} for ${name}`, () => assert.equal(nearest(name, names), found))
  }
})

describe('suggestion', () => {
  it('is a question, or nothing', () => {
    assert.equal(suggestion('tag', names), '; did you mean tags?')
    assert.equal(suggestion('color', names), '')
  })
})
