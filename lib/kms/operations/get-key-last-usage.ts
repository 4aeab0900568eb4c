/**
 * GetKeyLastUsage: the last successful cryptographic operation with a key. Every use is known since
 * the key is there, so that tracking starts with its creation.
 */
import { eventId } from '../events.ts'
import type { Output } from '../model/types.ts'
import { keyOperation } from '../operation.ts'

type Usage = NonNullable<Output<'GetKeyLastUsage'>['KeyLastUsage']>

export const GetKeyLastUsage = keyOperation('GetKeyLastUsage', {
  async run(call, key) {
    const use = await call.store.lastUse(key.record, key.id)
    const created = new Date(key.record.createdMs)
    return {
      KeyId: key.arn,
      KeyLastUsage: use
        ? {
            Operation: use.operation as NonNullable<Usage['Operation']>,
            Timestamp: new Date(use.timeMs),
            CloudTrailEventId: eventId(use.requestId, key.account),
            KmsRequestId: use.requestId,
          }
        : {},
      TrackingStartDate: created,
      KeyCreationDate: created,
    }
  },
})
