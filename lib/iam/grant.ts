/**
 * Grants, as far as a decision sees them: whom one lets do what, under which constraints, and who
 * may retire it. Sources: KMS developer guide, "Grants in AWS KMS" and "Retiring and revoking
 * grants"; API reference, GrantConstraints.
 */
import { arnTest } from './arn-pattern.ts'
import { matchName, stronger, type PrincipalMatch } from './principals.ts'
import type { AccessRequest, ContextValue, RequestContext } from './request.ts'

export interface GrantConstraints {
  readonly encryptionContextEquals?: Readonly<Record<string, string>>
  readonly encryptionContextSubset?: Readonly<Record<string, string>>
  readonly sourceArn?: string
}

export interface Grant {
  readonly grantId: string
  /** An ARN, or the name of a service. */
  readonly granteePrincipal: string
  /** `Decrypt` */
  readonly operations: readonly string[]
  readonly constraints?: GrantConstraints
  readonly retiringPrincipal?: string
  /** Twelve digits, or the ARN of the account's root user. */
  readonly issuingAccount?: string
}

/**
 * How strongly a grant lets the caller do what he asks for. `ACCOUNT`: it named the account, whose
 * own policies have the last word.
 */
export function matchGrant(grant: Grant, request: AccessRequest): PrincipalMatch {
  const operation = operationOf(request)
  if (operation === 'RetireGrant') return matchRetirement(grant, request)
  const match = matchName(grant.granteePrincipal, request.principal)
  if (match === 'NONE' || !grant.operations.includes(operation)) return 'NONE'
  return constraintChecks(grant, request).every(({ matched }) => matched) ? match : 'NONE'
}

function matchRetirement(grant: Grant, request: AccessRequest): PrincipalMatch {
  let best: PrincipalMatch = 'NONE'
  for (const name of retirersOf(grant, request)) {
    best = stronger(best, matchName(name, request.principal))
  }
  return best
}

/**
 * A grant is retired by its retiring principal, by its grantee if its operations say so, and by the
 * account that created it or owns the key. Its constraints do not count.
 */
export function retirersOf(grant: Grant, { resourceAccount }: AccessRequest): string[] {
  const grantee = grant.operations.includes('RetireGrant') ? grant.granteePrincipal : undefined
  const names = [grant.retiringPrincipal, grantee, grant.issuingAccount, resourceAccount]
  return names.filter((name) => name !== undefined)
}

/** Whether somebody of the account made the grant; one that names no issuer is the key's account's. */
export function isIssuedBy({ issuingAccount }: Grant, account: string): boolean {
  return issuingAccount === account || (issuingAccount?.endsWith(`:iam::${account}:root`) ?? false)
}

/** `kms:Decrypt` is the grant operation `Decrypt`. */
export function operationOf({ action }: AccessRequest): string {
  return action.slice(action.indexOf(':') + 1)
}

/** One constraint of a grant, and whether the request satisfies it. */
export interface ConstraintCheck {
  readonly operator: 'EncryptionContextEquals' | 'EncryptionContextSubset' | 'SourceArn'
  readonly key: string
  readonly expected: readonly string[]
  readonly actual: ContextValue | null
  readonly matched: boolean
}

/** The operations on a key that have no encryption context, or one that only the new grant has. */
const withoutEncryptionContext = new Set(['DescribeKey', 'RetireGrant', 'CreateGrant'])

export function constraintChecks(
  { constraints = {} }: Grant,
  request: AccessRequest,
): ConstraintCheck[] {
  const { encryptionContextEquals, encryptionContextSubset, sourceArn } = constraints
  const operation = operationOf(request)
  const checks: ConstraintCheck[] = []
  const wantsContext = encryptionContextEquals ?? encryptionContextSubset
  if (wantsContext && !withoutEncryptionContext.has(operation)) {
    const pairs = encryptionContextOf(request.context)
    const check = (
      operator: ConstraintCheck['operator'],
      wanted: Readonly<Record<string, string>> | undefined,
      holds: (pairs: Pairs, wanted: Pairs) => boolean,
    ): void => {
      if (!wanted) return
      const wantedPairs = Object.entries(wanted)
      checks.push({
        operator,
        key: 'kms:EncryptionContext',
        expected: wantedPairs.map(printed),
        actual: pairs.length > 0 ? pairs.map(printed) : null,
        matched: holds(pairs, wantedPairs),
      })
    }
    check('EncryptionContextEquals', encryptionContextEquals, isSame)
    check('EncryptionContextSubset', encryptionContextSubset, includesAll)
  }
  if (sourceArn !== undefined && operation !== 'RetireGrant') {
    const actual = request.context.get('aws:sourcearn') ?? null
    const matched = typeof actual === 'string' && arnTest(sourceArn)(actual)
    checks.push({
      operator: 'SourceArn',
      key: 'aws:SourceArn',
      expected: [sourceArn],
      actual,
      matched,
    })
  }
  return checks
}

type Pairs = readonly (readonly [name: string, value: string])[]

function printed([name, value]: readonly [string, string]): string {
  return `${name}=${value}`
}

/** The pairs of the request, from the condition keys that they set. */
function encryptionContextOf(context: RequestContext): Pairs {
  const names = context.get('kms:encryptioncontextkeys') ?? []
  return (typeof names === 'string' ? [names] : names).map((name) => {
    const value = context.get(`kms:encryptioncontext:${name.toLowerCase()}`)
    return [name, typeof value === 'string' ? value : ''] as const
  })
}

/** Names without regard to case, values exactly, as the API reference has it. */
function includesAll(pairs: Pairs, wanted: Pairs): boolean {
  return wanted.every(([name, value]) =>
    pairs.some(
      ([other, otherValue]) => other.toLowerCase() === name.toLowerCase() && otherValue === value,
    ),
  )
}

function isSame(pairs: Pairs, wanted: Pairs): boolean {
  return pairs.length === wanted.length && includesAll(pairs, wanted) && includesAll(wanted, pairs)
}

/**
 * Whether a grant with CreateGrant among its operations permits the new grant: no operation that it
 * lacks, and constraints that are equal or stricter. An Equals never becomes a Subset again.
 */
export function permitsChild(
  parent: Grant,
  child: Pick<Grant, 'operations' | 'constraints'>,
): boolean {
  const { encryptionContextEquals, encryptionContextSubset, sourceArn } = parent.constraints ?? {}
  const { constraints = {} } = child
  const childEquals = pairsOf(constraints.encryptionContextEquals)
  const childSubset = pairsOf(constraints.encryptionContextSubset)
  const isStricter =
    (!encryptionContextEquals ||
      (childEquals !== null && isSame(childEquals, Object.entries(encryptionContextEquals)))) &&
    (!encryptionContextSubset ||
      includesAll(childEquals ?? childSubset ?? [], Object.entries(encryptionContextSubset))) &&
    (sourceArn === undefined || constraints.sourceArn === sourceArn)
  return isStricter && child.operations.every((operation) => parent.operations.includes(operation))
}

function pairsOf(pairs: Readonly<Record<string, string>> | undefined): Pairs | null {
  return pairs ? Object.entries(pairs) : null
}
