/**
 * The Security Token Service in AWS's query protocol: a form in, XML out. Refuses unknown actions and
 * versions.
 * https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html
 */
import type { RandomSource } from '../crypto/random.ts'
import type { Access } from '../kms/access.ts'
import type { Caller, Callers } from '../kms/callers.ts'
import type { Clock } from '../kms/clock.ts'
import type { Connection } from '../kms/conditions.ts'
import type { Fault, FaultCode } from '../kms/faults.ts'
import type { StsAction, Surroundings } from './action.ts'
import { GetCallerIdentity } from './actions/get-caller-identity.ts'
import { actions } from './actions/index.ts'
import { StsError } from './errors.ts'
import { MfaDevices, type MfaDevice } from './mfa.ts'
import { Roles, type KnownRole } from './roles.ts'
import type { WebIdentityProvider } from './web-identity.ts'
import { errorAnswer, resultAnswer, type ErrorText, type StsAnswer } from './xml.ts'

export type { StsAnswer } from './xml.ts'

/** A user or a role, as STS knows it. */
export interface StsPrincipal extends Omit<KnownRole, 'caller'> {
  /** Roles without one cannot be assumed. */
  readonly caller?: Caller | undefined
  readonly mfaDevices?: readonly MfaDevice[] | undefined
}

export interface StsOptions {
  readonly access: Access
  readonly callers: Callers
  readonly clock: Clock
  readonly random: RandomSource
  readonly principals: readonly StsPrincipal[]
  readonly providers: readonly WebIdentityProvider[]
}

export interface StsRequest {
  readonly requestId: string
  readonly form: URLSearchParams
  /** Null where the call need not be signed. */
  readonly caller: Caller | null
  readonly region: string
  readonly connection: Connection
}

const version = '2011-06-15'

export class Sts {
  readonly #clock: Clock
  readonly #surroundings: Surroundings

  constructor({ access, callers, clock, random, principals, providers }: StsOptions) {
    this.#clock = clock
    const roles = principals.flatMap(({ caller, ...role }) =>
      caller?.principal.roleArn === undefined ? [] : [{ ...role, caller }],
    )
    const devices = principals.map(({ arn, mfaDevices = [] }) => [arn, mfaDevices] as const)
    this.#surroundings = {
      access,
      callers,
      random,
      providers,
      roles: new Roles(roles),
      mfa: new MfaDevices(new Map(devices)),
    }
  }

  /** Whether a form is of an action that is called without a signature. */
  isUnsigned(form: URLSearchParams): boolean {
    return actionOf(form)?.isSigned === false
  }

  /** Whether a form is of an action that is answered with credentials. */
  givesCredentials(form: URLSearchParams): boolean {
    const action = actionOf(form)
    return action !== undefined && action !== GetCallerIdentity
  }

  /** Throws a Fault only. */
  async answer({ form, requestId, caller, ...rest }: StsRequest): Promise<StsAnswer> {
    try {
      const action = requireAction(form)
      const call = { ...this.#surroundings, ...rest, requestId, nowMs: this.#clock.nowMs() }
      // A form may have very many parameters, and every name is looked up.
      const result = await action.answer(new Map(form), call, caller)
      return resultAnswer(action.name, result, requestId)
    } catch (error) {
      if (error instanceof StsError) return errorAnswer(error, requestId)
      throw error
    }
  }

  /** A fault of the way here, like a signature that does not match. */
  refuse({ code, message, status }: Fault, requestId: string): StsAnswer {
    return errorAnswer({ code, message, status, ...queryRows[code] }, requestId)
  }

  /** Forgets every session. */
  reset(): void {
    this.#surroundings.callers.reset()
    this.#surroundings.mfa.reset()
  }
}

function actionOf(form: URLSearchParams): StsAction | undefined {
  return form.get('Version') === version ? actions.get(form.get('Action') ?? '') : undefined
}

function requireAction(form: URLSearchParams): StsAction {
  const name = form.get('Action')
  if (!name) throw new StsError('MissingAction')
  const action = actionOf(form)
  if (action) return action
  const asked = form.get('Version') ?? 'NO_VERSION_SPECIFIED'
  throw new StsError(
    'InvalidAction',
    `Could not find operation ${name.slice(0, 128)} for version ${asked.slice(0, 32)}`,
  )
}

/** The query family's name and status of a fault, where they are not KMS's. */
const queryRows: Partial<Record<FaultCode, Partial<ErrorText>>> = {
  AccessDeniedException: { code: 'AccessDenied', status: 403 },
  ExpiredTokenException: { code: 'ExpiredToken', status: 403 },
  IncompleteSignatureException: { code: 'IncompleteSignature' },
  InvalidSignatureException: { code: 'SignatureDoesNotMatch', status: 403 },
  KMSInternalException: { code: 'InternalFailure', type: 'Receiver' },
  MissingAuthenticationTokenException: {
    code: 'MissingAuthenticationToken',
    message: 'Request is missing Authentication Token',
    status: 403,
  },
  RequestEntityTooLargeException: { code: 'RequestEntityTooLarge' },
  ThrottlingException: { code: 'Throttling' },
  ValidationException: { code: 'ValidationError' },
  UnrecognizedClientException: { code: 'InvalidClientTokenId', status: 403 },
}
