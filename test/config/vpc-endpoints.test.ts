import assert from 'node:assert/strict'
import { ConfigError } from '../../lib/config/config-error.ts'
import { parseConfig, type Config } from '../../lib/config/config.ts'

const own = { Version: '2012-10-17', Statement: [] }

function read(vpcEndpoints: unknown): Promise<Config> {
  return parseConfig(
    { vpcEndpoints },
    { baseDir: '.', readFile: () => Buffer.from(JSON.stringify(own)) },
  )
}

describe('readVpcEndpoint', () => {
  it('takes an endpoint of the default account with AWS’s default policy', async () => {
    const { vpcEndpoints } = await read([{ id: 'vpce-1234abcd', vpc: 'vpc-1234abcdf5678c90a' }])
    const [{ policy, ...rest } = assert.fail()] = vpcEndpoints
    assert.deepEqual(rest, {
      id: 'vpce-1234abcd',
      vpc: 'vpc-1234abcdf5678c90a',
      account: '111122223333',
    })
    assert.equal(policy.name, 'default')
    assert.deepEqual(JSON.parse(policy.document.source), {
      Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
    })
  })

  it('takes another owner, and a policy by its path or in its place', async () => {
    const [byPath, inPlace] = (
      await read([
        {
          id: 'vpce-1234abcd',
          vpc: 'vpc-1234abcd',
          account: 444455556666,
          policy: './endpoints/a.json',
        },
        { id: 'vpce-5678abcd', vpc: 'vpc-1234abcd', policy: own },
      ])
    ).vpcEndpoints
    assert.equal(byPath?.account, '444455556666')
    assert.equal(byPath.policy.name, 'a.json')
    assert.equal(inPlace?.policy.name, 'vpcEndpoints[1].policy')
  })

  const endpoint = { id: 'vpce-1234abcd', vpc: 'vpc-1234abcd' }
  const refusals: readonly (readonly [object, string])[] = [
    [{ vpc: 'vpc-1234abcd' }, '[0].id: want a text: vpce- and 8 or 17 hex digits, got nothing'],
    [{ ...endpoint, id: 'vpce-1' }, '[0].id: want a text: vpce- and 8 or 17 hex digits'],
    [{ id: 'vpce-1234abcd' }, '[0].vpc: want a text: vpc- and 8 or 17 hex digits, got nothing'],
    [{ ...endpoint, account: '1' }, '[0].account: want twelve digits'],
    [{ ...endpoint, name: 'a' }, '[0].name: unknown member'],
    [{ ...endpoint, policy: 1 }, '[0].policy: want a path or a document, got a number'],
  ]
  for (const [value, message] of refusals) {
    it(`refuses ${JSON.stringify(value)}`, async () => {
      await assert.rejects(read([value]), (error) => {
        assert.ok(error instanceof ConfigError)
        assert.equal(error.message, `vpcEndpoints${message}`)
        return true
      })
    })
  }

  it('refuses a policy that no endpoint can have', async () => {
    const policy = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
    await assert.rejects(
      read([{ ...endpoint, policy }]),
      /^ConfigError: vpcEndpoints\[0\]\.policy: /,
    )
  })

  it('refuses two of one id', async () => {
    await assert.rejects(read([endpoint, endpoint]), {
      message: 'vpcEndpoints[1].id: the same VPC endpoint as vpcEndpoints[0].id',
    })
  })
})
