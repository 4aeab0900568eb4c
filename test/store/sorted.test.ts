import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Sorted } from '../../lib/store/sorted.ts'

interface Item {
  readonly name: string
}

describe('Sorted', () => {
  it('lists in the order of names what was set and not deleted', () => {
    const change = fc.record({ name: fc.string({ maxLength: 2 }), isDeletion: fc.boolean() })
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const sorted = new Sorted<Item>()
        const names = new Set<string>()
        for (const { name, isDeletion } of changes) {
          if (isDeletion) {
            sorted.delete(name)
            names.delete(name)
          } else {
            sorted.set(name, { name })
            names.add(name)
          }
        }
        assert.deepEqual(
          sorted.all().map(({ name }) => name),
          [...names].sort(),
        )
      }),
    )
  })

  it('gives pages, after names that are there or not', () => {
    const sorted = new Sorted<Item>()
    for (const name of ['c', 'a', 'd', 'b']) sorted.set(name, { name })
    const page = (after: string | undefined, limit: number) =>
      sorted.page({ after, limit }).map(({ name }) => name)
    assert.deepEqual(page(undefined, 3), ['a', 'b', 'c'])
    assert.deepEqual(page('b', 9), ['c', 'd'])
    assert.deepEqual(page('bb', 1), ['c'])
    assert.deepEqual(page('d', 1), [])
  })

  it('gives the same list until something changes', () => {
    const sorted = new Sorted<Item>()
    sorted.set('a', { name: 'a' })
    assert.equal(sorted.all(), sorted.all())
    const before = sorted.all()
    sorted.set('a', { name: 'a again' })
    assert.deepEqual(sorted.all(), [{ name: 'a again' }])
    assert.deepEqual(before, [{ name: 'a' }])
  })
})
