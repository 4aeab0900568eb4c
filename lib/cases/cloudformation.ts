/**
 * The key policies of a CloudFormation template, with the intrinsic functions in them resolved from
 * the key under test and from given parameters. Refuses a resource that is no key.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html
 */
import { ChangedNumber } from '../config/changed-number.ts'
import { inside, wrong, type Place } from '../config/read.ts'
import { partitionOf } from '../kms/arn.ts'
import type { Scope } from '../store/store.ts'
import { resolveIntrinsics, type KnownValue } from './intrinsics.ts'

export type TemplateParameters = Readonly<Record<string, KnownValue>>

interface Selector {
  /** As it was given. */
  readonly file: string
  /** The logical id of the key. */
  readonly resource: string
  /** What `Ref` and `Fn::GetAtt` give, by `Name` and `Name.Attribute`. */
  readonly parameters: TemplateParameters
  readonly key: Scope
}

const withKeyPolicy: ReadonlySet<unknown> = new Set(['AWS::KMS::Key', 'AWS::KMS::ReplicaKey'])

type Json = Readonly<Record<string, unknown>>

/** Where a key's policy stands in a template. */
export function keyPolicyPath(resource: string): string {
  return `Resources.${resource}.Properties.KeyPolicy`
}

/** The policy as JSON text. Throws ConfigError under `cloudformation`, `resource` or `parameters`. */
export function keyPolicyOfTemplate(template: unknown, selector: Selector, place: Place): string {
  const { file, resource, parameters } = selector
  const here = inside(place, 'cloudformation')
  const resources = asJson(template).Resources
  if (!isJson(resources)) throw wrong(here, `${file} has no Resources: want a template`)
  checkParameters(asJson(template), parameters, inside(place, 'parameters'))
  const found = Object.hasOwn(resources, resource) ? asJson(resources[resource]) : undefined
  const at = inside(place, 'resource')
  if (!found) throw wrong(at, `${file} has no resource ${resource}${keysAmong(resources)}`)
  if (!withKeyPolicy.has(found.Type)) {
    throw wrong(at, `${resource} is no KMS key${keysAmong(resources)}`)
  }
  const policy = asJson(found.Properties).KeyPolicy
  if (policy === undefined || policy === null) {
    throw wrong(at, `${resource} has no KeyPolicy: AWS gives it the default key policy`)
  }
  const known = knownValues(asJson(asJson(template).Parameters), selector)
  const inFile = { ...here, path: `${here.path}: ${keyPolicyPath(resource)}` }
  const resolved = resolveIntrinsics(policy, (name) => known.get(name), inFile)
  return typeof resolved === 'string' ? resolved : JSON.stringify(resolved)
}

function keysAmong(resources: Json): string {
  const keys = Object.keys(resources).filter((name) =>
    withKeyPolicy.has(asJson(resources[name]).Type),
  )
  return keys.length === 0 ? '' : `: want one of ${keys.slice(0, 10).join(', ')}`
}

/** A name that the template does not have is a mistake in spelling. */
function checkParameters(template: Json, parameters: TemplateParameters, place: Place): void {
  const names = [template.Parameters, template.Resources].flatMap((one) => Object.keys(asJson(one)))
  for (const name of Object.keys(parameters)) {
    const [logicalId = ''] = name.split('.')
    if (name.startsWith('AWS::') || names.includes(logicalId)) continue
    throw wrong(inside(place, name), 'the template has no parameter and no resource of that name')
  }
}

/** Pseudo parameters come from the key; what is given wins over a parameter's default. */
function knownValues(
  declared: Json,
  { parameters, key }: Selector,
): Map<string, KnownValue | ChangedNumber> {
  const known = new Map<string, KnownValue | ChangedNumber>(Object.entries(parameters))
  for (const [name, parameter] of Object.entries(declared)) {
    const { Default, Type } = asJson(parameter)
    const type = String(Type)
    // Its default is the name of a value that Systems Manager has.
    const isStored = type.startsWith('AWS::SSM::Parameter::Value<')
    const value = known.get(name) ?? (isStored ? undefined : asText(Default))
    if (value !== undefined) known.set(name, asDeclared(value, type))
  }
  const partition = partitionOf(key.region)
  known.set('AWS::AccountId', key.account)
  known.set('AWS::Region', key.region)
  known.set('AWS::Partition', partition)
  known.set('AWS::URLSuffix', partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com')
  return known
}

function asText(value: unknown): string | ChangedNumber | undefined {
  if (value instanceof ChangedNumber) return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'string' ? value : undefined
}

/** A parameter that is a list is written as one text, with commas. */
function asDeclared(value: KnownValue | ChangedNumber, type: string): KnownValue | ChangedNumber {
  const isList = type === 'CommaDelimitedList' || type.includes('List<')
  return isList && typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function asJson(value: unknown): Json {
  return isJson(value) ? value : {}
}
