/**
 * Callers to try a policy with: one for each principal that a statement names, several for an account
 * or for everyone, those among them that conditions single out. What is known of a caller decides a
 * condition; what is not known leaves it open.
 */
import type { Condition } from '../condition.ts'
import type { PrincipalElement } from '../principals.ts'
import type { Principal } from '../request.ts'
import { actionsWithKey } from './actions.ts'
import type { StatementView } from './statement-view.ts'

export interface CallerView {
  readonly principal: Principal
  /** What every request of the caller has, or has not; other keys are not known. */
  readonly known: ReadonlyMap<string, string | undefined>
}

type Pattern = PrincipalElement['patterns'][number]

/** Of no account that a policy names. */
const strangerAccount = '000000000000'
/** Ours: how many of the callers that conditions single out are tried. */
const maxSingledOut = 100

export class Callers {
  readonly #singledOut: readonly CallerView[]
  readonly #accounts: readonly string[]
  readonly #byName = new Map<string, readonly CallerView[]>()

  constructor(statements: readonly StatementView[]) {
    const arns = new Set(statements.flatMap(singledOut))
    this.#singledOut = [...arns].slice(0, maxSingledOut).flatMap(callersOfArn)
    const numbers = this.#singledOut.map(({ principal }) => principal.account)
    const stated = statements.flatMap(statedAccounts)
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
        return [...this.#accounts.flatMap(anyoneOf), ...this.#singledOut, someService]
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

/** A role that no policy names, and the root user. */
function anyoneOf(account: string): CallerView[] {
  const root = { type: 'Account', arn: `arn:aws:iam::${account}:root`, account } as const
  return [...callersOfArn(`arn:aws:iam::${account}:role/some-other-role`), callerView(root)]
}

/** None for what is no caller's ARN. */
function callersOfArn(arn: string): CallerView[] {
  const [, start = '', service, account = '', kind, name = ''] =
    /^(arn:[a-z-]+):(iam|sts)::(\d{12}):(root|user|role|assumed-role|federated-user)\/?(.*)$/.exec(
      arn,
    ) ?? []
  if (service === undefined) return []
  if (kind === 'root') return [callerView({ type: 'Account', arn, account })]
  if (kind === 'user') return [callerView({ type: 'User', arn, account })]
  if (kind === 'federated-user') return [callerView({ type: 'FederatedUser', arn, account })]
  if (kind === 'role') {
    const session = `${start}:sts::${account}:assumed-role/${lastPart(name)}/some-session`
    return [callerView({ type: 'AssumedRole', arn: session, account, roleArn: arn })]
  }
  const roleArn = `${start}:iam::${account}:role/${name.split('/')[0] ?? ''}`
  return [callerView({ type: 'AssumedRole', arn, account, roleArn })]
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}

/** What a request says of every caller; a service and a web identity lack most of it. */
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
  }
  return { principal, known: values }
}

const someService = callerView({
  type: 'Service',
  arn: 'some-service.amazonaws.com',
  account: strangerAccount,
})

/** Whether the condition holds for a caller's call; undefined where that is not known. */
export function judge(
  condition: Condition,
  { known }: CallerView,
  action: string,
): boolean | undefined {
  const isKnown = (key: string): boolean =>
    known.has(key) || actionsWithKey(key)?.has(action) === false
  if (!condition.keys.every(isKnown)) return undefined
  return condition.holds({ get: (key) => known.get(key), entries: () => [] })
}

/** The ARNs that conditions and NotPrincipal treat differently from their accounts. */
function singledOut({ statement, others }: StatementView): string[] {
  const named = statement.principal?.negated ? statement.principal.patterns : []
  return [
    ...named.map(({ name }) => name),
    ...others
      .filter(({ condition }) => condition.lowerCaseKey === 'aws:principalarn')
      .flatMap(({ condition }) => condition.expected.map((value) => value.replace(/[*?]/g, 'x'))),
  ]
}

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
