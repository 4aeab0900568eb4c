import assert from 'node:assert/strict'
import { answer, call, membersOf, refused, type Refusal } from '../../support/call.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { noIdentityPolicy, unreachableKey } from '../../support/policies.ts'
import { account, adminArn, arns, keyIds, parentArn, useKms } from '../../support/scene.ts'

const name = 'ListRetirableGrants'
const action = `kms:${name}`
const rootArn = `arn:aws:iam::${account}:root`
const foreign = '444455556666'
const listerArn = `arn:aws:iam::${account}:role/lister`

/** A role that may list what the parent may retire, and nothing else. */
const lister = {
  arn: listerArn,
  accessKeyId: 'AKIALISTER00000000',
  secretAccessKey: 'secret',
  sessionName: 'session',
  policies: [
    {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: action, Resource: parentArn }],
    },
  ],
}

describe(name, () => {
  const kms = useKms(['symmetric', 'other'], { principals: [lister] })
  const as = (accessKeyId: string, secretAccessKey = 'any') =>
    kms.client({ credentials: { accessKeyId, secretAccessKey } })
  /** The ids of the grants that the parent may retire, in their order. */
  let ids: string[]
  let foreignArn: string

  before(async () => {
    const grant = { GranteePrincipal: adminArn, Operations: ['DescribeKey'] }
    const create = async (keyId: string, RetiringPrincipal?: string, client = kms.root) => {
      const input = { ...grant, KeyId: keyId, RetiringPrincipal }
      return (await call(client, 'CreateGrant', input)).GrantId!
    }
    const { KeyMetadata } = await call(as(foreign), 'CreateKey')
    foreignArn = KeyMetadata!.Arn!
    ids = [
      await create(keyIds.symmetric, parentArn),
      await create(keyIds.symmetric, parentArn),
      await create(keyIds.other, parentArn),
      await create(foreignArn, parentArn, as(foreign)),
    ].sort()
    await create(keyIds.symmetric)
    await create(keyIds.symmetric, adminArn)
    await create(keyIds.symmetric, account)
  })

  async function listed(input: object): Promise<(string | undefined)[]> {
    const { Grants } = await call(kms.root, name, input)
    return Grants!.map(({ GrantId }) => GrantId)
  }

  describe('input', () => {
    it('requires a retiring principal, and refuses the filter that AWS has for services', async () => {
      await refused(kms.root, name, {}, ['ValidationException', 'RetiringPrincipal is required.'])
      const words: Refusal = [
        'ValidationException',
        'RetiringServicePrincipal is for AWS services only',
      ]
      const RetiringServicePrincipal = 'rds.amazonaws.com'
      await refused(kms.root, name, { RetiringServicePrincipal }, words)
      const both = { RetiringPrincipal: parentArn, RetiringServicePrincipal }
      await refused(kms.root, name, both, words)
    })

    it('refuses what is no principal', async () => {
      const words: Refusal = ['NotFoundException', 'Retiring principal nobody could not be found']
      await refused(kms.root, name, { RetiringPrincipal: 'nobody' }, words)
    })

    it('refuses a marker of another principal’s grants', async () => {
      const first = await call(kms.root, name, { RetiringPrincipal: parentArn, Limit: 1 })
      const words: Refusal = ['InvalidMarkerException', null]
      const input = { RetiringPrincipal: adminArn, Marker: first.NextMarker }
      assert.ok(first.NextMarker)
      await refused(kms.root, name, input, words)
    })
  })

  describe('access', () => {
    it('refuses a role whose identity policies do not allow it', async () => {
      const words = noIdentityPolicy(action, parentArn)
      await refused(kms.parent, name, { RetiringPrincipal: parentArn }, words)
    })

    it('is allowed by an identity policy, for the principals that it names', async () => {
      await call(kms.admin, name, { RetiringPrincipal: parentArn })
      const client = as(lister.accessKeyId, lister.secretAccessKey)
      await call(client, name, { RetiringPrincipal: parentArn })
      const principal = `arn:aws:sts::${account}:assumed-role/lister/session`
      const words = noIdentityPolicy(action, adminArn, { principal })
      await refused(client, name, { RetiringPrincipal: adminArn }, words)
    })

    it('is for the principals of the caller’s account alone', async () => {
      const words = unreachableKey(action, `arn:aws:iam::${foreign}:root`)
      await refused(as(foreign), name, { RetiringPrincipal: parentArn }, words)
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => ({ RetiringPrincipal: parentArn }))
  })

  describe('result', () => {
    it('has AWS’s members and no other, the grants of every account’s keys', async () => {
      const got = await answer(kms.root, name, { RetiringPrincipal: parentArn })
      assert.deepEqual(membersOf(got), ['Grants', 'Truncated'])
      assert.deepEqual(
        got.output.Grants?.map(({ GrantId }) => GrantId),
        ids,
      )
      const keys = got.output.Grants.map((one) => one.KeyId)
      assert.deepEqual(new Set(keys), new Set([arns.symmetric, arns.other, foreignArn]))
      const [first] = got.output.Grants
      const { CreationDate, GrantId, KeyId, IssuingAccount, ...rest } = first!
      assert.deepEqual(rest, {
        Name: '',
        GranteePrincipal: adminArn,
        RetiringPrincipal: parentArn,
        Operations: ['DescribeKey'],
      })
      const issuer = KeyId === foreignArn ? foreign : account
      assert.equal(IssuingAccount, `arn:aws:iam::${issuer}:root`)
      assert.equal(GrantId, ids[0])
      assert.ok(CreationDate)
    })

    it('knows an account by its number and by its ARN', async () => {
      const found = await listed({ RetiringPrincipal: account })
      assert.equal(found.length, 1)
      assert.deepEqual(await listed({ RetiringPrincipal: rootArn }), found)
    })

    it('is empty for a principal that retires nothing', async () => {
      assert.deepEqual(await listed({ RetiringPrincipal: listerArn }), [])
    })

    it('comes in pages', async () => {
      const seen: unknown[] = []
      let Marker: string | undefined
      do {
        const input = { RetiringPrincipal: parentArn, Limit: 3, Marker }
        const page = await call(kms.root, name, input)
        seen.push(...page.Grants!.map(({ GrantId }) => GrantId))
        Marker = page.NextMarker
      } while (Marker !== undefined)
      assert.deepEqual(seen, ids)
    })

    it('has a grant no longer when it was retired, or its key is gone', async () => {
      const { Grants } = await call(kms.root, name, { RetiringPrincipal: parentArn })
      // To retire one on another account's key the parent's own account would have to allow it.
      const { KeyId, GrantId } = Grants!.find((one) => one.KeyId!.includes(`:${account}:`))!
      await call(kms.parent, 'RetireGrant', { KeyId, GrantId })
      const left = ids.filter((id) => id !== GrantId)
      assert.deepEqual(await listed({ RetiringPrincipal: parentArn }), left)
      const PendingWindowInDays = 7
      await call(kms.root, 'ScheduleKeyDeletion', { KeyId: keyIds.other, PendingWindowInDays })
      await kms.control('PUT', '/_/clock', { advanceSeconds: 8 * 86_400 })
      const { Grants: rest } = await call(kms.root, name, { RetiringPrincipal: parentArn })
      assert.ok(rest!.length > 0)
      assert.ok(rest!.every((one) => one.KeyId !== arns.other))
      await kms.control('PUT', '/_/clock', { reset: true })
    })
  })
})
