/**
 * From an operation's output to the JSON text of AWS's answer: blobs in base64, timestamps in epoch
 * seconds, absent members left out. Writes only members that the model has: nothing else that an
 * output object may carry can leave the server.
 */
import { type Shape, shapeOf } from './shapes.ts'

/** The JSON text of a value that is neither null nor absent. */
type Write = (value: unknown) => string

const compilers: Readonly<Record<Shape['type'], (shape: Shape) => Write>> = {
  string: () => JSON.stringify,
  integer: () => String,
  boolean: () => String,
  blob: () => writeBlob,
  timestamp: () => writeTimestamp,
  list: writeList,
  // All maps of KMS hold texts.
  map: () => JSON.stringify,
  structure: writeStructure,
}

/** The writer of a shape. */
export function compileWriter(shapeName: string): Write {
  const shape = shapeOf(shapeName)
  return compilers[shape.type](shape)
}

function writeBlob(value: unknown): string {
  const bytes = value as Uint8Array
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return `"${buffer.toString('base64')}"`
}

/** A Date or milliseconds since 1970; AWS writes seconds with up to three decimals. */
function writeTimestamp(value: unknown): string {
  return String(Math.round(Number(value)) / 1000)
}

function writeList(shape: Shape): Write {
  const write = compileWriter(shape.member ?? '')
  return (value) => `[${(value as unknown[]).map((item) => write(item)).join(',')}]`
}

function writeStructure(shape: Shape): Write {
  const members = Object.entries(shape.members ?? {}).map(([name, shapeName]) => ({
    name,
    start: `${JSON.stringify(name)}:`,
    write: compileWriter(shapeName),
  }))
  return (value) => {
    const structure = value as Record<string, unknown>
    let text = ''
    for (const { name, start, write } of members) {
      const item = structure[name]
      if (item === undefined || item === null) continue
      text += `${text === '' ? '' : ','}${start}${write(item)}`
    }
    return `{${text}}`
  }
}
