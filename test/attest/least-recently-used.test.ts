import assert from 'node:assert/strict'
import { LeastRecentlyUsed } from '../../lib/attest/least-recently-used.ts'

function numbers(limit: number): LeastRecentlyUsed<number> {
  return new LeastRecentlyUsed(limit)
}

describe('LeastRecentlyUsed', () => {
  it('keeps as many as its limit and drops the one used longest ago', () => {
    const cache = numbers(2)
    cache.set('a', 1)
    cache.set('b', 2)
    assert.equal(cache.get('a'), 1)
    cache.set('c', 3)
    assert.deepEqual([cache.get('a'), cache.get('b'), cache.get('c')], [1, undefined, 3])
  })

  it('replaces a value without dropping another', () => {
    const cache = numbers(2)
    cache.set('a', 1)
    cache.set('b', 2)
    cache.set('a', 3)
    assert.deepEqual([cache.get('a'), cache.get('b')], [3, 2])
  })
})
