/**
 * The facts of the KMS API (2014-11-01) that every reader and writer is compiled from: the members,
 * types and limits of each operation. The data is lib/kms/model/model.json, which scripts/make-model.ts
 * makes.
 */
import data from './model.json' with { type: 'json' }
import type { OperationName } from './types.ts'

/** One type of the API. Which members it has follows from `type`. */
export interface Shape {
  readonly type:
    'string' | 'integer' | 'boolean' | 'blob' | 'timestamp' | 'list' | 'map' | 'structure'
  /** The least length (texts, blobs, lists) or value (integers). */
  readonly min?: number
  /** The greatest length or value. */
  readonly max?: number
  /** A Java regular expression that the whole text must match. */
  readonly pattern?: string
  /** Ours: what is taken as well, on one machine; no error tells of it. */
  readonly localPattern?: string
  /** The allowed values of a text. */
  readonly enum?: readonly string[]
  /** True where a value must not be repeated in an error. */
  readonly sensitive?: boolean
  /** A structure's members: their names and the names of their shapes. */
  readonly members?: Readonly<Record<string, string>>
  /** A structure's members that must be present. */
  readonly required?: readonly string[]
  /** The name of the shape of a list's members. */
  readonly member?: string
  /** The name of the shape of a map's keys. */
  readonly key?: string
  /** The name of the shape of a map's values. */
  readonly value?: string
}

export interface Model {
  readonly operations: Readonly<
    Record<
      string,
      {
        /** The name of the input's structure. */
        readonly input: string
        /** The name of the output's structure; null where AWS answers with an empty body. */
        readonly output: string | null
        readonly errors: readonly string[]
      }
    >
  >
  readonly shapes: Readonly<Record<string, Shape>>
}

export const model = data as Model

/** The names of all operations of KMS, sorted. */
export const operationNames = Object.keys(model.operations) as readonly OperationName[]

/** A shape by its name; a name that the model lacks is a mistake in the model. */
export function shapeOf(name: string): Shape {
  const shape = model.shapes[name]
  if (!shape) throw new Error(`the model has no shape ${name}`)
  return shape
}

/** An operation's row of the model. */
export function operationOf(name: OperationName): Model['operations'][string] {
  const operation = model.operations[name]
  if (!operation) throw new Error(`the model has no operation ${name}`)
  return operation
}
