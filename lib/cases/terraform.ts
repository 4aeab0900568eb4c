/**
 * The key policies of a Terraform plan, or of a state, as `terraform show -json` prints them. Refuses
 * a policy that Terraform knows only after it has been applied.
 * https://developer.hashicorp.com/terraform/internals/json-format
 */
import { withoutByteOrderMark } from '../config/files.ts'
import { inside, wrong, type Place } from '../config/read.ts'

/** The resources of the AWS provider that have a key's policy as their `policy`: JSON text. */
const withPolicy: ReadonlySet<unknown> = new Set([
  'aws_kms_key',
  'aws_kms_key_policy',
  'aws_kms_external_key',
  'aws_kms_replica_key',
  'aws_kms_replica_external_key',
])

/** Ours: how many addresses an error lists. */
const maxListed = 10

type Json = Readonly<Record<string, unknown>>

/** The policy's JSON text. Throws ConfigError under `terraform` or `address`. */
export function keyPolicyOfPlan(
  text: string,
  { terraform: file, address }: { readonly terraform: string; readonly address: string },
  place: Place,
): string {
  const plan = readPlan(text, file, inside(place, 'terraform'))
  const here = inside(place, 'address')
  const resources = resourcesOf(plan)
  const found = resources.find((resource) => resource.address === address)
  if (!found) throw wrong(here, `${file} has no resource ${address}${listOf(resources)}`)
  if (!withPolicy.has(found.type)) {
    throw wrong(here, `${address} is no KMS key and no key's policy${listOf(resources)}`)
  }
  const policy = memberOf(found, 'values').policy
  if (typeof policy === 'string' && policy !== '') return policy
  if (isUnknown(plan, address)) {
    throw wrong(here, `the policy of ${address} is known only after apply: it cannot be tested`)
  }
  throw wrong(here, `${address} has no policy: AWS gives it the default key policy`)
}

function readPlan(text: string, file: string, place: Place): Json {
  const want = 'want what terraform show -json prints'
  let plan: unknown
  try {
    plan = JSON.parse(withoutByteOrderMark(text))
  } catch {
    throw wrong(place, `${file} is not JSON: ${want}`)
  }
  if (!isJson(rootModuleOf(asJson(plan)))) throw wrong(place, `${file} has no values: ${want}`)
  return asJson(plan)
}

/** A plan has `planned_values`, a state has `values`. */
function rootModuleOf(plan: Json): unknown {
  const values = isJson(plan.planned_values) ? plan.planned_values : plan.values
  return asJson(values).root_module
}

/** Of all modules; without recursion, because a file may nest them as it likes. */
function resourcesOf(plan: Json): Json[] {
  const found: Json[] = []
  const waiting = [asJson(rootModuleOf(plan))]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const resource of listIn(next, 'resources')) found.push(resource)
    for (const child of listIn(next, 'child_modules')) waiting.push(child)
  }
  return found
}

/** Whether the plan says that the policy's value comes with its application. */
function isUnknown(plan: Json, address: string): boolean {
  const change = listIn(plan, 'resource_changes').find((one) => one.address === address)
  return memberOf(memberOf(change ?? {}, 'change'), 'after_unknown').policy === true
}

function listOf(resources: readonly Json[]): string {
  const addresses = resources.flatMap(({ type, address }) =>
    withPolicy.has(type) && typeof address === 'string' ? [address] : [],
  )
  if (addresses.length === 0) return ''
  const more = addresses.length > maxListed ? ', …' : ''
  return `: want one of ${addresses.slice(0, maxListed).join(', ')}${more}`
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function asJson(value: unknown): Json {
  return isJson(value) ? value : {}
}

function memberOf(value: Json, name: string): Json {
  return asJson(value[name])
}

function listIn(value: Json, name: string): Json[] {
  const items = value[name]
  return Array.isArray(items) ? items.filter(isJson) : []
}
