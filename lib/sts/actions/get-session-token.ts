/**
 * GetSessionToken: a user's session, in which it may have proved to have a device for multi-factor
 * authentication. It needs no permission. Refuses whoever has a session already.
 */
import { signedAction } from '../action.ts'
import { StsError } from '../errors.ts'
import { mfaRows } from '../parameter-rows.ts'
import { whole } from '../parameters.ts'
import { issue } from '../session.ts'

/** AWS's own, in seconds. */
const duration = { least: 900, most: 129_600, usual: 43_200, mostOfRoot: 3600 }

export const GetSessionToken = signedAction('GetSessionToken', {
  parameters: { DurationSeconds: whole(duration.least, duration.most), ...mfaRows },

  run(input, call, caller) {
    const { type, arn } = caller.principal
    if (caller.issued || (type !== 'User' && type !== 'Account')) {
      throw new StsError('AccessDenied', 'Cannot call GetSessionToken with session credentials')
    }
    const isProved = call.mfa.isProved(arn, input, call.nowMs)
    const asked = input.DurationSeconds ?? duration.usual
    const seconds = type === 'Account' ? Math.min(asked, duration.mostOfRoot) : asked
    const mfaAtMs = isProved ? call.nowMs : undefined
    return { Credentials: issue(call, { caller, seconds, mfaAtMs }) }
  },
})
