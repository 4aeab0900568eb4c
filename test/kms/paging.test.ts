import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Call } from '../../lib/kms/call.ts'
import { listPage } from '../../lib/kms/paging.ts'
import type { Page } from '../../lib/store/store.ts'

const scope = { account: '111122223333', region: 'us-east-1' }
const names = ['a', 'b c', 'd', 'é', '☃']
const foreign = {
  name: 'Fault',
  code: 'InvalidMarkerException',
  message: '',
}
const dayMs = 86_400_000

function read({ after, limit }: Page): string[] {
  const start = after === undefined ? 0 : names.indexOf(after) + 1
  return names.slice(start, start + limit)
}

interface Circumstances {
  readonly listing?: string
  readonly most?: number
  readonly nowMs?: number
  readonly where?: Call['scope']
  readonly from?: typeof read
}

function page(
  input: { Limit?: number; Marker?: string | undefined },
  { listing = 'ListKeys', most = 3, nowMs = 0, where = scope, from = read }: Circumstances = {},
) {
  const call = { input, scope: where, nowMs } as unknown as Call
  return listPage(call, listing, { usual: 2, most }, from, (name) => name)
}

async function someMarker(circumstances: Circumstances = {}): Promise<string> {
  const { rest } = await page({ Limit: 1 }, circumstances)
  return rest.NextMarker!
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
    assert.deepEqual((await page({ Limit: 5 }, { most: 5 })).rest, { Truncated: false })
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

  it('takes a marker for its own listing, account and Region alone', async () => {
    const Marker = await someMarker()
    await page({ Marker })
    const elsewhere: Circumstances[] = [
      { listing: 'ListAliases' },
      { listing: 'ListKey' },
      { listing: 'ListKeys 111122223333' },
      { where: { ...scope, account: '444455556666' } },
      { where: { ...scope, region: 'eu-west-1' } },
    ]
    for (const one of elsewhere) await assert.rejects(page({ Marker }, one), foreign)
  })

  it('takes a marker for a day, and no longer', async () => {
    const Marker = await someMarker({ nowMs: 1000 })
    await page({ Marker }, { nowMs: 1000 + dayMs - 1 })
    await assert.rejects(page({ Marker }, { nowMs: 1000 + dayMs }), foreign)
  })

  it('refuses a marker that was changed anywhere', async () => {
    const bytes = Buffer.from(await someMarker(), 'base64')
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, mask) => {
          const changed = Buffer.from(bytes)
          changed[at] = (changed[at] ?? 0) ^ mask
          await assert.rejects(page({ Marker: changed.toString('base64') }), foreign)
        },
      ),
    )
  })

  it('refuses what is no marker', async () => {
    const marker = await someMarker()
    const texts = ['', 'x', ' ', `${marker} `, `${marker}=`, marker.slice(0, -4), 'A'.repeat(1024)]
    for (const Marker of texts) await assert.rejects(page({ Marker }), foreign)
  })

  it('shows nothing of what it goes on behind, and is never the same twice', async () => {
    const name = 'alias/secret-project'
    const from = () => [name, 'b']
    const [one, other] = [await someMarker({ from }), await someMarker({ from })]
    assert.equal(Buffer.from(one, 'base64').includes('secret'), false)
    assert.notEqual(one, other)
  })

  it('has a marker that AWS’s limit lets through, behind the longest name', async () => {
    const from = () => [`alias/${'x'.repeat(250)}`, 'b']
    assert.ok((await someMarker({ from })).length <= 1024)
  })
})
