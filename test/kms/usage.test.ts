import assert from 'node:assert/strict'
import { dayMs } from '../../lib/kms/clock.ts'
import { answer, call, refused } from '../support/call.ts'
import { arns, keyIds, useKms } from '../support/scene.ts'

const rootArn = 'arn:aws:iam::111122223333:root'

/** AWS's own example: a key that was used in the last 90 days stays. */
const inUse = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: rootArn }, Action: 'kms:*', Resource: '*' },
    {
      Effect: 'Deny',
      Principal: '*',
      Action: ['kms:ScheduleKeyDeletion', 'kms:DisableKey'],
      Resource: '*',
      Condition: { NumericLessThanEquals: { 'kms:TrailingDaysWithoutKeyUsage': '90' } },
    },
  ],
}

describe('unusedDays', () => {
  const kms = useKms(['symmetric', 'other'])
  const KeyId = keyIds.symmetric

  function advance(days: number): Promise<unknown> {
    return kms.control('PUT', '/_/clock', { advanceSeconds: (days * dayMs) / 1000 })
  }

  async function daysSeen(): Promise<unknown> {
    const { requestId } = await answer(kms.root, 'DisableKey', { KeyId: keyIds.other })
    const decision = await kms.control('GET', `/_/decisions/${requestId}`)
    const { requestContext } = decision as { requestContext: Record<string, unknown> }
    await call(kms.root, 'EnableKey', { KeyId: keyIds.other })
    return requestContext['kms:TrailingDaysWithoutKeyUsage']
  }

  it('counts whole days from the creation of a key that was never used', async () => {
    assert.equal(await daysSeen(), '0')
    await advance(89.9)
    assert.equal(await daysSeen(), '89')
  })

  it('counts from the last use, and is 0 before it', async () => {
    await call(kms.root, 'Encrypt', { KeyId: keyIds.other, Plaintext: Buffer.from('x') })
    assert.equal(await daysSeen(), '0')
    await advance(-2)
    assert.equal(await daysSeen(), '0')
    await advance(3.5)
    assert.equal(await daysSeen(), '1')
  })

  it('keeps a key in use from being disabled and deleted', async () => {
    await call(kms.root, 'PutKeyPolicy', { KeyId, Policy: JSON.stringify(inUse) })
    await call(kms.root, 'Encrypt', { KeyId, Plaintext: Buffer.from('x') })
    await advance(90.5)
    for (const operation of ['DisableKey', 'ScheduleKeyDeletion'] as const) {
      await refused(kms.root, operation, { KeyId }, [
        'AccessDeniedException',
        `User: ${rootArn} is not authorized to perform: kms:${operation} on resource: ${arns.symmetric} with an explicit deny in a resource-based policy`,
      ])
    }
    await advance(0.5)
    await call(kms.root, 'DisableKey', { KeyId })
    await call(kms.root, 'ScheduleKeyDeletion', { KeyId })
  })
})
