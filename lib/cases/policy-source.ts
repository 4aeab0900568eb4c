/**
 * Where a key policy under test comes from: a file of its own, the cases file itself, a Terraform
 * plan or a CloudFormation template. Refuses what holds no key policy, or one that is not known
 * before it is deployed. docs/policy-cases.md has the selectors.
 */
import { readTextFile } from '../config/files.ts'
import { policyOfText, writtenPolicy, type WrittenPolicy } from '../config/policies.ts'
import { inside, list, mapOf, optional, record, text, wants, type Place } from '../config/read.ts'
import { parseTemplate } from '../config/yaml.ts'
import type { Scope } from '../store/store.ts'
import { keyPolicyPath, keyPolicyOfTemplate, type TemplateParameters } from './cloudformation.ts'
import { keyPolicyOfPlan } from './terraform.ts'

export interface SourcedPolicy extends WrittenPolicy {
  /**
   * Where an author finds it: in which file, undefined for the one that names the policy, and under
   * which path in it, empty for the whole. Undefined in a plan: nobody writes one.
   */
  readonly place: { readonly file: string | undefined; readonly path: string } | undefined
}

/** Gives the policy of a key: a template's pseudo parameters are its account and Region. */
export type PolicySource = (key: Scope) => Promise<SourcedPolicy>

interface PlanSelector {
  readonly terraform: string
  readonly address: string
}

interface TemplateSelector {
  readonly cloudformation: string
  readonly resource: string
  readonly parameters: TemplateParameters | undefined
}

const pathOfFile = text('a text: a path', /\S/)

const planSelector = record<PlanSelector>({
  terraform: pathOfFile,
  address: text('a text: the address of a resource, like aws_kms_key.app', /\S/),
})

const parameterValue = (value: unknown, place: Place): string | readonly string[] => {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return list(text())(value, place)
  throw wants(place, 'a text or a list of texts', value)
}

const templateSelector = record<TemplateSelector>({
  cloudformation: pathOfFile,
  resource: text('a text: the logical id of a key', /\S/),
  parameters: optional(mapOf(parameterValue)),
})

/** Throws ConfigError at once, or, for a plan or a template, when what it returns is called. */
export function readPolicySource(value: unknown, place: Place): PolicySource {
  if (isSelector(value, 'terraform')) {
    const selector = planSelector(value, place)
    return () => Promise.resolve(fromPlan(selector, place))
  }
  if (isSelector(value, 'cloudformation')) {
    const selector = templateSelector(value, place)
    return (key) => fromTemplate(selector, key, place)
  }
  const written = writtenPolicy('key')(value, place)
  const { path } = written
  const found = { ...written, place: { file: path, path: path === undefined ? place.path : '' } }
  return () => Promise.resolve(found)
}

function isSelector(value: unknown, name: 'terraform' | 'cloudformation'): boolean {
  return typeof value === 'object' && value !== null && name in value
}

function fromPlan(selector: PlanSelector, place: Place): SourcedPolicy {
  const plan = readTextFile(selector.terraform, inside(place, 'terraform'))
  const policy = keyPolicyOfPlan(plan, selector, place)
  const document = policyOfText(policy, 'key', inside(place, 'address'))
  return { document, path: undefined, place: undefined }
}

async function fromTemplate(
  selector: TemplateSelector,
  key: Scope,
  place: Place,
): Promise<SourcedPolicy> {
  const { cloudformation: file, resource, parameters = {} } = selector
  const here = inside(place, 'cloudformation')
  const { shortTags } = await import('./short-tags.ts')
  const template = await parseTemplate(here.path, readTextFile(file, here), shortTags)
  const policy = keyPolicyOfTemplate(template, { file, resource, parameters, key }, place)
  const document = policyOfText(policy, 'key', inside(place, 'resource'))
  return { document, path: undefined, place: { file, path: keyPolicyPath(resource) } }
}
