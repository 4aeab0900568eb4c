/** The table of STS's actions: what is not in it does not exist. */
import type { StsAction } from '../action.ts'
import { AssumeRole } from './assume-role.ts'
import { AssumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts'
import { GetCallerIdentity } from './get-caller-identity.ts'
import { GetSessionToken } from './get-session-token.ts'

const rows: readonly StsAction[] = [
  AssumeRole,
  AssumeRoleWithWebIdentity,
  GetCallerIdentity,
  GetSessionToken,
]

export const actions: ReadonlyMap<string, StsAction> = new Map(rows.map((row) => [row.name, row]))
