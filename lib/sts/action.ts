/**
 * What an action of STS is, and what it may touch: its parameters as data, and one function from
 * them to the members of its answer.
 */
import type { RandomSource } from '../crypto/random.ts'
import type { Access } from '../kms/access.ts'
import type { Caller, Callers } from '../kms/callers.ts'
import type { Connection } from '../kms/conditions.ts'
import type { MfaDevices } from './mfa.ts'
import { readParameters, type Form, type Parameters } from './parameters.ts'
import type { Roles } from './roles.ts'
import type { WebIdentityProvider } from './web-identity.ts'
import type { Result } from './xml.ts'

/** What every call has in common. */
export interface Surroundings {
  readonly access: Access
  readonly callers: Callers
  readonly random: RandomSource
  readonly roles: Roles
  readonly mfa: MfaDevices
  readonly providers: readonly WebIdentityProvider[]
}

export interface StsCall extends Surroundings {
  readonly requestId: string
  readonly region: string
  readonly connection: Connection
  readonly nowMs: number
}

export interface StsAction {
  readonly name: string
  /** Whether the call has to be signed. */
  readonly isSigned: boolean
  /** Throws StsError or Fault. `caller` is null where the call need not be signed. */
  answer(form: Form, call: StsCall, caller: Caller | null): Promise<Result>
}

interface SignedAction<T> {
  readonly parameters: Parameters<T>
  readonly run: (input: T, call: StsCall, caller: Caller) => Result | Promise<Result>
}

export function signedAction<T extends object>(
  name: string,
  { parameters, run }: SignedAction<T>,
): StsAction {
  return {
    name,
    isSigned: true,
    async answer(form, call, caller) {
      if (!caller) throw new Error(`${name} was called without a caller`)
      return run(readParameters(form, parameters), call, caller)
    },
  }
}

interface UnsignedAction<T> {
  readonly parameters: Parameters<T>
  readonly run: (input: T, call: StsCall) => Result | Promise<Result>
}

export function unsignedAction<T extends object>(
  name: string,
  { parameters, run }: UnsignedAction<T>,
): StsAction {
  return {
    name,
    isSigned: false,
    answer: async (form, call) => run(readParameters(form, parameters), call),
  }
}
