/**
 * The constraints of the API's model: lengths, ranges, enum values, patterns and required members.
 * Refuses an input that breaks one with ValidationException in AWS's words. The words are recorded
 * (docs/fidelity.md); the order of several errors is ours: the model's order of members.
 */
import { Fault } from '../faults.ts'
import { type Shape, shapeOf } from './shapes.ts'

/** Checks a value that is neither null nor absent, and adds what it breaks. */
type Check = (value: unknown, path: string, violations: Violations) => void

interface Constraint {
  readonly text: string
  readonly holds: (value: unknown) => boolean
}

/** As Amazon DynamoDB does, and so that an answer stays small: the first ten errors are told. */
const maxViolations = 10

const notNull = 'Member must not be null'

/**
 * Ours, where the model has no limit: a policy compares these with its values on the main thread,
 * and decisions keep them. AWS takes 50 tags, and has some 20 operations that a grant may allow.
 */
const maxMembers = 100
const maxMapCharacters = 8_192

class Violations {
  readonly #texts: string[] = []

  /** `value` as AWS prints it: `'text' `, `null ` or, where it must not be repeated, nothing. */
  add(value: string, path: string, constraint: string): void {
    if (this.#texts.length === maxViolations) return
    this.#texts.push(`Value ${value}at '${path}' failed to satisfy constraint: ${constraint}`)
  }

  raise(): void {
    const count = this.#texts.length
    if (count === 0) return
    throw new Fault(
      'ValidationException',
      `${count} validation error${count > 1 ? 's' : ''} detected: ${this.#texts.join('; ')}`,
    )
  }
}

/** The check of an operation's input, by the name of its structure; it throws the Fault. */
export function compileConstraints(structureName: string): (input: object) => void {
  const check = checkStructure(shapeOf(structureName))
  return (input) => {
    const violations = new Violations()
    check(input, '', violations)
    violations.raise()
  }
}

/** Undefined where a shape has nothing to check. */
function compileCheck(shape: Shape): Check | undefined {
  if (shape.type === 'structure') return checkStructure(shape)
  if (shape.type === 'list') return checkList(shape)
  if (shape.type === 'map') return checkMap
  return checkScalar(shape)
}

function checkStructure(shape: Shape): Check {
  const members = Object.entries(shape.members ?? {}).map(([name, shapeName]) => ({
    name,
    pathName: name.charAt(0).toLowerCase() + name.slice(1),
    required: shape.required?.includes(name) ?? false,
    check: compileCheck(shapeOf(shapeName)),
  }))
  return (value, path, violations) => {
    const structure = value as Record<string, unknown>
    for (const { name, pathName, required, check } of members) {
      const item = structure[name]
      const memberPath = path === '' ? pathName : `${path}.${pathName}`
      if (item !== undefined) check?.(item, memberPath, violations)
      else if (required) violations.add('null ', memberPath, notNull)
    }
  }
}

function checkScalar(shape: Shape): Check | undefined {
  const constraints = constraintsOf(shape)
  if (constraints.length === 0) return undefined
  return (value, path, violations) => {
    for (const { text, holds } of constraints) {
      if (!holds(value)) violations.add(printed(value, shape), path, text)
    }
  }
}

/** A list's members: structures are checked one by one, anything else as the list's constraint. */
function checkList(shape: Shape): Check {
  const memberShape = shapeOf(shape.member ?? '')
  const own = checkScalar({ ...shape, max: shape.max ?? maxMembers })
  const members =
    memberShape.type === 'structure' ? checkEach(memberShape) : checkTogether(memberShape)
  return (value, path, violations) => {
    own?.(value, path, violations)
    members(value, path, violations)
  }
}

/** `tags.1.member.tagKey`: AWS counts from 1. */
function checkEach(memberShape: Shape): Check {
  const check = checkStructure(memberShape)
  return (value, path, violations) => {
    for (const [i, item] of (value as unknown[]).entries()) {
      const memberPath = `${path}.${i + 1}.member`
      if (item === null) violations.add('null ', memberPath, notNull)
      else check(item, memberPath, violations)
    }
  }
}

/** AWS names every constraint of the members, whichever is broken, and prints the whole list. */
function checkTogether(memberShape: Shape): Check {
  const constraints = constraintsOf(memberShape)
  const text = constraints.map((constraint) => constraint.text).join(', ')
  return (value, path, violations) => {
    const items = value as unknown[]
    const add = (broken: string) =>
      violations.add(
        printed(items, memberShape),
        path,
        `Member must satisfy constraint: [${broken}]`,
      )
    if (items.includes(null)) add(notNull)
    else if (!items.every((item) => constraints.every(({ holds }) => holds(item)))) add(text)
  }
}

/** KMS's model has no limits on the keys and values of maps: it refuses only a null. */
function checkMap(value: unknown, path: string, violations: Violations): void {
  const map = value as Record<string, unknown>
  let characters = 0
  for (const [key, item] of Object.entries(map)) characters += key.length + String(item).length
  if (characters > maxMapCharacters) {
    const limit = String(maxMapCharacters)
    violations.add('', path, `Map must have at most ${limit} characters in its keys and values`)
    return
  }
  if (!Object.values(map).includes(null)) return
  const entries = Object.entries(map).map(([key, item]) => `${key}=${String(item)}`)
  violations.add(
    `'{${entries.join(', ')}}' `,
    path,
    `Map value must satisfy constraint: [${notNull}]`,
  )
}

/** In the order in which AWS lists them for the members of a list. */
function constraintsOf(shape: Shape): Constraint[] {
  const { min, max, pattern, localPattern, enum: values } = shape
  const measure = measures[shape.type]
  const kind = shape.type === 'integer' ? 'value' : 'length'
  const constraints: Constraint[] = []
  if (max !== undefined) {
    const text = `Member must have ${kind} less than or equal to ${max}`
    constraints.push({ text, holds: (value) => measure(value, max) <= max })
  }
  if (min !== undefined) {
    const text = `Member must have ${kind} greater than or equal to ${min}`
    constraints.push({ text, holds: (value) => measure(value, min) >= min })
  }
  if (pattern !== undefined) {
    const whole = wholeMatch(localPattern === undefined ? pattern : `${pattern}|${localPattern}`)
    const text = `Member must satisfy regular expression pattern: ${pattern}`
    constraints.push({ text, holds: (value) => whole.test(value as string) })
  }
  if (values !== undefined) {
    const text = `Member must satisfy enum value set: [${values.join(', ')}]`
    constraints.push({ text, holds: (value) => values.includes(value as string) })
  }
  return constraints
}

/** What `min` and `max` limit; `limit` spares the counting of most texts. */
type Measure = (value: unknown, limit: number) => number
const lengthOf: Measure = (value) => (value as { length: number }).length
const never: Measure = () => {
  throw new Error('the model limits a type that has neither length nor value')
}
const measures: Readonly<Record<Shape['type'], Measure>> = {
  string: (value, limit) => codePoints(value as string, limit),
  integer: (value) => value as number,
  blob: lengthOf,
  list: lengthOf,
  boolean: never,
  timestamp: never,
  map: never,
  structure: never,
}

/**
 * Smithy's length of a text: Unicode code points. A text of n UTF-16 units has from n / 2 to n of
 * them, so that only one near the limit need be walked.
 */
function codePoints(text: string, limit: number): number {
  const units = text.length
  if (units < limit || units > 2 * limit) return units
  return Array.from(text).length
}

/** Java's `matches`: the whole text, and `\s` is ASCII. */
function wholeMatch(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern.replaceAll('\\s', ' \\t\\n\\v\\f\\r')})$`, 'u')
}

/** A value as AWS prints it; blobs and secrets are left out. */
function printed(value: unknown, shape: Shape): string {
  if (shape.sensitive === true || shape.type === 'blob') return ''
  return Array.isArray(value) ? `'[${value.map(String).join(', ')}]' ` : `'${String(value)}' `
}
