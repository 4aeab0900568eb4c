/**
 * Reads the Condition element of a statement. Refuses unknown operators, values of another type than
 * the operator's, and in a key policy the set operator that KMS finds overly permissive.
 * Source: IAM user guide, "IAM JSON policy elements: Condition"; KMS developer guide,
 * "kms:EncryptionContext:context-key".
 */
import { compileCondition, parseOperator, type Condition } from './condition.ts'
import { isList, isObject, memberPath, type Json } from './json.ts'
import { PolicyError } from './policy-error.ts'
import type { PolicyKind } from './policy-kinds.ts'
import type { LanguageVersion } from './variables.ts'

export function parseConditions(
  value: Json | undefined,
  path: string,
  { kind, version }: { kind: PolicyKind; version: LanguageVersion },
): Condition[] {
  if (value === undefined) return []
  if (!isObject(value)) throw new PolicyError(path, 'a Condition is an object of operators')
  const conditions: Condition[] = []
  for (const [operator, block] of value) {
    const here = memberPath(path, operator)
    const name = parseOperator(operator)
    if (!name) throw new PolicyError(here, `unknown condition operator: ${operator}`)
    if (!isObject(block)) throw new PolicyError(here, 'an operator has an object of condition keys')
    for (const [key, values] of block) {
      const at = memberPath(here, key)
      checkConditionKey(key, at)
      if (kind === 'key' && name.qualifier === 'ForAllValues') checkForAllValues(key, at)
      const expected = readValues(values, at)
      const condition = { operator, key, expected }
      conditions.push(compileCondition(condition, version, at, kind === 'session'))
    }
  }
  return conditions
}

/** A service's prefix and a name; policy variables have no place in it. */
function checkConditionKey(key: string, path: string): void {
  if (!/^[^:\s]+:[^]+$/.test(key) || key.includes('${')) {
    throw new PolicyError(path, `a condition key is like "kms:ViaService": ${key}`)
  }
}

const singleValued = [
  ['kms:encryptioncontext:', 'encryption context'],
  ['aws:requesttag/', 'tag'],
] as const

function checkForAllValues(key: string, path: string): void {
  const what = singleValued.find(([prefix]) => key.toLowerCase().startsWith(prefix))?.[1]
  if (!what) return
  throw new PolicyError(
    path,
    'OverlyPermissiveCondition: Using the ForAllValues set operator with a single-valued ' +
      `condition key matches requests without the specified ${what} or with an unspecified ` +
      `${what}. To fix, remove ForAllValues.`,
  )
}

/** The values of a condition: texts, numbers and booleans, each as its text. */
function readValues(value: Json, path: string): string[] {
  return (isList(value) ? value : [value]).map((item) => {
    if (typeof item === 'string') return item
    if (typeof item === 'boolean') return String(item)
    if (item !== null && 'number' in item) return item.number
    throw new PolicyError(path, 'a condition value is text, a number or a boolean')
  })
}
