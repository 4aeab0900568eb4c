/** EnableKeyRotation: from now on KMS makes new material for the key, every so many days. */
import { changeKey } from '../change.ts'
import { dayMs } from '../clock.ts'
import { Key } from '../key.ts'
import { keyOperation } from '../operation.ts'
import { requireAutomaticRotation, usualPeriodDays } from '../rotation.ts'

export const EnableKeyRotation = keyOperation('EnableKeyRotation', {
  match: (_input, key) => requireAutomaticRotation(key, 'EnableKeyRotation'),
  states: 'rotation',

  conditions: ({ RotationPeriodInDays: days = usualPeriodDays }) => ({
    'kms:RotationPeriodInDays': String(days),
  }),

  async run(call, key) {
    await changeKey(call, key, 'rotation', (record) => {
      // It may have become a replica since the call began.
      requireAutomaticRotation(Key.of(record), 'EnableKeyRotation')
      const { rotation } = record
      const periodDays = call.input.RotationPeriodInDays ?? rotation?.periodDays ?? usualPeriodDays
      // Asked again for what is already so, the next rotation stays where it is.
      return rotation?.periodDays === periodDays
        ? record
        : { ...record, rotation: { periodDays, nextMs: call.nowMs + periodDays * dayMs } }
    })
    return {}
  },
})
