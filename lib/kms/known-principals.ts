/**
 * Which users and roles there are. An account that nothing is known of has every well-formed one; an
 * account with known principals has those alone. AWS refuses a key policy that names another.
 */

export class KnownPrincipals {
  /** By account: the users' and roles' ARNs. */
  readonly #byAccount = new Map<string, Set<string>>()

  constructor(arns: Iterable<string>) {
    for (const arn of arns) {
      const account = accountOf(arn)
      const known = this.#byAccount.get(account) ?? new Set()
      this.#byAccount.set(account, known.add(arn))
    }
  }

  /** Whether a user, a role or a role's session exists; whatever else an ARN names always does. */
  exists(arn: string): boolean {
    const known = this.#byAccount.get(accountOf(arn))
    if (!known) return true
    const [, service, rest = ''] = /^arn:[^:]+:(iam|sts)::\d{12}:(.+)$/.exec(arn) ?? []
    if (service === 'iam') return !/^(user|role)\//.test(rest) || known.has(arn)
    const role = /^assumed-role\/([^/]+)\//.exec(rest)?.[1]
    return role === undefined || [...known].some((one) => isRoleNamed(one, role))
  }
}

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? ''
}

/** A session's ARN has the role's name without its path. */
function isRoleNamed(arn: string, name: string): boolean {
  return arn.includes(':role/') && arn.endsWith(`/${name}`)
}
