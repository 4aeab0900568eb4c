/**
 * The JSON Schemas that ship in the package: they are what the script makes of the sources, take what
 * the readers of cases and configs take, and know every member that these know.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse as parseYaml } from 'yaml'
import { parseCases } from '../lib/cases/file.ts'
import { readGrant } from '../lib/cases/grants.ts'
import { ConfigError } from '../lib/config/config-error.ts'
import { parseConfig } from '../lib/config/config.ts'
import { schemas, textOfSchema } from '../scripts/make-schemas.ts'
import type { Schema } from '../scripts/schemas/common.ts'
import { namesAsked, watched, type Asked } from './support/asked-members.ts'
import { fencesOf } from './support/fences.ts'
import { root } from './support/programs.ts'
import {
  readFile,
  rightCases,
  rightConfigs,
  wrongCases,
  wrongConfigs,
} from './support/schema-members.ts'

const [cases, config] = ['cases.schema.json', 'config.schema.json'].map(
  (name) => JSON.parse(readFileSync(join(root, 'schemas', name), 'utf8')) as Schema,
) as [Schema, Schema]
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true })
const [isCases, isConfig] = [ajv.compile(cases), ajv.compile(config)]

const readCases = (value: unknown) =>
  parseCases('app.cases.yaml', value, { path: '', baseDir: '.', readFile })
const readConfig = (value: unknown) => parseConfig(value, { baseDir: '.', readFile })

/** What JSON has no word for is left out, as in a file. */
function asFile(value: object): unknown {
  return JSON.parse(JSON.stringify(value))
}

describe('schemas/', () => {
  it('is what the script makes', async () => {
    assert.deepEqual(readdirSync(join(root, 'schemas')).sort(), Object.keys(schemas).sort())
    for (const [name, schema] of Object.entries(schemas)) {
      const text = readFileSync(join(root, 'schemas', name), 'utf8')
      assert.equal(text, await textOfSchema(schema), 'run `npx tsx scripts/make-schemas.ts`')
    }
  })

  it('describes every member', () => {
    for (const schema of [cases, config]) {
      for (const [path, one] of propertiesOf(schema, '')) {
        const isSaid = one.description !== undefined || path.includes('requestRates.')
        assert.ok(isSaid, path)
      }
    }
  })
})

describe('cases.schema.json', () => {
  const files = ['policies', 'examples', 'docs', 'README.md'].flatMap(filesBelow)

  it('takes every file of cases', () => {
    const found = files.filter((path) => /\.cases\.(?:ya?ml|json)$/.test(path))
    assert.ok(found.length >= 10)
    for (const path of found) check(isCases, parseYaml(readFileSync(path, 'utf8')), path)
  })

  it('takes every snippet of the docs', () => {
    const snippets = snippetsOf(files).filter(({ value }) => 'cases' in value)
    assert.ok(snippets.length >= 2)
    for (const { path, value } of snippets) check(isCases, value, path)
  })

  for (const [index, right] of rightCases.entries()) {
    it(`takes what the reader takes, ${index}`, async () => {
      await readCases(asFile(right))
      check(isCases, asFile(right), String(index))
    })
  }

  for (const [what, wrong] of Object.entries(wrongCases)) {
    it(`refuses ${what}, as the reader does`, async () => {
      await assert.rejects(readCases(asFile(wrong)), ConfigError)
      assert.equal(isCases(asFile(wrong)), false)
    })
  }

  it('knows the members that the reader knows, and no others', async () => {
    for (const right of rightCases) {
      const asked: Asked = new Map()
      await readCases(watched(asFile(withoutDocuments(right)), asked))
      assert.deepEqual(strangers(cases, asked), [])
    }
  })

  it('knows the members of a grant in both spellings', () => {
    const grant = { granteePrincipal: 'x', operations: ['Decrypt'], constraints: {} }
    const place = { path: 'grants[0]', baseDir: '.', readFile }
    const names = [...namesAsked(() => readGrant(grant, place))]
    const both = names.flatMap((name) => [name, name.slice(0, 1).toUpperCase() + name.slice(1)])
    const [schema] = candidates(cases, cases, ['grants', '[]'])
    const known = [schema, ...candidates(cases, cases, ['grants', '[]', 'constraints'])]
    const members = known.flatMap((one) => Object.keys(one?.properties ?? {}))
    assert.deepEqual([...new Set(members)].sort(), [...new Set(both)].sort())
  })
})

describe('config.schema.json', () => {
  const files = ['examples', 'docs', 'README.md'].flatMap(filesBelow)

  it('takes the examples’ configs and every snippet of the docs', () => {
    const path = join(root, 'examples/first-enclave/config.yaml')
    check(isConfig, parseYaml(readFileSync(path, 'utf8')), path)
    const known = new Set(Object.keys(config.properties as object))
    const snippets = snippetsOf(files).filter(({ value }) =>
      Object.keys(value).every((name) => known.has(name)),
    )
    assert.ok(snippets.length >= 2)
    for (const { path: page, value } of snippets) check(isConfig, value, page)
  })

  for (const [index, right] of rightConfigs.entries()) {
    it(`takes what the reader takes, ${index}`, async () => {
      await readConfig(asFile(right))
      check(isConfig, asFile(right), String(index))
    })
  }

  for (const [what, wrong] of Object.entries(wrongConfigs)) {
    it(`refuses ${what}, as the reader does`, async () => {
      await assert.rejects(readConfig(asFile(wrong)), ConfigError)
      assert.equal(isConfig(asFile(wrong)), false)
    })
  }

  it('knows the members that the reader knows, and no others', async () => {
    for (const right of rightConfigs) {
      const asked: Asked = new Map()
      await readConfig(watched(asFile(right), asked))
      assert.deepEqual(strangers(config, asked), [])
    }
  })
})

function check(validate: typeof isCases, value: unknown, what: string): void {
  assert.ok(validate(value), `${what}: ${ajv.errorsText(validate.errors)}`)
}

/** Regular files of a folder of the project, or the file itself. */
function filesBelow(name: string): string[] {
  const path = join(root, name)
  if (name.endsWith('.md')) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** What the fenced blocks of YAML hold. */
function snippetsOf(files: readonly string[]): { path: string; value: object }[] {
  return files
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) =>
      fencesOf(readFileSync(path, 'utf8'))
        .filter(({ language }) => language === 'yaml')
        .map(({ text }) => ({ path, value: parseYaml(text) as object })),
    )
}

/** Policies are another reader's: this one sees their paths alone. */
function withoutDocuments(right: object): object {
  const { policy } = right as { policy: unknown }
  const isDocument = typeof policy === 'object' && policy !== null && 'Statement' in policy
  // A grant is copied before it is read.
  return { ...right, grants: [], ...(isDocument && { policy: './key.json' }) }
}

/** Where the names that a reader asked for are not those of the schema. */
function strangers(schema: Schema, asked: Asked): string[] {
  const found: string[] = []
  for (const [path, { given, names }] of asked) {
    const steps = path.replaceAll(/\[\d+\]/g, '.[]').split('.')
    const known = candidates(schema, schema, path === '' ? [] : steps).flatMap(({ properties }) =>
      isSchema(properties) ? [Object.keys(properties).sort().join()] : [],
    )
    // A map of free names has none that the schema could know, and is asked for no others.
    const wanted = [...names].sort().join()
    const free = [...given].sort().join()
    if (known.length === 0 ? wanted !== free : !known.includes(wanted)) {
      found.push(`${path}: ${wanted}: want ${known.join(' or ') || free}`)
    }
  }
  return found
}

/** The schemas that a path leads to: every branch of it. */
function candidates(whole: Schema, schema: Schema, steps: readonly string[]): Schema[] {
  const branches = branchesOf(whole, schema)
  const [step, ...rest] = steps
  if (step === undefined) return branches
  return branches.flatMap(({ properties, items, additionalProperties }) => {
    const own = (properties as Record<string, Schema> | undefined)?.[step]
    const next = step === '[]' ? items : (own ?? additionalProperties)
    return typeof next === 'object' ? candidates(whole, next as Schema, rest) : []
  })
}

function branchesOf(whole: Schema, schema: Schema): Schema[] {
  const name = /^#\/\$defs\/(.*)$/.exec(String(schema.$ref))?.[1]
  const definition = (whole.$defs as Record<string, Schema>)[name ?? '']
  const more = [
    ...((schema.anyOf as Schema[] | undefined) ?? []),
    ...(definition ? [definition] : []),
  ]
  return [schema, ...more.flatMap((one) => branchesOf(whole, one))]
}

/** Every member that a schema names, with its path. */
function propertiesOf(schema: Schema, path: string): (readonly [path: string, member: Schema])[] {
  return Object.entries(schema).flatMap(([name, value]) => {
    // That `debug` is true is no member of its own.
    if (!isSchema(value)) return []
    if (name === 'anyOf' && path.endsWith('.attestation')) return []
    const own = name === 'properties' ? Object.entries(value) : []
    const named = own.map(([member, one]) => [`${path}.${member}`, one as Schema] as const)
    return [...named, ...propertiesOf(value, `${path}.${name}`)]
  })
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null
}
