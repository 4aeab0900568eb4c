/**
 * The Action and Resource elements of a statement, read into tests. Refuses actions without a
 * service, resources that are no ARN, and policy variables where AWS has none.
 * Source: IAM user guide, "IAM JSON policy elements: Action" and "Resource".
 */
import { PolicyError } from './policy-error.ts'
import { patternTest, wildcardTest, type TextTest } from './pattern.ts'
import type { RequestContext } from './request.ts'
import {
  fixedTokens,
  parseTemplate,
  referencesOf,
  resolveTemplate,
  type LanguageVersion,
  type Template,
} from './variables.ts'

export interface ActionElement {
  /** NotAction */
  readonly negated: boolean
  readonly expected: readonly string[]
  matches(lowerCaseAction: string): boolean
  /** Of each expected action, whether it is this one, NotAction or not. */
  named(lowerCaseAction: string): readonly boolean[]
}

export interface ResourceElement {
  /** NotResource */
  readonly negated: boolean
  readonly expected: readonly string[]
  /** The condition keys that policy variables in it name, in lower case. */
  readonly variableKeys: readonly string[]
  matches(resource: string, context: RequestContext): boolean
}

/** `*`, or a service and a name that may have wildcards. */
const actionForm = /^(?:\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$/

export function parseAction(
  expected: readonly string[],
  negated: boolean,
  path: string,
): ActionElement {
  for (const action of expected) {
    if (!actionForm.test(action)) {
      throw new PolicyError(path, `an action is "*" or like "kms:Decrypt": ${action}`)
    }
  }
  const tests = expected.map((action) => wildcardTest(action.toLowerCase()))
  return {
    negated,
    expected,
    matches: (action) => tests.length > 0 && tests.some((test) => test(action)) !== negated,
    named: (action) => tests.map((test) => test(action)),
  }
}

/** `*`, or an ARN whose service is written out. */
const resourceForm = /^(?:\*|arn:[a-z*?-]+:[a-z0-9-]+:.*)$/s

/** A variable may stand only behind the fifth colon. */
const variablesEarly = /^(?:[^:]*:){0,4}[^:]*\$\{/

export function parseResource(
  expected: readonly string[],
  negated: boolean,
  version: LanguageVersion,
  path: string,
): ResourceElement {
  const templates = expected.map((text) => readResource(text, version, path))
  const tests = templates.map(resourceTest)
  return {
    negated,
    expected,
    variableKeys: templates.flatMap(referencesOf).map(({ lowerCaseKey }) => lowerCaseKey),
    matches: (resource, context) => {
      if (tests.length === 0) return false
      if (!negated) return tests.some((test) => test(resource, context) === true)
      // A variable without a value makes NotResource match nothing: it must not widen.
      return tests.every((test) => test(resource, context) === false)
    },
  }
}

function readResource(text: string, version: LanguageVersion, path: string): Template {
  if (!resourceForm.test(text)) {
    throw new PolicyError(path, `a resource is "*" or an ARN: ${text}`)
  }
  if (version === '2012-10-17' && variablesEarly.test(text)) {
    throw new PolicyError(path, `a policy variable may stand only after the fifth colon: ${text}`)
  }
  const template = parseTemplate(text, { version, wildcards: true })
  if (!template) throw new PolicyError(path, `malformed policy variable: ${text}`)
  return template
}

/** Null where a policy variable has no value. */
type ResourceTest = (resource: string, context: RequestContext) => boolean | null

function resourceTest(template: Template): ResourceTest {
  const tokens = fixedTokens(template)
  if (tokens) {
    const test: TextTest = patternTest(tokens)
    return (resource) => test(resource)
  }
  return (resource, context) => {
    const resolved = resolveTemplate(template, context, resource.length)
    return resolved && patternTest(resolved)(resource)
  }
}
