/**
 * From JSON values to the types of the API: base64 to Buffer, epoch seconds to Date. Refuses a JSON
 * value of another type with SerializationException, in the words that AWS's JSON 1.1 services were
 * seen to use (Amazon Kinesis, as the tests of mhart/kinesalite have them): KMS's own are not
 * recorded.
 */
import { Fault } from '../faults.ts'
import { type Shape, shapeOf } from './shapes.ts'

/** Converts a value that is neither null nor absent. */
export type Convert = (value: unknown) => unknown

/** AWS's integers are Java's: what is larger is the largest. */
const maxInteger = 2 ** 31 - 1
/** The last millisecond that a Date can tell. */
const maxMilliseconds = 8.64e15

const compilers: Readonly<Record<Shape['type'], (shape: Shape) => Convert>> = {
  string: () => toText,
  integer: () => toInteger,
  boolean: () => toBoolean,
  blob: () => toBlob,
  timestamp: () => toDate,
  list: toList,
  map: toMap,
  structure: toStructure,
}

/** The conversion of a shape. Recursion ends: no KMS type contains itself. */
export function compileConversion(shapeName: string): Convert {
  const shape = shapeOf(shapeName)
  const convert = compilers[shape.type](shape)
  return shapeName === 'AttestationDocumentType' ? keepingLast(convert) : convert
}

/** An enclave presents one document with many calls, and it is most of what there is to decode. */
function keepingLast(convert: Convert): Convert {
  let last: { value: unknown; converted: unknown } | undefined
  return (value) => {
    if (last?.value !== value) last = { value, converted: convert(value) }
    return last?.converted
  }
}

function toText(value: unknown): string {
  if (typeof value !== 'string') throw notConvertible(value, 'an String')
  return value
}

/** Fractions are cut off, as the name of AWS's class (TruncatingBigNumber) has it. */
function toInteger(value: unknown): number {
  if (typeof value !== 'number') throw notConvertible(value, 'an Integer')
  return Math.trunc(Math.min(Math.max(value, -maxInteger - 1), maxInteger))
}

function toBoolean(value: unknown): boolean {
  if (typeof value !== 'boolean') throw notConvertible(value, 'an Boolean')
  return value
}

/** Strict base64: only what encodes back to the same text. The text itself may be a secret. */
function toBlob(value: unknown): Buffer {
  if (typeof value !== 'string') throw notConvertible(value, 'a Blob')
  const bytes = Buffer.from(value, 'base64')
  if (isCanonical(value, bytes)) return bytes
  throw serializationFault(
    value.length % 4 === 0
      ? 'Invalid Base64 in a Blob'
      : `Base64 encoded length is expected a multiple of 4 bytes but found: ${value.length}`,
  )
}

/**
 * Whether the bytes encode back to the text, without encoding them: Node's decoder leaves out what it
 * does not know, so that the length tells, and takes the URL alphabet too; what is in the last group
 * beside its bytes shows when that group is encoded.
 */
function isCanonical(text: string, bytes: Buffer): boolean {
  if (text === '') return true
  const rest = bytes.length % 3
  const lastGroup = bytes.subarray(bytes.length - (rest === 0 ? 3 : rest))
  return (
    text.length === 4 * Math.ceil(bytes.length / 3) &&
    text.endsWith(lastGroup.toString('base64')) &&
    !text.includes('-') &&
    !text.includes('_') &&
    // A character beyond ASCII counts as the one that its low byte is.
    Buffer.byteLength(text) === text.length
  )
}

function toDate(value: unknown): Date {
  if (typeof value !== 'number') throw notConvertible(value, 'milliseconds since epoch')
  const milliseconds = Math.round(value * 1000)
  if (Math.abs(milliseconds) > maxMilliseconds) {
    throw serializationFault('a timestamp is out of range')
  }
  return new Date(milliseconds)
}

/** A null in a list stays: the constraints refuse it. */
function toList(shape: Shape): Convert {
  const convert = compileConversion(shape.member ?? '')
  return (value) => {
    if (!Array.isArray(value)) throw unexpected(value, 'Expected list or null')
    return value.map((item: unknown) => (item === null ? null : convert(item)))
  }
}

/** All maps of KMS hold texts, so that the parsed object can be passed on as it is. */
function toMap(): Convert {
  return (value) => {
    if (!isObject(value)) throw unexpected(value, 'Expected map or null')
    for (const item of Object.values(value)) if (item !== null) toText(item)
    return value
  }
}

/** Members that the shape lacks are left out, and so are nulls. */
function toStructure(shape: Shape): Convert {
  const members = Object.entries(shape.members ?? {}).map(([name, shapeName]) => ({
    name,
    convert: compileConversion(shapeName),
  }))
  return (value) => {
    if (!isObject(value)) throw unexpected(value, 'Expected null')
    const structure: Record<string, unknown> = {}
    for (const { name, convert } of members) {
      const item = value[name]
      if (item !== undefined && item !== null) structure[name] = convert(item)
    }
    return structure
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function notConvertible(value: unknown, wanted: string): Fault {
  const javaClass =
    typeof value === 'string'
      ? 'java.lang.String'
      : typeof value === 'boolean'
        ? 'java.lang.Boolean'
        : 'com.amazon.coral.value.json.numbers.TruncatingBigNumber'
  return unexpected(value, `class ${javaClass} can not be converted to ${wanted}`)
}

/** `message` is for texts, numbers and booleans: lists and structures have AWS's own words. */
function unexpected(value: unknown, message: string): Fault {
  if (Array.isArray(value)) return serializationFault('Start of list found where not expected')
  if (isObject(value)) {
    return serializationFault('Start of structure or map found where not expected.')
  }
  return serializationFault(message)
}

function serializationFault(message: string): Fault {
  return new Fault('SerializationException', message)
}
