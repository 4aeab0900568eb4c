/**
 * Reads an operation's input as a request brings it, and says how it must be refused.
 */
import assert from 'node:assert/strict'
import { readInput } from '../../lib/kms/model/model.ts'
import type { OperationName } from '../../lib/kms/model/types.ts'

/** The input by the names of its members: those from JSON are not known to the compiler. */
export function read(operation: OperationName, json: unknown): Record<string, unknown> {
  return readInput(operation, json)
}

export function unserializable(operation: OperationName, json: unknown, message: string): void {
  assert.throws(() => read(operation, json), { code: 'SerializationException', message })
}

/** `errors` are the texts of the single errors. */
export function invalid(operation: OperationName, json: unknown, ...errors: string[]): void {
  const count = `${errors.length} validation error${errors.length > 1 ? 's' : ''} detected`
  assert.throws(() => read(operation, json), {
    code: 'ValidationException',
    message: `${count}: ${errors.join('; ')}`,
  })
}
