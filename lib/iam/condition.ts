/**
 * One condition of a statement: an operator, a condition key, and the values that the policy wants.
 * Decides what a missing key, a multivalued key, IfExists and the set operators mean.
 * Source: IAM user guide, "Condition operators" and "Single-valued vs. multivalued context keys".
 */
import { operatorOf, type CompiledValues, type Operator } from './operators.ts'
import { PolicyError } from './policy-error.ts'
import type { ContextValue, RequestContext } from './request.ts'
import { parseBoolean } from './values.ts'
import type { LanguageVersion } from './variables.ts'

export interface Condition {
  /** The operator and the key as the policy writes them. */
  readonly operator: string
  readonly key: string
  readonly lowerCaseKey: string
  readonly expected: readonly string[]
  /** Every condition key that the condition asks for, in lower case: its own and its variables'. */
  readonly keys: readonly string[]
  holds(context: RequestContext): boolean
  /** Of each expected value, whether the request has what it asks for, negated or not. */
  met(context: RequestContext): readonly boolean[]
}

/** The parts of an operator's name: `ForAnyValue:StringLikeIfExists`. */
export interface OperatorName {
  readonly operator: Operator
  readonly qualifier: 'ForAllValues' | 'ForAnyValue' | null
  readonly ifExists: boolean
}

const operatorForm = /^(?:(ForAllValues|ForAnyValue):)?([a-z]+?)(IfExists)?$/i

/** Undefined for an operator that AWS does not have. */
export function parseOperator(text: string): OperatorName | undefined {
  const [, set, name = '', ifExists] = operatorForm.exec(text) ?? []
  const operator = operatorOf(name)
  if (!operator) return undefined
  // Null asks whether the key exists: neither form of "if it exists" means anything with it.
  if (operator.name === 'Null' && (set ?? ifExists)) return undefined
  return { operator, qualifier: qualifierOf(set), ifExists: ifExists !== undefined }
}

function qualifierOf(set: string | undefined): OperatorName['qualifier'] {
  if (set === undefined) return null
  return set.toLowerCase() === 'forallvalues' ? 'ForAllValues' : 'ForAnyValue'
}

/**
 * Throws PolicyError when a value is not of the operator's type. A session policy may hold such a
 * number, date or address: it is never met.
 */
export function compileCondition(
  { operator, key, expected }: Pick<Condition, 'operator' | 'key' | 'expected'>,
  version: LanguageVersion,
  path: string,
  isOfSession = false,
): Condition {
  const name = parseOperator(operator)
  if (!name) throw new PolicyError(path, `unknown condition operator: ${operator}`)
  const { compile, wants, isCheckedInSessions } = name.operator
  const isReadable = (value: string): boolean => compile([value], version) !== null
  const mayHoldAny = isOfSession && !isCheckedInSessions
  const compiled = compile(mayHoldAny ? expected.filter(isReadable) : expected, version)
  if (!compiled) {
    const refused = expected.find((value) => !isReadable(value))
    throw new PolicyError(path, `${operator} wants ${wants}: ${refused ?? ''}`)
  }
  const lowerCaseKey = key.toLowerCase()
  const isNull = name.operator.name === 'Null'
  const holds = isNull ? presenceTest(expected) : valueTest(name, compiled)
  return {
    operator,
    key,
    lowerCaseKey,
    expected,
    keys: [lowerCaseKey, ...compiled.variableKeys],
    holds: (context) => holds(context.get(lowerCaseKey), context),
    met: (context) => {
      const actual = context.get(lowerCaseKey)
      if (isNull) return expected.map((value) => parseBoolean(value) === isAbsent(actual))
      const values = comparedValues(actual, name)
      return expected.map((value) => {
        const test = compile([value], version)?.testOf(values, context)
        return values.some((_, at) => test?.(at) === true)
      })
    },
  }
}

type Holds = (actual: ContextValue | undefined, context: RequestContext) => boolean

function presenceTest(expected: readonly string[]): Holds {
  const absentIsWanted = expected.map(parseBoolean)
  return (actual) => absentIsWanted.includes(isAbsent(actual))
}

function valueTest(name: OperatorName, compiled: CompiledValues): Holds {
  const { operator, qualifier, ifExists } = name
  const whenAbsent = ifExists || absentHolds(operator, qualifier)
  return (actual, context) => {
    if (actual === undefined || isAbsent(actual)) return whenAbsent
    // A multivalued key needs a set operator; without one nothing is compared.
    if (qualifier === null && typeof actual !== 'string') return false
    const values = typeof actual === 'string' ? [actual] : actual
    const test = compiled.testOf(values, context)
    const one = (_: string, at: number): boolean => test(at) === !operator.negated
    return qualifier === 'ForAllValues' ? values.every(one) : values.some(one)
  }
}

/** What is compared at all, as `valueTest` does it. */
function comparedValues(
  actual: ContextValue | undefined,
  { qualifier }: OperatorName,
): readonly string[] {
  if (typeof actual === 'string') return [actual]
  return qualifier === null ? [] : (actual ?? [])
}

/** Whether a condition holds for a request that has no such key, IfExists or not. */
export function absentHolds(operator: Operator, qualifier: OperatorName['qualifier']): boolean {
  return qualifier === null ? operator.negated : qualifier === 'ForAllValues'
}

/** A multivalued key without any value is a key that is not there. */
function isAbsent(actual: ContextValue | undefined): boolean {
  return actual === undefined || (typeof actual !== 'string' && actual.length === 0)
}
