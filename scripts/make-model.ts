/**
 * Makes lib/kms/model/model.json: the members, types, limits, enum values and errors of every KMS
 * operation, from the installed SDK's schemas and ../shared/model/constraints.json. Refuses a member
 * whose limits neither of them gives and `analogous` does not name. Run it when the SDK has moved:
 * `npx tsx scripts/make-model.ts`.
 */
import * as sdk from '@aws-sdk/client-kms'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Model, Shape } from '../lib/kms/model/shapes.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const constraintsFile = join(root, '../shared/model/constraints.json')
const modelFile = join(root, 'lib/kms/model/model.json')

/** Members that only the SDK has, and the shape whose limits they take: ours, by analogy. */
const analogous: Readonly<Record<string, string>> = {
  EncapsulationAlgorithm: 'EncapsulationAlgorithmSpec',
  EncapsulationAlgorithms: 'EncapsulationAlgorithmSpecList',
  SharedSecret: 'PlaintextType',
  SharedSecretCiphertextBlob: 'CiphertextType',
  KeyId: 'KeyIdType',
  GrantTokens: 'GrantTokenList',
  DryRun: 'NullableBooleanType',
}

/** Shapes that only the SDK has. Their enum values are added below, with all the others. */
const added: Readonly<Record<string, Shape>> = {
  EncapsulationAlgorithmSpec: { type: 'string', enum: [] },
  EncapsulationAlgorithmSpecList: { type: 'list', member: 'EncapsulationAlgorithmSpec' },
}

/**
 * Ours: a proxy on this machine needs neither HTTPS nor port 443. A name is a loopback one, so that
 * nothing goes unencrypted over a network.
 */
const localPatterns: Readonly<Record<string, string>> = {
  XksProxyUriEndpointType: '^https?://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[1-9]\\d{0,4})?$',
}

/** An SDK operation: `[9, namespace, name, traits, input, output]`. */
type SdkOperation = [9, string, string, unknown, SdkReference, SdkReference]
/** An SDK structure: `[3, namespace, name, traits, members, types, how many are required]`. */
type SdkStructure = [3, string, string, unknown, string[], SdkReference[], number?]
/** A number or text is a simple type, an array a schema or `[reference, traits]`. */
type SdkReference = number | string | unknown[] | (() => SdkReference)

if (!existsSync(constraintsFile)) {
  console.error(
    '../shared/model/constraints.json is absent: lib/kms/model/model.json is left as it is',
  )
  process.exit(1)
}
const known = JSON.parse(readFileSync(constraintsFile, 'utf8')) as Model

const shapes: Record<string, Shape> = {}
const operations: Record<string, Model['operations'][string]> = {}

for (const value of Object.values(sdk) as unknown[]) {
  if (!isOperation(value)) continue
  const [, , name, , input, output] = value
  operations[name] = {
    input: addStructure(input),
    output: resolve(output) === 'unit' ? null : addStructure(output),
    errors: known.operations[name]?.errors ?? documentedErrors(name),
  }
}

const lines = (entries: object) =>
  Object.entries(entries)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
    .join(',\n')
writeFileSync(
  modelFile,
  `{"operations":{\n${lines(operations)}\n},\n"shapes":{\n${lines(shapes)}\n}}\n`,
)
console.error(
  `lib/kms/model/model.json: ${Object.keys(operations).length} operations, ` +
    `${Object.keys(shapes).length} shapes`,
)

function isOperation(value: unknown): value is SdkOperation {
  return Array.isArray(value) && value[0] === 9
}

function resolve(reference: SdkReference): SdkReference {
  if (typeof reference === 'function') return resolve(reference())
  const isPair = Array.isArray(reference) && typeof reference[0] === 'function'
  return isPair ? resolve(reference[0] as () => SdkReference) : reference
}

/** Adds a structure with everything that it refers to, and returns its name. */
function addStructure(reference: SdkReference): string {
  const [, , name, , members, types, required = 0] = resolve(reference) as SdkStructure
  if (shapes[name]) return name
  const constraints = known.shapes[name]
  const shapeOf = (member: string, type: SdkReference): string => {
    const shape = constraints?.members?.[member] ?? analogous[member]
    if (shape === undefined) throw new Error(`${name}.${member}: no limits are known`)
    addShape(shape, type)
    return shape
  }
  const found: Record<string, string> = {}
  shapes[name] = { type: 'structure', members: found, required: members.slice(0, required) }
  members.forEach((member, i) => {
    found[member] = shapeOf(member, types[i] ?? '')
  })
  if (constraints) shapes[name] = { ...shapes[name], ...inOrderOf(constraints, found, name) }
  return name
}

/** AWS's own order of the members, then those that only the SDK has. */
function inOrderOf(constraints: Shape, found: Record<string, string>, name: string) {
  const missing = Object.keys(constraints.members ?? {}).filter((member) => !(member in found))
  if (missing.length > 0) throw new Error(`${name}: the SDK lacks ${missing.join(', ')}`)
  return { members: { ...constraints.members, ...found }, required: constraints.required ?? [] }
}

function addShape(name: string, reference: SdkReference): void {
  const shape = known.shapes[name] ?? added[name]
  if (!shape) throw new Error(`${name}: no such shape`)
  const schema = resolve(reference)
  if (shape.type === 'structure') {
    addStructure(schema)
    return
  }
  const localPattern = localPatterns[name]
  shapes[name] = {
    ...shape,
    ...(localPattern !== undefined && { localPattern }),
    ...(shape.enum && { enum: enumValues(name, shape.enum) }),
  }
  if (shape.member) addShape(shape.member, Array.isArray(schema) ? (schema[4] as SdkReference) : 0)
  if (shape.key) addShape(shape.key, 0)
  if (shape.value) addShape(shape.value, 0)
}

/** The known values in their order, then those that the SDK has more. */
function enumValues(name: string, values: readonly string[]): string[] {
  const fromSdk = (sdk as unknown as Record<string, Record<string, string> | undefined>)[name] ?? {}
  return [...new Set([...values, ...Object.values(fromSdk)])]
}

/** The errors that the SDK's documentation comment of a command lists, by name. */
function documentedErrors(operation: string): string[] {
  const entry = createRequire(import.meta.url).resolve('@aws-sdk/client-kms')
  const file = join(dirname(entry), `../dist-types/commands/${operation}Command.d.ts`)
  const names = [...readFileSync(file, 'utf8').matchAll(/@throws \{@link (\w+Exception)\}/g)]
  return names.map(([, name = '']) => name).filter((name) => name !== 'KMSServiceException')
}
