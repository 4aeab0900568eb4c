import assert from 'node:assert/strict'
import type { Call } from '../../lib/kms/call.ts'
import { listPage } from '../../lib/kms/paging.ts'
import type { Page } from '../../lib/store/store.ts'

const scope = { account: '111122223333', region: 'us-east-1' }
const names = ['a', 'b c', 'd', 'é', '☃']

function read({ after, limit }: Page): string[] {
  const start = after === undefined ? 0 : names.indexOf(after) + 1
  return names.slice(start, start + limit)
}

function page(input: object, listing = 'ListKeys', most = 3) {
  const call = { input, scope } as unknown as Call
  return listPage(call, listing, { usual: 2, most }, read, (name) => name)
}

describe('listPage', () => {
  it('gives the usual number unless asked, and never more than the most', async () => {
    assert.deepEqual((await page({})).items, names.slice(0, 2))
    assert.deepEqual((await page({ Limit: 1 })).items, names.slice(0, 1))
    assert.deepEqual((await page({ Limit: 1000 })).items, names.slice(0, 3))
  })

  it('has a marker exactly where there is more', async () => {
    const first = await page({ Limit: 3 })
    assert.equal(first.rest.Truncated, true)
    const second = await page({ Limit: 3, Marker: first.rest.NextMarker })
    assert.deepEqual(second.items, names.slice(3))
    assert.deepEqual(second.rest, { Truncated: false })
    assert.deepEqual((await page({ Limit: 5 }, 'ListKeys', 5)).rest, { Truncated: false })
  })

  it('gives everything once, whatever the names', async () => {
    const seen: string[] = []
    let Marker: string | undefined
    do {
      const { items, rest } = await page({ Limit: 1, Marker })
      seen.push(...items)
      Marker = rest.NextMarker
    } while (Marker !== undefined)
    assert.deepEqual(seen, names)
  })

  it('refuses a marker of another listing, and what is none', async () => {
    const { rest } = await page({ Limit: 1 }, 'ListKeys')
    for (const [Marker, listing] of [
      [rest.NextMarker, 'ListAliases'],
      [rest.NextMarker, 'ListKey'],
      ['', 'ListKeys'],
      ['x', 'ListKeys'],
      [Buffer.from('ListKeys').toString('base64'), 'ListKeys'],
    ]) {
      await assert.rejects(page({ Marker }, listing), {
        code: 'InvalidMarkerException',
        message: 'The marker is not one of this listing.',
      })
    }
  })
})
