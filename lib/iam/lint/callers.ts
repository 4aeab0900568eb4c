/**
 * Callers to try a policy with: one for each principal that a statement names, several for an account
 * or for everyone, those among them that conditions or other statements name. What is known of a
 * caller decides a condition; what is not known leaves it open.
 */
import type { Condition } from '../condition.ts'
import type { PrincipalElement } from '../principals.ts'
import type { Principal } from '../request.ts'
import { contextOf } from './contexts.ts'
import { actionsWithKey } from './actions.ts'
import type { StatementView } from './statement-view.ts'
import { strangersValues } from './strangers.ts'

export interface CallerView {
  readonly principal: Principal
  /** What every request of the caller has, or has not; other keys are not known. */
  readonly known: ReadonlyMap<string, string | undefined>
}

type Pattern = PrincipalElement['patterns'][number]

/** Of a role that is named, whichever session it is. */
const anySession = 'some-session'
/** Of no account that a policy names. */
const strangerAccount = '000000000000'
/** Ours: how many of the callers that conditions and statements name are tried. */
const maxSingledOut = 100

export class Callers {
  readonly #singledOut: readonly CallerView[]
  /** The services and providers that statements name. */
  readonly #withoutAccount: readonly CallerView[]
  readonly #accounts: readonly string[]
  readonly #byName = new Map<string, readonly CallerView[]>()

  /** `keyAccount`: who owns the key, where that is known. */
  constructor(statements: readonly StatementView[], keyAccount?: string) {
    const arns = new Set([...statements.flatMap(singledOut), ...statements.flatMap(namedArns)])
    this.#singledOut = [...arns].slice(0, maxSingledOut).flatMap(callersOfArn)
    this.#withoutAccount = statements
      .flatMap(({ statement }) => statement.principal?.patterns ?? [])
      .filter(({ kind }) => kind === 'service' || kind === 'provider')
      .slice(0, maxSingledOut)
      .flatMap((pattern) => this.of(pattern))
    const numbers = this.#singledOut.map(({ principal }) => principal.account)
    const stated = [...(keyAccount ? [keyAccount] : []), ...statements.flatMap(statedAccounts)]
    this.#accounts = [...new Set([...numbers, ...stated, strangerAccount])].slice(0, maxSingledOut)
  }

  /** Callers of all kinds that the pattern names. */
  of({ kind, name }: Pattern): readonly CallerView[] {
    const known = this.#byName.get(`${kind} ${name}`)
    if (known) return known
    const callers = this.#find(kind, name)
    this.#byName.set(`${kind} ${name}`, callers)
    return callers
  }

  #find(kind: Pattern['kind'], name: string): readonly CallerView[] {
    switch (kind) {
      case 'everyone':
        return [
          ...this.#accounts.flatMap(anyoneOf),
          ...this.#singledOut,
          ...this.#withoutAccount,
          someService,
        ]
      case 'account':
        return [
          ...anyoneOf(name),
          ...this.#singledOut.filter(({ principal }) => principal.account === name),
        ]
      case 'service':
        return [callerView({ type: 'Service', arn: name, account: strangerAccount })]
      case 'provider':
        return [callerView({ type: 'WebIdentity', arn: name, account: strangerAccount })]
      case 'user':
      case 'role':
      case 'session':
      case 'federated-user':
        return callersOfArn(name)
    }
  }
}

/** Of each kind one that no policy names, the root user among them. */
function anyoneOf(account: string): CallerView[] {
  return [
    `arn:aws:iam::${account}:role/some-other-role`,
    `arn:aws:iam::${account}:user/some-other-user`,
    `arn:aws:sts::${account}:federated-user/some-other-user`,
    `arn:aws:iam::${account}:root`,
  ].flatMap(callersOfArn)
}

/** Whether it is one that stands for all whom nothing in the policy names. */
export function isTypical({ principal }: CallerView): boolean {
  return /[:/]some-other-/.test(principal.roleArn ?? principal.arn)
}

/** Whether two are the same, or one is a session of the other's role. */
export function isSameCaller(one: CallerView, other: CallerView): boolean {
  if (one.principal.arn === other.principal.arn) return true
  const role = roleOf(one)
  return role !== null && role === roleOf(other) && [one, other].some(isAnySession)
}

/** A role's name is of its account alone, whatever its path. */
function roleOf({ principal: { roleArn, account } }: CallerView): string | null {
  return roleArn === undefined ? null : `${account} ${lastPart(roleArn)}`
}

function isAnySession({ principal }: CallerView): boolean {
  return principal.arn.endsWith(`/${anySession}`)
}

/** None for what is no caller's ARN. */
export function callersOfArn(arn: string): CallerView[] {
  const [, start = '', service, account = '', kind, name = ''] =
    /^(arn:[a-z-]+):(iam|sts)::(\d{12}):(root|user|role|assumed-role|federated-user)\/?(.*)$/.exec(
      arn,
    ) ?? []
  if (service === undefined) return []
  if (kind === 'root') return [callerView({ type: 'Account', arn, account })]
  if (kind === 'user') return [callerView({ type: 'User', arn, account })]
  if (kind === 'federated-user') return [callerView({ type: 'FederatedUser', arn, account })]
  if (kind === 'role') {
    const session = `${start}:sts::${account}:assumed-role/${lastPart(name)}/${anySession}`
    return [callerView({ type: 'AssumedRole', arn: session, account, roleArn: arn })]
  }
  const roleArn = `${start}:iam::${account}:role/${name.split('/')[0] ?? ''}`
  return [callerView({ type: 'AssumedRole', arn, account, roleArn })]
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}

/**
 * What a request says of every caller; a service and a web identity lack most of it. IAM user guide,
 * "Policy variables: request information that you can use": only users have aws:username.
 */
const callerKeys = ['aws:principalarn', 'aws:principalaccount', 'kms:calleraccount'] as const

function callerView(principal: Principal): CallerView {
  const { type, arn, account, roleArn = arn } = principal
  const isAccounts = type !== 'Service' && type !== 'WebIdentity'
  const values = new Map<string, string | undefined>([
    ['aws:principalisawsservice', String(type === 'Service')],
    ...callerKeys.map((key) => [key, undefined] as const),
  ])
  if (isAccounts) {
    values.set('aws:principalarn', roleArn)
    values.set('aws:principalaccount', account)
    values.set('kms:calleraccount', account)
    values.set('aws:principaltype', type)
    values.set('aws:username', type === 'User' ? lastPart(arn) : undefined)
  }
  return { principal, known: values }
}

const someService = callerView({
  type: 'Service',
  arn: 'some-service.amazonaws.com',
  account: strangerAccount,
})

/** Whether the condition holds for whatever the caller asks; undefined where that is not known. */
export function judgeCaller(condition: Condition, { known }: CallerView): boolean | undefined {
  if (!condition.keys.every((key) => known.has(key))) return undefined
  return condition.holds(contextOf((key) => known.get(key)))
}

/** Whether the condition holds for a caller's call; undefined where that is not known. */
export function judge(
  condition: Condition,
  { known }: CallerView,
  action: string,
): boolean | undefined {
  const isKnown = (key: string): boolean =>
    known.has(key) || actionsWithKey(key)?.has(action) === false
  if (!condition.keys.every(isKnown)) return undefined
  return condition.holds(contextOf((key) => known.get(key)))
}

/** The ARNs that conditions and NotPrincipal treat differently from their accounts. */
function singledOut({ statement, others }: StatementView): string[] {
  const named = statement.principal?.negated ? statement.principal.patterns : []
  return [
    ...named.map(({ name }) => name),
    ...others
      .filter(({ condition }) => condition.lowerCaseKey === principalArn)
      .flatMap(({ condition }) => condition.expected.flatMap((text) => arnsOf(text, condition))),
  ]
}

const principalArn = 'aws:principalarn'

/** An ARN that fits; where the text leaves the account open, one of a stranger. */
function arnsOf(text: string, condition: Condition): string[] {
  const own = text.replace(/[*?]/g, 'x')
  if (callersOfArn(own).length > 0) return [own]
  const fits = (arn: string): boolean =>
    condition
      .met({ get: (key) => (key === principalArn ? arn : undefined), entries: () => [] })
      .includes(true)
  return strangersValues(principalArn, [text]).filter(fits).slice(0, 2)
}

function namedArns({ statement }: StatementView): string[] {
  const named = statement.principal?.patterns.filter(({ kind }) => !openKinds.has(kind)) ?? []
  return named.map(({ name }) => name)
}

const openKinds: ReadonlySet<Pattern['kind']> = new Set(['everyone', 'account'])

const accountKeys = new Set(['aws:principalaccount', 'kms:calleraccount'])

function statedAccounts({ statement, others }: StatementView): string[] {
  const patterns = statement.principal?.patterns ?? []
  return [
    ...patterns.filter(({ kind }) => kind === 'account').map(({ name }) => name),
    ...patterns.flatMap(({ name }) => /^arn:[^:]*:[^:]*::(\d{12}):/.exec(name)?.[1] ?? []),
    ...others
      .filter(({ condition }) => accountKeys.has(condition.lowerCaseKey))
      .flatMap(({ condition }) => condition.expected),
  ].filter((account) => /^\d{12}$/.test(account))
}
