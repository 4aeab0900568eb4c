import assert from 'node:assert/strict'
import { parseConfig, type Config } from '../../lib/config/config.ts'

function read(organization: unknown): Promise<Config> {
  return parseConfig({ organization }, { baseDir: '.', readFile: () => new Uint8Array() })
}

const id = 'o-exampleorgid'

describe('readOrganization', () => {
  it('takes the path at which the default account is', async () => {
    for (const rest of ['r-ab12/', 'r-ab12/ou-ab12-11111111/ou-ab12-22222222/']) {
      const { organization } = await read({ id, path: `${id}/${rest}` })
      assert.equal(organization?.path, `${id}/${rest}`)
      assert.equal(organization.account, '111122223333')
    }
  })

  it('needs no path', async () => {
    assert.equal((await read({ id })).organization?.path, undefined)
  })

  const form = 'organization.path: want a text: o-…/r-…/ with any number of ou-…-…/'
  const refusals: readonly (readonly [string, string])[] = [
    [`${id}/`, form],
    [`${id}/r-ab12`, form],
    [`${id}/r-ab12/ou-ab12/`, form],
    [
      'o-otherorgid/r-ab12/',
      'organization.path: want a path that begins with the id of the organization',
    ],
  ]
  for (const [path, message] of refusals) {
    it(`refuses ${path}`, async () => {
      await assert.rejects(read({ id, path }), { message })
    })
  }
})
