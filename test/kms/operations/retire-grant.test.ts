import assert from 'node:assert/strict'
import { encodeGrantToken } from '../../../lib/kms/grants/grant-token.ts'
import { answer, call, outcome, refused, type Refusal } from '../../support/call.ts'
import { nobodysGrantId } from '../../support/key-calls.ts'
import { testIgnoresRecipient } from '../../support/no-recipient.ts'
import {
  allow,
  closedPolicy,
  delegation,
  deny,
  noKeyPolicy,
  policyOf,
  unreachableKey,
} from '../../support/policies.ts'
import {
  account,
  adminArn,
  aliasArnOf,
  arnOf,
  arns,
  keyIds,
  nobodysKeyId,
  parentArn,
  parentSessionArn,
  useKms,
  type TestKms,
} from '../../support/scene.ts'

const name = 'RetireGrant'
const action = `kms:${name}`
const KeyId = arns.symmetric
const grant = { KeyId, GranteePrincipal: adminArn, Operations: ['DescribeKey'] }
const unknown: Refusal = ['NotFoundException', `Grant ID ${nobodysGrantId} not found`]
const foreign = '444455556666'
const foreignRoot = `arn:aws:iam::${foreign}:root`

const identityPolicy = (Effect: string, Condition?: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect, Action: action, Resource: '*', ...(Condition && { Condition }) }],
})

/** Roles that differ by what their identity policies say of RetireGrant. */
const roles = {
  denied: identityPolicy('Deny'),
  tenantA: identityPolicy('Allow', {
    StringEquals: {
      'kms:EncryptionContext:tenant': 'a',
      'kms:GrantConstraintType': 'EncryptionContextSubset',
    },
  }),
}
const roleArn = (role: string, of = account) => `arn:aws:iam::${of}:role/${role}`
const principal = (arn: string, id: string, policy: object) => ({
  arn,
  accessKeyId: id,
  secretAccessKey: 'secret',
  sessionName: 'session',
  policies: [policy],
})

describe(name, () => {
  const kms = useKms(['symmetric', 'other'], {
    principals: [
      principal(roleArn('denied'), 'AKIADENIED00000000', roles.denied),
      principal(roleArn('tenant-a'), 'AKIATENANTA0000000', roles.tenantA),
      principal(roleArn('foreign', foreign), 'AKIAFOREIGN0000000', identityPolicy('Allow')),
    ],
  })

  const as = (accessKeyId: string, secretAccessKey = 'secret') =>
    kms.client({ credentials: { accessKeyId, secretAccessKey } })

  async function newGrant(more: object = {}, client: keyof TestKms & 'root' = 'root') {
    const { GrantId, GrantToken } = await call(kms[client], 'CreateGrant', { ...grant, ...more })
    return { GrantId: GrantId!, GrantToken: GrantToken! }
  }

  async function isThere(GrantId: string): Promise<boolean> {
    const { Grants } = await call(kms.root, 'ListGrants', { KeyId, GrantId })
    return Grants!.length === 1
  }

  describe('input', () => {
    it('requires a grant token, or a key and a grant id', async () => {
      const { GrantId, GrantToken } = await newGrant()
      const words: Refusal = [
        'ValidationException',
        'either GrantToken or KeyId and GrantId are required',
      ]
      for (const input of [
        {},
        { KeyId },
        { GrantId },
        { GrantToken, GrantId },
        { GrantToken, KeyId },
        { GrantToken, KeyId, GrantId },
      ]) {
        await refused(kms.root, name, input, words)
      }
    })

    it('refuses what is no grant token', async () => {
      const words: Refusal = ['InvalidGrantTokenException', 'the grant token cannot be read']
      await refused(kms.root, name, { GrantToken: 'token' }, words)
    })

    it('refuses an id that is none, and one that the key has no grant for', async () => {
      const words: Refusal = ['InvalidGrantIdException', `Invalid grantId 'nobody'`]
      await refused(kms.root, name, { KeyId, GrantId: 'nobody' }, words)
      await refused(kms.root, name, { KeyId, GrantId: nobodysGrantId }, unknown)
      const { GrantId } = await newGrant()
      const ofOther: Refusal = ['NotFoundException', `Grant ID ${GrantId} not found`]
      await refused(kms.root, name, { KeyId: arns.other, GrantId }, ofOther)
    })

    it('refuses a token of a key that is not there, or is of another Region', async () => {
      const token = (keyArn: string) => ({
        GrantToken: encodeGrantToken({ keyArn, grantId: nobodysGrantId }),
      })
      const nobodysArn = arnOf(nobodysKeyId)
      await refused(kms.root, name, token(nobodysArn), [
        'NotFoundException',
        `Key '${nobodysArn}' does not exist`,
      ])
      await refused(kms.root, name, token(arns.symmetric.replace('us-east-1', 'eu-west-1')), [
        'NotFoundException',
        'Invalid arn eu-west-1',
      ])
    })

    it('takes no key id and no alias, but an ARN', async () => {
      const { GrantId } = await newGrant()
      for (const text of [keyIds.symmetric, nobodysKeyId, 'key_id', 'alias/symmetric']) {
        const words: Refusal = ['NotFoundException', `Invalid arn ${text}`]
        await refused(kms.root, name, { KeyId: text, GrantId }, words)
      }
      assert.ok(await isThere(GrantId))
    })

    it('refuses an ARN of an alias, of another service, of another Region and of no key', async () => {
      const GrantId = nobodysGrantId
      const cases: readonly (readonly [arn: string, words: Refusal])[] = [
        [
          aliasArnOf('alias/symmetric'),
          ['InvalidArnException', 'Key Aliases are not supported for this operation.'],
        ],
        [
          KeyId.replace(':kms:', ':s3:'),
          ['InvalidArnException', `Invalid arn ${KeyId.replace(':kms:', ':s3:')}`],
        ],
        [KeyId.replace('us-east-1', 'eu-west-1'), ['NotFoundException', 'Invalid arn eu-west-1']],
        [arnOf(nobodysKeyId), ['NotFoundException', `Key '${arnOf(nobodysKeyId)}' does not exist`]],
      ]
      for (const [arn, words] of cases) {
        await refused(kms.root, name, { KeyId: arn, GrantId }, words)
      }
    })
  })

  describe('access', () => {
    const refusal = noKeyPolicy(action, arns.symmetric)

    it('is the retiring principal’s, without any policy', async () => {
      const { GrantToken } = await newGrant({ RetiringPrincipal: parentArn })
      await call(kms.parent, name, { GrantToken })
      const { GrantId } = await newGrant({ RetiringPrincipal: parentSessionArn })
      await call(kms.parent, name, { KeyId, GrantId })
    })

    it('is the grantee’s where the grant’s operations say so', async () => {
      const mine = { GranteePrincipal: parentArn }
      const { GrantId } = await newGrant(mine)
      await refused(kms.parent, name, { KeyId, GrantId }, refusal)
      const { GrantToken } = await newGrant({ ...mine, Operations: ['RetireGrant'] })
      await call(kms.parent, name, { GrantToken })
    })

    it('asks the grant in question, and no other of the key', async () => {
      await newGrant({ GranteePrincipal: parentArn, Operations: ['RetireGrant'] })
      await newGrant({ RetiringPrincipal: parentArn })
      const { GrantId, GrantToken } = await newGrant()
      await refused(kms.parent, name, { KeyId, GrantId }, refusal)
      await refused(kms.parent, name, { GrantToken }, refusal)
      assert.ok(await isThere(GrantId))
    })

    it('does not ask for the grant’s encryption context', async () => {
      const Constraints = { EncryptionContextEquals: { tenant: 'a' } }
      const more = { GranteePrincipal: parentArn, Operations: ['RetireGrant', 'Decrypt'] }
      const { GrantToken } = await newGrant({ ...more, Constraints })
      await call(kms.parent, name, { GrantToken })
    })

    it('is the account’s: its root user’s, and whose identity policies allow it', async () => {
      for (const client of [kms.root, kms.admin]) {
        const { GrantId } = await newGrant()
        await call(client, name, { KeyId, GrantId })
      }
    })

    it('is no matter of the key policy, which neither allows nor denies it', async () => {
      const setPolicy = (Policy: string) => call(kms.root, 'PutKeyPolicy', { KeyId, Policy })
      const { GrantId } = await newGrant()
      await setPolicy(policyOf(delegation, allow(action)))
      await refused(kms.parent, name, { KeyId, GrantId }, refusal)
      const retirable = await newGrant({ RetiringPrincipal: parentArn })
      await setPolicy(policyOf(delegation, deny('kms:*')))
      await call(kms.parent, name, { GrantToken: retirable.GrantToken })
      await setPolicy(closedPolicy())
      await call(kms.root, name, { KeyId, GrantId })
      await setPolicy(policyOf(delegation))
    })

    it('is refused by a denial in an identity policy', async () => {
      const { GrantToken } = await newGrant({ RetiringPrincipal: roleArn('denied') })
      await refused(as('AKIADENIED00000000'), name, { GrantToken }, [
        'AccessDeniedException',
        `User: arn:aws:sts::${account}:assumed-role/denied/session is not authorized to perform: ${action} on resource: ${arns.symmetric} with an explicit deny in an identity-based policy`,
      ])
    })

    it('hears of the grant’s constraint', async () => {
      const client = as('AKIATENANTA0000000')
      const constrained = (Constraints: object) => newGrant({ Constraints })
      const mine = await constrained({ EncryptionContextSubset: { tenant: 'a' } })
      await call(client, name, { GrantToken: mine.GrantToken })
      for (const constraint of [
        { EncryptionContextSubset: { tenant: 'b' } },
        { EncryptionContextEquals: { tenant: 'a' } },
        {},
      ]) {
        const { GrantToken } = await constrained(constraint)
        const { body } = await outcome(client, name, { GrantToken })
        assert.equal(body.__type, 'AccessDeniedException')
      }
    })

    it('is another account’s where the grant names it, which may delegate it', async () => {
      const words = unreachableKey(action, foreignRoot)
      const { GrantToken } = await newGrant()
      await refused(as(foreign), name, { GrantToken }, words)
      for (const client of [as(foreign), as('AKIAFOREIGN0000000')]) {
        const retirable = await newGrant({ RetiringPrincipal: foreign })
        await call(client, name, { GrantToken: retirable.GrantToken })
      }
    })

    it('is the account’s that created the grant, on whosever key', async () => {
      const Policy = policyOf(delegation, allow('kms:CreateGrant', foreignRoot))
      await call(kms.root, 'PutKeyPolicy', { KeyId, Policy })
      const input = grant
      const { GrantToken } = await call(as(foreign), 'CreateGrant', input)
      await call(kms.root, 'PutKeyPolicy', { KeyId, Policy: policyOf(delegation) })
      await call(as(foreign), name, { GrantToken })
    })

    it('tells who could retire no grant of the key nothing of them', async () => {
      await refused(kms.parent, name, { KeyId, GrantId: nobodysGrantId }, refusal)
      const words = unreachableKey(action, foreignRoot)
      const input = { KeyId, GrantId: nobodysGrantId }
      await refused(as(foreign), name, input, words)
    })

    it('leaves a decision that shows who may retire the grant', async () => {
      const { GrantId } = await newGrant()
      const { requestId } = await outcome(kms.parent, name, { KeyId, GrantId })
      const decision = await kms.control('GET', `/_/decisions/${requestId}`)
      const { evaluations } = decision as { evaluations: { policyType: string; policy: string }[] }
      const grants = evaluations.filter(({ policyType }) => policyType === 'GRANT')
      assert.deepEqual(
        grants.map(({ policy }) => policy),
        [GrantId],
      )
    })
  })

  describe('recipient', () => {
    testIgnoresRecipient(kms, name, async () => ({ GrantToken: (await newGrant()).GrantToken }))
  })

  describe('result', () => {
    it('is empty, and the grant is gone', async () => {
      const { GrantId, GrantToken } = await newGrant()
      const { text } = await answer(kms.root, name, { GrantToken })
      assert.equal(text, '')
      assert.equal(await isThere(GrantId), false)
      const gone: Refusal = ['NotFoundException', `Grant ID ${GrantId} not found`]
      await refused(kms.root, name, { GrantToken }, gone)
      await refused(kms.root, name, { KeyId, GrantId }, gone)
    })

    it('is the same by any token of the grant, and by the key’s ARN and the id', async () => {
      const first = await newGrant({ Name: 'named' })
      const second = await newGrant({ Name: 'named' })
      assert.equal(second.GrantId, first.GrantId)
      await call(kms.root, name, { GrantToken: first.GrantToken })
      const { GrantId } = await newGrant()
      await call(kms.root, name, { KeyId, GrantId })
      assert.equal(await isThere(GrantId), false)
    })

    it('makes room for a new grant of the same name', async () => {
      const { GrantId, GrantToken } = await newGrant({ Name: 'again' })
      await call(kms.root, name, { GrantToken })
      assert.notEqual((await newGrant({ Name: 'again' })).GrantId, GrantId)
    })

    it('of a dry run is none', async () => {
      const { GrantId, GrantToken } = await newGrant()
      await refused(kms.root, name, { GrantToken, DryRun: true }, [
        'DryRunOperationException',
        'The request would have succeeded, but the DryRun option is set.',
      ])
      assert.ok(await isThere(GrantId))
      await refused(kms.root, name, { KeyId, GrantId: nobodysGrantId, DryRun: true }, unknown)
    })
  })
})
