/**
 * CloudFormation's intrinsic functions, as far as a policy can be read without deploying it: Ref,
 * Fn::GetAtt, Fn::Sub and Fn::Join. Refuses every other, and every name without a known value.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
import { changedNumber, ChangedNumber } from '../config/changed-number.ts'
import { inside, wrong, type Place } from '../config/read.ts'

/** What a name stands for: a list, where a parameter is one. */
export type KnownValue = string | readonly string[]

/** The value of `Name` or `Name.Attribute`; undefined where it is not known. */
export type Lookup = (name: string) => KnownValue | ChangedNumber | undefined

type Json = Readonly<Record<string, unknown>>

/** The limit of lib/iam/json.ts, which reads the result. */
const maxDepth = 32

/** What KMS takes as a policy at all: length of PolicyType. */
const maxCharacters = 131_072

/** Ours: what all functions together may make, so that each level of nesting may hold a whole policy. */
const maxTotal = maxDepth * maxCharacters

/** Leaves its member out, as CloudFormation does. */
const noValue = Symbol('AWS::NoValue')

/** A copy of a value with every function in it resolved. Throws ConfigError. */
export function resolveIntrinsics(value: unknown, lookup: Lookup, place: Place): unknown {
  const resolved = resolve(value, { lookup, depth: 0, made: { characters: 0 } }, place)
  if (resolved === noValue) throw wrong(place, 'want a value, got AWS::NoValue')
  return resolved
}

interface Scope {
  readonly lookup: Lookup
  readonly depth: number
  /** What functions have made so far. */
  readonly made: { characters: number }
}

function resolve(value: unknown, scope: Scope, place: Place): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof ChangedNumber) throw wrong(place, changedNumber)
  if (scope.depth > maxDepth) throw wrong(place, `nested deeper than ${String(maxDepth)} levels`)
  const deeper = { ...scope, depth: scope.depth + 1 }
  if (Array.isArray(value)) {
    return value
      .map((item, index) => resolve(item, deeper, inside(place, `[${String(index)}]`)))
      .filter((item) => item !== noValue)
  }
  const name = Object.keys(value).find((key) => key === 'Ref' || key.startsWith('Fn::'))
  if (name !== undefined) return call(name, value as Json, deeper, place)
  const members = Object.entries(value).map(
    ([key, member]) => [key, resolve(member, deeper, inside(place, key))] as const,
  )
  return Object.fromEntries(members.filter(([, member]) => member !== noValue))
}

type Function = (argument: unknown, scope: Scope, place: Place) => unknown

const functions: Readonly<Record<string, Function>> = {
  Ref: (argument, scope, place) => {
    const name = asText(argument, 'Ref', place)
    return name === 'AWS::NoValue' ? noValue : known(name, scope, place)
  },
  'Fn::GetAtt': (argument, scope, place) => {
    const parts: unknown[] = Array.isArray(argument) ? argument : [argument]
    const name = parts.map((part) => asText(part, 'Fn::GetAtt', place)).join('.')
    return known(name, scope, place)
  },
  'Fn::Join': join,
  'Fn::Sub': substitute,
}

function call(name: string, value: Json, scope: Scope, place: Place): unknown {
  if (Object.keys(value).length > 1) throw wrong(place, `${name} stands beside other members`)
  const found = Object.hasOwn(functions, name) ? functions[name] : undefined
  if (found) return found(value[name], scope, place)
  throw wrong(
    place,
    `${name} is known only to CloudFormation: want ${Object.keys(functions).join(', ')}`,
  )
}

/** `[delimiter, [texts]]` */
function join(argument: unknown, scope: Scope, place: Place): string {
  const [delimiter, items, ...more] = Array.isArray(argument) ? (argument as unknown[]) : []
  const resolved = resolve(items, scope, place)
  if (typeof delimiter !== 'string' || !Array.isArray(resolved) || more.length > 0) {
    throw wrong(place, 'Fn::Join wants a delimiter and a list')
  }
  const made = new MadeText(scope, place)
  for (const [index, item] of resolved.entries()) {
    if (index > 0) made.add(delimiter)
    made.add(asText(item, 'Fn::Join', place))
  }
  return made.text
}

/** A text with `${Name}`, or `[text, { Name: value }]`. `${!Name}` is `${Name}`, as it stands. */
function substitute(argument: unknown, scope: Scope, place: Place): string {
  const [text, values = {}] = Array.isArray(argument) ? (argument as unknown[]) : [argument]
  const own = resolve(values, scope, place)
  if (typeof text !== 'string' || typeof own !== 'object' || own === null) {
    throw wrong(place, 'Fn::Sub wants a text, or a text and a map')
  }
  const made = new MadeText(scope, place)
  let at = 0
  for (;;) {
    const start = text.indexOf('${', at)
    const end = start < 0 ? -1 : text.indexOf('}', start)
    if (end < 0) break
    made.add(text.slice(at, start))
    const name = text.slice(start + 2, end)
    made.add(name.startsWith('!') ? `\${${name.slice(1)}}` : replacement(name))
    at = end + 1
  }
  made.add(text.slice(at))
  return made.text

  function replacement(name: string): string {
    const value = Object.hasOwn(own as Json, name) ? (own as Json)[name] : known(name, scope, place)
    return asText(value, 'Fn::Sub', place)
  }
}

/** A text in the making, which is refused as soon as it is longer than a policy may be. */
class MadeText {
  readonly #scope: Scope
  readonly #place: Place
  #text = ''

  constructor(scope: Scope, place: Place) {
    this.#scope = scope
    this.#place = place
  }

  get text(): string {
    return this.#text
  }

  add(piece: string): void {
    const length = this.#text.length + piece.length
    if (length > maxCharacters) throw tooLong(this.#place)
    count(piece.length, this.#scope, this.#place)
    this.#text += piece
  }
}

function count(characters: number, { made }: Scope, place: Place): void {
  made.characters += characters
  if (made.characters > maxTotal) {
    throw wrong(place, `all functions together make more than ${String(maxTotal)} characters`)
  }
}

function tooLong(place: Place): Error {
  return wrong(place, `longer than a policy may be: ${String(maxCharacters)} characters`)
}

function known(name: string, scope: Scope, place: Place): KnownValue {
  const value = scope.lookup(name)
  if (value instanceof ChangedNumber)
    throw wrong(place, `the default of ${name} is ${changedNumber}`)
  if (value !== undefined) {
    const length = [value].flat().reduce((sum, one) => sum + one.length, 0)
    if (length > maxCharacters) throw tooLong(place)
    count(length, scope, place)
    return value
  }
  throw wrong(
    place,
    `the value of ${shortened(name)} is not known here: give it under policy.parameters`,
  )
}

function shortened(name: string): string {
  return name.length > 64 ? `${name.slice(0, 64)}…` : name
}

function asText(value: unknown, name: string, place: Place): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw wrong(place, `${name} wants texts`)
}
