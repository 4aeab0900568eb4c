/**
 * GetKeyRotationStatus: whether a key is rotated automatically, how often, and when next. A key that
 * is pending deletion is not; one whose replicas have to be deleted first still says that it is.
 */
import { keyOperation } from '../operation.ts'
import { refuseInCustomKeyStore, rotationOf } from '../rotation.ts'

export const GetKeyRotationStatus = keyOperation('GetKeyRotationStatus', {
  match: (_input, key) => refuseInCustomKeyStore(key),

  async run(call, key) {
    const rotation = key.state === 'PendingDeletion' ? undefined : await rotationOf(call.store, key)
    return {
      KeyId: key.arn,
      KeyRotationEnabled: rotation !== undefined,
      ...(rotation && {
        RotationPeriodInDays: rotation.periodDays,
        NextRotationDate: new Date(rotation.nextMs),
      }),
    }
  },
})
