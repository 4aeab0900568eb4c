/**
 * RotateKeyOnDemand: new current material at once, 25 times in a key's life. Of a key whose material
 * is imported, the material that waits for a rotation becomes the current one.
 */
import { requireThere } from '../change.ts'
import { Fault } from '../faults.ts'
import { Key } from '../key.ts'
import { isUsed } from '../materials.ts'
import { keyOperation } from '../operation.ts'
import {
  nextMaterial,
  refuseInCustomKeyStore,
  refuseReplica,
  requireRotatable,
  rotate,
} from '../rotation.ts'
import { requireState } from '../state.ts'
import type { MaterialRecord } from '../../store/store.ts'

/** SDK documentation, RotateKeyOnDemand; not adjustable. */
const mostRotations = 25

export const RotateKeyOnDemand = keyOperation('RotateKeyOnDemand', {
  match: (_input, key) => refuseInCustomKeyStore(key),
  states: 'rotation',

  async run(call, key) {
    requireRotatable(key)
    await call.store.transact(async (writer) => {
      const current = Key.of(await requireThere(writer, key))
      refuseReplica(current, 'RotateKeyOnDemand')
      requireState(current, 'rotation')
      checkLimit(current)
      await rotate(writer, current.record, nextOf(current, call.nowMs))
    })
    return { KeyId: key.arn }
  },
})

function checkLimit(key: Key): void {
  const made = key.record.materials.filter(({ rotation }) => rotation?.type === 'ON_DEMAND')
  if (made.length < mostRotations) return
  throw new Fault(
    'LimitExceededException',
    `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${key.arn}`,
  )
}

function nextOf(key: Key, dateMs: number): MaterialRecord {
  const rotation = { type: 'ON_DEMAND', dateMs } as const
  if (key.origin === 'AWS_KMS') return nextMaterial(key.record, rotation)
  const pending = key.record.materials.find(({ state }) => state === 'PENDING_ROTATION')
  if (pending) return { ...pending, rotation }
  if (key.record.materials.some((one) => !isUsed(one))) {
    throw new Fault(
      'KMSInvalidStateException',
      'Cannot perform key material rotation: Key material has not been imported for replicas of the Multi-Region key.',
    )
  }
  throw new Fault(
    'KMSInvalidStateException',
    `No available key material pending rotation for the key: ${key.arn}.`,
  )
}
