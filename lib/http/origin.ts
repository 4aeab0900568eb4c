/**
 * Where a request says that it comes from, in headers of ours that no client of AWS sends: through
 * AWS services on the caller's behalf, through a VPC endpoint of the config, or, where a service
 * principal calls, for which resource. Refuses what is malformed or unknown, and what AWS never has
 * together. See docs/request-context.md.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { Caller } from '../kms/callers.ts'
import type { Connection, ServiceHop, VpcEndpoint } from '../kms/context/facts.ts'
import { Fault } from '../kms/faults.ts'

export interface OriginOptions {
  /** Null where the call is not signed. */
  readonly caller: Caller | null
  /** The Region of the request. */
  readonly region: string
  /** By their ids. */
  readonly vpcEndpoints: ReadonlyMap<string, VpcEndpoint>
}

export type Origin = Pick<Connection, 'via' | 'vpcEndpoint' | 'source'>

const names = {
  services: 'X-Enclave-Kms-Via-Service',
  endpoint: 'X-Enclave-Kms-Vpc-Endpoint',
  arn: 'X-Enclave-Kms-Source-Arn',
  account: 'X-Enclave-Kms-Source-Account',
} as const

type Given = Readonly<Record<keyof typeof names, string | undefined>>

/** Undefined where the request comes straight from its caller, as nearly every one does. */
export function readOrigin(
  headers: IncomingHttpHeaders,
  options: OriginOptions,
): Origin | undefined {
  const given: Given = {
    services: headers['x-enclave-kms-via-service'] as string | undefined,
    endpoint: headers['x-enclave-kms-vpc-endpoint'] as string | undefined,
    arn: headers['x-enclave-kms-source-arn'] as string | undefined,
    account: headers['x-enclave-kms-source-account'] as string | undefined,
  }
  const { services, endpoint, arn, account } = given
  if ((services ?? endpoint ?? arn ?? account) === undefined) return undefined
  if (!options.caller && services !== undefined) {
    throw refusal('services', 'no AWS service makes a call that is not signed')
  }
  checkTogether(given, options.caller?.principal.type === 'Service')
  return {
    ...(services !== undefined && { via: readServices(services, options.region) }),
    ...(endpoint !== undefined && { vpcEndpoint: findEndpoint(endpoint, options.vpcEndpoints) }),
    ...((arn ?? account) !== undefined && { source: readSource(given) }),
  }
}

/** IAM user guide, "AWS global condition context keys": the availability of each. */
function checkTogether({ services, endpoint, arn, account }: Given, isService: boolean): void {
  if (isService && services !== undefined) {
    throw refusal('services', 'a service principal calls for itself')
  }
  if (endpoint !== undefined && (isService || services !== undefined)) {
    throw refusal('endpoint', 'what an AWS service calls comes through no endpoint')
  }
  if (!isService && arn !== undefined) throw refusal('arn', 'only a service principal has one')
  if (!isService && account !== undefined) {
    throw refusal('account', 'only a service principal has one')
  }
}

/** Ours: AWS names no limit. */
const mostServices = 8
const serviceForm = /^([a-z][a-z0-9-]{0,62})(?:(?:\.([a-z][a-z0-9-]{0,31}))?\.amazonaws\.com)?$/

/** `cloudformation, dynamodb`: the first one first. A header that is repeated is one list. */
function readServices(text: string, region: string): [ServiceHop, ...ServiceHop[]] {
  const listed = text.split(',', mostServices + 1)
  if (listed.length > mostServices) throw refusal('services', 'want at most 8 services')
  const [first = '', ...rest] = listed
  return [readService(first, region), ...rest.map((name) => readService(name, region))]
}

function readService(text: string, ownRegion: string): ServiceHop {
  const [, name, region = ownRegion] = serviceForm.exec(text.trim()) ?? []
  if (name === undefined) {
    throw refusal('services', 'want an AWS service, like s3 or s3.us-east-1.amazonaws.com')
  }
  return { principal: `${name}.amazonaws.com`, regional: `${name}.${region}.amazonaws.com` }
}

function findEndpoint(id: string, endpoints: OriginOptions['vpcEndpoints']): VpcEndpoint {
  const found = endpoints.get(id)
  if (found) return found
  throw refusal('endpoint', 'the config has no such VPC endpoint')
}

const arnForm = /^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(?:\d{12})?:[\x21-\x7e]+$/

function readSource({ arn, account }: Given): Connection['source'] & object {
  if (arn !== undefined && !arnForm.test(arn)) throw refusal('arn', 'want the ARN of a resource')
  if (account !== undefined && !/^\d{12}$/.test(account)) {
    throw refusal('account', 'want twelve digits')
  }
  return { ...(arn !== undefined && { arn }), ...(account !== undefined && { account }) }
}

function refusal(header: keyof typeof names, why: string): Fault {
  return new Fault('ValidationException', `${names[header]}: ${why}`)
}
