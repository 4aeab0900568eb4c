/**
 * AWS's global condition keys, one row each. Absent for good: what only EC2, Lambda, Glue, Systems
 * Manager and IAM Identity Center put into credentials, and aws:AssumedRoot.
 * Source: IAM user guide, "AWS global condition context keys" and "Forward access sessions".
 */
import { namesOf, type Facts, type Membership, type Rows } from './facts.ts'

export const globalRows: Rows = {
  'aws:CalledVia': ({ connection }) => connection.via?.map(({ principal }) => principal),
  'aws:CalledViaFirst': ({ connection }) => connection.via?.[0].principal,
  'aws:CalledViaLast': ({ connection }) => connection.via?.at(-1)?.principal,
  'aws:CurrentTime': ({ nowMs }) => new Date(nowMs).toISOString(),
  'aws:EpochTime': ({ nowMs }) => seconds(nowMs),
  'aws:FederatedProvider': ({ caller }) => caller.federatedProvider,
  'aws:MultiFactorAuthAge': ({ caller: { issued }, nowMs }) =>
    issued?.mfaAtMs === undefined ? undefined : seconds(nowMs - issued.mfaAtMs),
  'aws:MultiFactorAuthPresent': multiFactorAuth,
  'aws:PrincipalAccount': accountOf,
  'aws:PrincipalArn': (facts) =>
    accountOf(facts) && (facts.caller.principal.roleArn ?? facts.caller.principal.arn),
  'aws:PrincipalIsAWSService': (facts) => String(isService(facts)),
  'aws:PrincipalOrgID': (facts) => callerMembership(facts)?.id,
  'aws:PrincipalOrgPaths': (facts) => pathsOf(callerMembership(facts)),
  'aws:PrincipalServiceName': (facts) =>
    isService(facts) ? facts.caller.principal.arn : undefined,
  'aws:PrincipalServiceNamesList': (facts) => (isService(facts) ? serviceNames(facts) : undefined),
  'aws:PrincipalType': ({ caller }) => caller.principal.type,
  'aws:Referer': ({ connection }) => connection.referer,
  'aws:RequestedRegion': ({ region }) => region,
  'aws:ResourceAccount': ({ resourceAccount }) => resourceAccount,
  'aws:ResourceOrgID': ({ membershipOf, resourceAccount }) => membershipOf(resourceAccount)?.id,
  'aws:ResourceOrgPaths': ({ membershipOf, resourceAccount }) =>
    pathsOf(membershipOf(resourceAccount)),
  'aws:SecureTransport': ({ connection }) => String(connection.secure),
  'aws:SourceAccount': ({ connection }) => connection.source?.account,
  'aws:SourceArn': ({ connection }) => connection.source?.arn,
  'aws:SourceIdentity': ({ caller }) => caller.sourceIdentity,
  // Of a service's own call AWS leaves out what is known of the network.
  'aws:SourceIp': (facts) =>
    facts.connection.vpcEndpoint || isService(facts) ? undefined : facts.connection.sourceIp,
  'aws:SourceOrgID': (facts) => sourceMembership(facts)?.id,
  'aws:SourceOrgPaths': (facts) => pathsOf(sourceMembership(facts)),
  'aws:SourceVpc': ({ connection }) => connection.vpcEndpoint?.vpc,
  'aws:SourceVpce': ({ connection }) => connection.vpcEndpoint?.id,
  'aws:TagKeys': ({ conditions }) => namesOf(conditions.requestTags),
  'aws:TokenIssueTime': ({ caller: { issued } }) => issued && new Date(issued.atMs).toISOString(),
  'aws:UserAgent': ({ connection }) => connection.userAgent,
  'aws:ViaAWSService': ({ connection }) => String(connection.via !== undefined),
  'aws:VpcSourceIp': ({ connection }) => (connection.vpcEndpoint ? connection.sourceIp : undefined),
  'aws:VpceAccount': ({ connection }) => connection.vpcEndpoint?.account,
  'aws:VpceOrgID': (facts) => endpointMembership(facts)?.id,
  'aws:VpceOrgPaths': (facts) => pathsOf(endpointMembership(facts)),
  'aws:userid': ({ caller }) => caller.userId,
  'aws:username': ({ caller }) => caller.userName,
}

/**
 * Temporary credentials alone have it, those of a federated identity not, which a federated user is
 * too. A service that calls for a user with an access key does it with temporary credentials.
 */
function multiFactorAuth({ caller, connection }: Facts): string | undefined {
  if (caller.federatedProvider !== undefined || caller.principal.type === 'FederatedUser') {
    return undefined
  }
  if (caller.issued) return String(caller.issued.mfaAtMs !== undefined)
  return connection.via && caller.principal.type === 'User' ? 'false' : undefined
}

function isService({ caller }: Facts): boolean {
  return caller.principal.type === 'Service'
}

/** The caller's account. A service and a web identity are of none, and have no ARN of IAM's. */
export function accountOf({ caller: { principal } }: Facts): string | undefined {
  return principal.type === 'Service' || principal.type === 'WebIdentity'
    ? undefined
    : principal.account
}

function callerMembership(facts: Facts): Membership | undefined {
  const account = accountOf(facts)
  return account === undefined ? undefined : facts.membershipOf(account)
}

function sourceMembership({ connection: { source }, membershipOf }: Facts): Membership | undefined {
  return source?.account === undefined ? undefined : membershipOf(source.account)
}

function endpointMembership({ connection, membershipOf }: Facts): Membership | undefined {
  return connection.vpcEndpoint && membershipOf(connection.vpcEndpoint.account)
}

function pathsOf(membership: Membership | undefined): string[] | undefined {
  return membership?.path === undefined ? undefined : [membership.path]
}

const suffix = '.amazonaws.com'

/** Ours: a service has its name and its name in the Region, whichever of them it calls by. */
function serviceNames({ caller, region }: Facts): string[] {
  const name = caller.principal.arn
  if (!name.endsWith(suffix)) return [name]
  const base = name.slice(0, -suffix.length)
  const global = base.endsWith(`.${region}`) ? base.slice(0, -region.length - 1) : base
  return [`${global}${suffix}`, `${global}.${region}${suffix}`]
}

function seconds(ms: number): string {
  return String(Math.floor(ms / 1000))
}
