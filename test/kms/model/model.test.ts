import * as sdk from '@aws-sdk/client-kms'
import assert from 'node:assert/strict'
import { operationNames } from '../../../lib/kms/model/model.ts'
import { model, operationOf, shapeOf } from '../../../lib/kms/model/shapes.ts'
import type { OperationName } from '../../../lib/kms/model/types.ts'

type SdkReference = number | string | unknown[] | (() => SdkReference)
/** An operation or structure of the SDK: kind, namespace, name, traits and what its kind has. */
type SdkSchema = [number, string, string, unknown, unknown, unknown, unknown?]

const sdkOperations = (Object.values(sdk) as unknown[]).filter(
  (value): value is SdkSchema => Array.isArray(value) && value[0] === 9,
)

/** The names in the SDK's types: `namesOf` lets the compiler hold lib/kms/model/types.ts to them. */
type SdkCommand = Extract<keyof typeof sdk, `${string}Command`>
type SdkOperationName = SdkCommand extends `${infer Name}Command` ? Exclude<Name, '$'> : never
const namesOf = <A, B extends A>(...same: [A] extends [B] ? [] : ['the names differ']) => same

describe('the model', () => {
  it('has every operation of the installed SDK', () => {
    const names = sdkOperations.map(([, , name]) => name)
    assert.deepEqual([...operationNames].sort(), names.sort())
    assert.equal(operationNames.length, 56)
  })

  it('has the operations of the types, and the types those of the SDK', () => {
    assert.deepEqual(namesOf<SdkOperationName, OperationName>(), [])
  })

  it('has every member of the installed SDK, with its type', () => {
    const resolve = (reference: SdkReference): SdkReference => {
      if (typeof reference === 'function') return resolve(reference())
      const pair = Array.isArray(reference) && typeof reference[0] === 'function'
      return pair ? resolve(reference[0] as () => SdkReference) : reference
    }
    const kinds = new Map([
      [0, 'string'],
      [1, 'integer'],
      [2, 'boolean'],
      [4, 'timestamp'],
      [21, 'blob'],
      [64, 'list'],
      [128, 'map'],
    ])
    const compare = (shapeName: string, reference: SdkReference) => {
      const shape = shapeOf(shapeName)
      const type = resolve(reference)
      if (typeof type === 'number') {
        assert.equal(shape.type, kinds.get(type), shapeName)
      } else if (Array.isArray(type) && type[0] === 0) {
        assert.equal(shape.type, kinds.get(type[4] as number), shapeName)
        assert.equal(shape.sensitive, true, shapeName)
      } else if (Array.isArray(type) && type[0] === 1) {
        assert.equal(shape.type, 'list', shapeName)
        compare(shape.member ?? '', type[4] as SdkReference)
      } else if (Array.isArray(type) && type[0] === 3) {
        assert.equal(shape.type, 'structure', shapeName)
        const names = type[4] as string[]
        const types = type[5] as SdkReference[]
        const required = names.slice(0, (type[6] as number | undefined) ?? 0)
        assert.deepEqual(Object.keys(shape.members ?? {}).sort(), [...names].sort(), shapeName)
        assert.deepEqual([...(shape.required ?? [])].sort(), required.sort(), shapeName)
        names.forEach((name, i) => compare(shape.members?.[name] ?? name, types[i] ?? ''))
      } else {
        assert.fail(`${shapeName}: the SDK has ${String(type)}`)
      }
    }
    for (const [, , name, , input, output] of sdkOperations) {
      const row = operationOf(name as OperationName)
      compare(row.input, input as SdkReference)
      if (row.output === null) assert.equal(resolve(output as SdkReference), 'unit')
      else compare(row.output, output as SdkReference)
    }
  })

  it('has every enum value of the installed SDK', () => {
    for (const [name, { enum: values }] of Object.entries(model.shapes)) {
      if (!values) continue
      const fromSdk = (sdk as unknown as Record<string, Record<string, string>>)[name]
      for (const value of Object.values(fromSdk ?? {})) assert.ok(values.includes(value), value)
      assert.ok(fromSdk, name)
    }
  })

  it('has texts without limits in every map, as the reader takes for granted', () => {
    for (const { type, key = '', value = '' } of Object.values(model.shapes)) {
      if (type !== 'map') continue
      assert.deepEqual(shapeOf(key), { type: 'string' })
      assert.deepEqual(shapeOf(value), { type: 'string' })
    }
  })

  it('has only patterns that can be compiled', () => {
    for (const { type, pattern } of Object.values(model.shapes)) {
      if (pattern === undefined) continue
      assert.equal(type, 'string')
      assert.doesNotThrow(() => new RegExp(pattern, 'u'))
    }
  })
})
