/**
 * What an authorization decision is asked about: who wants to do what to which resource, and the
 * condition keys of the request (IAM's "request context").
 */

/** One value for a single-valued condition key, a list for a multivalued one. */
export type ContextValue = string | readonly string[]

/**
 * The condition keys of one request. Values are computed when a policy asks for them: most requests
 * are decided without one.
 */
export interface RequestContext {
  /** The value of a condition key, by its name in lower case; undefined when the key is absent. */
  get(lowerCaseKey: string): ContextValue | undefined
  /** Every key that is present, in AWS's spelling, with its value. */
  entries(): Iterable<readonly [key: string, value: ContextValue]>
}

/**
 * AWS's `aws:PrincipalType`, `Service` for a service principal, and `WebIdentity` for the bearer of
 * a web identity token who has no role yet.
 */
export type PrincipalType =
  'Account' | 'User' | 'AssumedRole' | 'FederatedUser' | 'Service' | 'WebIdentity'

/** The caller, as IAM sees it. */
export interface Principal {
  readonly type: PrincipalType
  /**
   * The ARN that AWS prints: `arn:aws:iam::…:root`, `…:user/path/name`,
   * `arn:aws:sts::…:assumed-role/role/session`, `arn:aws:sts::…:federated-user/name`; for a service
   * its name, `x.amazonaws.com`; for a web identity its provider, as trust policies name it.
   */
  readonly arn: string
  /** Twelve digits. */
  readonly account: string
  /** For AssumedRole: `arn:aws:iam::…:role/path/name`. */
  readonly roleArn?: string
}

export interface AccessRequest {
  readonly principal: Principal
  /** `kms:Decrypt` */
  readonly action: string
  /** An ARN, or `*` for an action that acts on no resource. */
  readonly resource: string
  /** The account that owns the resource: twelve digits. */
  readonly resourceAccount: string
  readonly context: RequestContext
}
