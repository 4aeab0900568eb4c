import assert from 'node:assert/strict'
import { testAccess } from '../../support/access-shelf.ts'
import { answer, call, membersOf, missing, refused, type Refusal } from '../../support/call.ts'
import { nobodysGrantId } from '../../support/key-calls.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import { allow, delegation, policyOf } from '../../support/policies.ts'
import { account, adminArn, arns, keyIds, parentArn, useKms } from '../../support/scene.ts'

const name = 'ListGrants'
const KeyId = keyIds.symmetric
const service = 'rds.amazonaws.com'
const SourceArn = `arn:aws:rds:us-east-1:${account}:db:a`

describe(name, () => {
  const kms = useKms(['symmetric', 'other', 'hmac'])
  /** The ids of the grants on the key, in their order. */
  let ids: string[]
  let ofParent: string

  before(async () => {
    const create = async (more: object) => {
      const grant = { KeyId, GranteePrincipal: adminArn, Operations: ['Decrypt'] }
      return (await call(kms.root, 'CreateGrant', { ...grant, ...more })).GrantId!
    }
    ofParent = await create({ GranteePrincipal: parentArn, Name: 'a-name' })
    const toService = {
      GranteePrincipal: undefined,
      GranteeServicePrincipal: service,
      RetiringServicePrincipal: service,
      Constraints: { SourceArn },
    }
    const toAccount = { GranteePrincipal: account, RetiringPrincipal: parentArn }
    ids = [ofParent, await create({}), await create(toService), await create(toAccount)].sort()
    await create({ KeyId: keyIds.other, GranteePrincipal: parentArn })
  })

  async function listed(input: object): Promise<(string | undefined)[]> {
    const { Grants } = await call(kms.root, name, { KeyId, ...input })
    return Grants!.map(({ GrantId }) => GrantId)
  }

  describe('input', () => {
    it('requires a key, and takes no alias', async () => {
      await refused(kms.root, name, {}, missing('keyId'))
      const words: Refusal = [
        'InvalidArnException',
        'Key Aliases are not supported for this operation.',
      ]
      await refused(kms.root, name, { KeyId: 'alias/symmetric' }, words)
    })

    it('refuses a grant id that is none', async () => {
      const words: Refusal = ['InvalidGrantIdException', `Invalid grantId 'nobody'`]
      await refused(kms.root, name, { KeyId, GrantId: 'nobody' }, words)
    })

    it('refuses a grantee that is no principal', async () => {
      const words: Refusal = ['InvalidArnException', 'Input does not refer to a valid principal']
      await refused(kms.root, name, { KeyId, GranteePrincipal: 'nobody' }, words)
      const nobody = `arn:aws:iam::${account}:role/nobody`
      await refused(kms.root, name, { KeyId, GranteePrincipal: nobody }, [
        'InvalidArnException',
        `ARN does not refer to a valid principal: ${nobody}`,
      ])
    })

    it('refuses the filter that AWS has for services', async () => {
      const words: Refusal = [
        'ValidationException',
        'GranteeServicePrincipal is for AWS services only',
      ]
      await refused(kms.root, name, { KeyId, GranteeServicePrincipal: service }, words)
    })

    it('refuses a marker of another key’s grants, of another listing, and none at all', async () => {
      const { NextMarker } = await call(kms.root, name, { KeyId, Limit: 1 })
      assert.ok(NextMarker)
      const words: Refusal = ['InvalidMarkerException', null]
      await refused(kms.root, name, { KeyId: keyIds.other, Marker: NextMarker }, words)
      const keys = await call(kms.root, 'ListKeys', { Limit: 1 })
      for (const Marker of [keys.NextMarker, 'marker']) {
        await refused(kms.root, name, { KeyId, Marker }, words)
      }
    })
  })

  describe('access', () => {
    testAccess(kms, name, { key: () => keyIds.hmac, input: (keyId) => ({ KeyId: keyId }) })

    it('is another account’s where the key policy and its own policies allow it', async () => {
      const foreign = '444455556666'
      const allowed = allow(`kms:${name}`, `arn:aws:iam::${foreign}:root`)
      const Policy = policyOf(delegation, allowed)
      await call(kms.root, 'PutKeyPolicy', { KeyId: keyIds.other, Policy })
      const client = kms.client({ credentials: { accessKeyId: foreign, secretAccessKey: 'any' } })
      const { Grants } = await call(client, name, { KeyId: arns.other })
      assert.equal(Grants?.length, 1)
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, () => ({ KeyId }))
  })

  describe('result', () => {
    it('has AWS’s members and no other, the grants in the order of their ids', async () => {
      const got = await answer(kms.root, name, { KeyId })
      assert.deepEqual(membersOf(got), ['Grants', 'Truncated'])
      assert.equal(got.output.Truncated, false)
      assert.deepEqual(
        got.output.Grants?.map(({ GrantId }) => GrantId),
        ids,
      )
      const { CreationDate, ...rest } = got.output.Grants.find(
        ({ GrantId }) => GrantId === ofParent,
      )!
      assert.ok(Math.abs(Number(CreationDate) - Date.now()) < 60_000)
      assert.deepEqual(rest, {
        KeyId: arns.symmetric,
        GrantId: ofParent,
        Name: 'a-name',
        GranteePrincipal: parentArn,
        IssuingAccount: `arn:aws:iam::${account}:root`,
        Operations: ['Decrypt'],
      })
    })

    it('shows a service where a grant names one', async () => {
      const { Grants } = await call(kms.root, name, { KeyId })
      const found = Grants!.find(({ GranteeServicePrincipal }) => GranteeServicePrincipal)!
      assert.equal(found.GranteeServicePrincipal, service)
      assert.equal(found.RetiringServicePrincipal, service)
      assert.equal(found.GranteePrincipal, undefined)
      assert.deepEqual(found.Constraints, { SourceArn })
    })

    it('is the grant with an id, or none', async () => {
      assert.deepEqual(await listed({ GrantId: ofParent }), [ofParent])
      assert.deepEqual(await listed({ GrantId: nobodysGrantId }), [])
      assert.deepEqual(await listed({ GrantId: ofParent, GranteePrincipal: adminArn }), [])
    })

    it('is the grants to a principal, an account by its number or its ARN', async () => {
      assert.deepEqual(await listed({ GranteePrincipal: parentArn }), [ofParent])
      const [toAccount] = await listed({ GranteePrincipal: account })
      assert.ok(toAccount)
      assert.deepEqual(await listed({ GranteePrincipal: `arn:aws:iam::${account}:root` }), [
        toAccount,
      ])
      const elsewhere = 'arn:aws:iam::444455556666:role/x'
      assert.deepEqual(await listed({ GranteePrincipal: elsewhere }), [])
    })

    it('comes in pages', async () => {
      const seen: unknown[] = []
      let Marker: string | undefined
      do {
        const page = await call(kms.root, name, { KeyId, Limit: 3, Marker })
        assert.equal(page.Truncated, page.NextMarker !== undefined)
        seen.push(...page.Grants!.map(({ GrantId }) => GrantId))
        Marker = page.NextMarker
      } while (Marker !== undefined)
      assert.deepEqual(seen, ids)
    })
  })
})
