import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { ListKeysCommand } from '@aws-sdk/client-kms'
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  type GetSessionTokenCommandInput,
} from '@aws-sdk/client-sts'
import {
  account,
  allowAll,
  arn,
  keysOf,
  policy,
  refusal,
  useSts,
  withKey,
  type Keys,
} from '../scene.ts'

const serialNumber = arn('mfa/alice')
/** RFC 6238, appendix B: `12345678901234567890`. */
const seed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

const alice = withKey('alice', {
  arn: arn('user/alice'),
  policies: [allowAll],
  mfaDevices: [{ serialNumber, seed }],
})
const bob = withKey('bob', { arn: arn('user/bob'), policies: [allowAll] })
const worker = withKey('worker', { arn: arn('role/worker'), policies: [allowAll] })
const fay = withKey('fay', {
  arn: `arn:aws:sts::${account}:federated-user/fay`,
  policies: [allowAll],
})
const guarded = {
  arn: arn('role/guarded'),
  policies: [allowAll],
  trustPolicy: policy({
    Effect: 'Allow',
    Principal: { AWS: account },
    Action: 'sts:AssumeRole',
    Condition: {
      Bool: { 'aws:MultiFactorAuthPresent': 'true' },
      NumericLessThan: { 'aws:MultiFactorAuthAge': '60' },
    },
  }),
}

/** A device of the seed above, made anew after RFC 4226, section 5.4. */
function codeAt(ms: number): string {
  const counter = Buffer.alloc(8)
  counter.writeUInt32BE(Math.floor(ms / 30_000), 4)
  const mac = createHmac('sha1', '12345678901234567890').update(counter).digest()
  const at = (mac[19] ?? 0) % 16
  const number = Number.parseInt(mac.toString('hex', at, at + 4), 16) % 2 ** 31
  return String(number % 1_000_000).padStart(6, '0')
}

describe('GetSessionToken', () => {
  const scene = useSts({ principals: [alice, bob, worker, fay, guarded] })

  const get = (by: Keys, input: GetSessionTokenCommandInput = {}) =>
    scene.as(by).send(new GetSessionTokenCommand(input))
  const proof = () => ({ SerialNumber: serialNumber, TokenCode: codeAt(Date.now()) })
  const reset = () => scene.kms.control('POST', '/_/reset')
  const startMs = Date.now()

  /** What policies see of a call with these keys. */
  const contextOf = async (keys: Keys) => {
    await scene.kms.client({ credentials: keys }).send(new ListKeysCommand({}))
    const decision = await scene.kms.control('GET', '/_/decisions/last')
    return (decision as { requestContext: Record<string, string> }).requestContext
  }

  it('gives a user a session of its own', async () => {
    const { Credentials } = await get(alice)
    const keys = keysOf(Credentials)
    const { Arn, UserId } = await scene.as(keys).send(new GetCallerIdentityCommand({}))
    assert.equal(Arn, alice.arn)
    assert.match(UserId ?? '', /^AIDA/)
    const hours = ((Credentials?.Expiration?.getTime() ?? 0) - Date.now()) / 3_600_000
    assert.ok(hours > 11.9 && hours < 12.1, String(hours))
  })

  it('gives a root user one of an hour at most', async () => {
    const root = { accessKeyId: account, secretAccessKey: 'any' }
    const { Credentials } = await get(root, { DurationSeconds: 129_600 })
    const { Arn } = await scene.as(keysOf(Credentials)).send(new GetCallerIdentityCommand({}))
    assert.equal(Arn, arn('root'))
    const hours = ((Credentials?.Expiration?.getTime() ?? 0) - Date.now()) / 3_600_000
    assert.ok(hours > 0.9 && hours < 1.1, String(hours))
  })

  it('refuses whoever has a session, and durations that AWS has not', async () => {
    const has = refusal('AccessDenied', 'Cannot call GetSessionToken with session credentials', 403)
    await assert.rejects(get(worker), has)
    await assert.rejects(get(keysOf((await get(alice)).Credentials)), has)
    await assert.rejects(get(alice, { DurationSeconds: 129_601 }), {
      message:
        "1 validation error detected: Value '129601' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 129600",
    })
  })

  it('knows a session that was begun with a device, and one that was not', async () => {
    const present = async (keys: Keys) => (await contextOf(keys))['aws:MultiFactorAuthPresent']
    await reset()
    assert.equal(await present(keysOf((await get(alice, proof())).Credentials)), 'true')
    assert.equal(await present(keysOf((await get(alice)).Credentials)), 'false')
    assert.equal(await present(alice), undefined)
  })

  it('has the temporary credentials of the config as issued at the start, without a device', async () => {
    for (const [keys, isIssued, mfa] of [
      [worker, true, 'false'],
      [fay, true, undefined],
      [alice, false, undefined],
    ] as const) {
      const context = await contextOf(keys)
      const issuedMs = Date.parse(context['aws:TokenIssueTime'] ?? '')
      assert.equal(issuedMs >= startMs && issuedMs <= Date.now(), isIssued, keys.arn)
      assert.equal(context['aws:MultiFactorAuthPresent'], mfa, keys.arn)
    }
  })

  it('takes codes of two steps around, whichever comes first', async () => {
    await reset()
    // Near the beginning of a step, which does not end on the way.
    const now = new Date(Math.floor(Date.now() / 30_000) * 30_000 + 5000).toISOString()
    await scene.kms.control('PUT', '/_/clock', { now })
    const proving = (steps: number) => {
      const TokenCode = codeAt(Date.parse(now) + steps * 30_000)
      return get(alice, { SerialNumber: serialNumber, TokenCode })
    }
    for (const steps of [2, -2, 0]) await proving(steps)
    await assert.rejects(proving(-2), { name: 'AccessDenied' })
    await scene.kms.control('PUT', '/_/clock', { reset: true })
  })

  it('refuses another’s device, half a proof, a wrong code, and a code twice', async () => {
    await reset()
    const unable = refusal(
      'AccessDenied',
      'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.',
      403,
    )
    await assert.rejects(get(bob, proof()), unable)
    await assert.rejects(get(alice, { ...proof(), SerialNumber: arn('mfa/other') }), unable)
    const half = refusal(
      'AccessDenied',
      'MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.',
      403,
    )
    await assert.rejects(get(alice, { SerialNumber: serialNumber }), half)
    await assert.rejects(get(alice, { TokenCode: '000000' }), half)
    const wrong = refusal(
      'AccessDenied',
      'MultiFactorAuthentication failed with invalid MFA one time pass code. ',
      403,
    )
    const stale = codeAt(Date.now() - 3_600_000)
    await assert.rejects(get(alice, { ...proof(), TokenCode: stale }), wrong)
    const once = proof()
    await get(alice, once)
    await assert.rejects(get(alice, once), wrong)
  })

  it('counts in a role that wants a device, with AssumeRole’s own parameters too', async () => {
    const assume = (by: Keys, more: object = {}) =>
      scene
        .as(by)
        .send(new AssumeRoleCommand({ RoleArn: guarded.arn, RoleSessionName: 'w1', ...more }))
    await reset()
    await assert.rejects(assume(alice), { name: 'AccessDenied' })
    await assert.rejects(assume(keysOf((await get(alice)).Credentials)), { name: 'AccessDenied' })
    await assume(keysOf((await get(alice, proof())).Credentials))
    await reset()
    await assume(alice, proof())
  })
})
