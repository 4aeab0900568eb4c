/**
 * The API of KMS as it stands on the wire: reads an operation's input in AWS's two stages, types
 * first (SerializationException), then constraints (ValidationException), and writes its output.
 * What each operation needs is compiled from the model at its first use.
 */
import { compileConstraints } from './constraints.ts'
import { type Convert, compileConversion } from './conversion.ts'
import { operationOf } from './shapes.ts'
import type { Input, OperationName, Output } from './types.ts'
import { compileWriter } from './writer.ts'

export { operationNames } from './shapes.ts'

interface Reader {
  readonly convert: Convert
  readonly check: (input: object) => void
}

const readers = new Map<OperationName, Reader>()
const writers = new Map<OperationName, (output: object) => string>()

/**
 * An operation's input from its parsed JSON body. Members that the operation lacks are ignored, and
 * null is absent.
 *
 * @throws Fault SerializationException or ValidationException
 */
export function readInput<Name extends OperationName>(operation: Name, json: unknown): Input<Name> {
  const { convert, check } = readers.get(operation) ?? compileReader(operation)
  const input = convert(json) as Input<Name>
  check(input)
  return input
}

/**
 * The body of an operation's answer; empty where AWS answers with an empty body. Output members that
 * the operation lacks are left out.
 */
export function writeOutput<Name extends OperationName>(
  operation: Name,
  output: Output<Name>,
): string {
  return (writers.get(operation) ?? compileOutput(operation))(output)
}

function compileReader(operation: OperationName): Reader {
  const { input } = operationOf(operation)
  const reader = { convert: compileConversion(input), check: compileConstraints(input) }
  readers.set(operation, reader)
  return reader
}

function compileOutput(operation: OperationName): (output: object) => string {
  const { output } = operationOf(operation)
  const writer = output === null ? () => '' : compileWriter(output)
  writers.set(operation, writer)
  return writer
}
