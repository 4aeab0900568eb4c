/** GetCallerIdentity: who calls. It needs no permission. */
import { signedAction } from '../action.ts'

export const GetCallerIdentity = signedAction('GetCallerIdentity', {
  parameters: {},

  run: (_input, _call, { principal, userId }) => ({
    Arn: principal.arn,
    UserId: userId,
    Account: principal.account,
  }),
})
