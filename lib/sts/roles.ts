/**
 * The roles that can be assumed, and who each of them trusts: a service-linked role its service, any
 * other without a trust policy its own account, whose policies then decide. Refuses what is no ARN.
 */
import type { AttachedPolicy } from '../iam/authorize.ts'
import { parsePolicy, type PolicyDocument } from '../iam/document.ts'
import type { Caller } from '../kms/callers.ts'
import { StsError } from './errors.ts'

/** A role as a config has it. */
export interface KnownRole {
  readonly arn: string
  /** What its sessions have in common. */
  readonly caller: Caller
  readonly trustPolicy?: AttachedPolicy | undefined
  /** The longest session, in seconds; twelve hours unless said. */
  readonly maxSessionSeconds?: number | undefined
}

/** A role as a request names it. */
export interface Role {
  readonly arn: string
  /** Twelve digits; whatever stands in their place where the ARN is not a role's. */
  readonly account: string
  /** Undefined for a role that there is not. */
  readonly known: KnownRole | undefined
}

/** What AWS takes for an ARN here: the recorded answers of STS. */
const arnForm = /^arn:[^:]+:[^:]+:[^:]*:([^:]*):[^]+$/

export class Roles {
  readonly #roles: ReadonlyMap<string, KnownRole>

  constructor(roles: Iterable<KnownRole>) {
    this.#roles = new Map(Array.from(roles, (role) => [role.arn, role]))
  }

  /** The role that a RoleArn parameter names. Throws ValidationError for what is no ARN. */
  named(arn: string): Role {
    const account = arnForm.exec(arn)?.[1]
    if (account === undefined) throw new StsError('ValidationError', `${arn} is invalid`)
    return { arn, account, known: this.#roles.get(arn) }
  }
}

/** AWS's own: the name of the service is the rest of the path. */
const linkedForm =
  /:role\/aws-service-role\/(?:([a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com)\/[^/]+$)?/

/**
 * The service that a service-linked role is for, and that alone can assume it; null where its ARN
 * names none, undefined for any other role.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
 */
export function linkedServiceOf(roleArn: string): string | null | undefined {
  const found = linkedForm.exec(roleArn)
  return found ? (found[1] ?? null) : undefined
}

export function trustPolicyOf({ arn, trustPolicy, caller }: KnownRole): PolicyDocument {
  if (trustPolicy) return trustPolicy.document
  const service = linkedServiceOf(arn)
  if (service === null) return trusting()
  return trusting(service === undefined ? { AWS: caller.principal.account } : { Service: service })
}

/** Nobody, where nobody is given. */
function trusting(...principals: readonly object[]): PolicyDocument {
  const statements = principals.map((principal) => ({
    Effect: 'Allow',
    Principal: principal,
    Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
  }))
  return parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), 'trust')
}
