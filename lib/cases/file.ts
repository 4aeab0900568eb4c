/**
 * A file of policy cases: the key policy under test, the key, the principals, and what each case
 * expects. Refuses what the format does not have, naming the file and the path inside it.
 * docs/policy-cases.md has the form.
 */
import { basename, dirname, resolve } from 'node:path'
import { ConfigError } from '../config/config-error.ts'
import { suggestion } from '../config/nearest.ts'
import {
  checkDistinct,
  inside,
  list,
  mapOf,
  oneOf,
  optional,
  record,
  text,
  wants,
  withDefault,
  wrong,
  type Place,
  type Read,
} from '../config/read.ts'
import { readYamlFile } from '../config/yaml.ts'
import type { PolicyDocument } from '../iam/document.ts'
import { closestKey, isKnownKey } from '../iam/condition-keys.ts'
import type { Grant } from '../iam/grant.ts'
import type { ContextValue } from '../iam/request.ts'
import type { Caller } from '../kms/callers.ts'
import { readAccepted, type Accepted } from './accepted.ts'
import { readAction, type Action } from './actions.ts'
import { readAttestation, type CaseAttestation } from './attestation.ts'
import { readGrant } from './grants.ts'
import { readKey, type CaseKey } from './key.ts'
import { readPolicySource, type PolicySource } from './policy-source.ts'
import { readCaller } from './principal.ts'

const expectations = ['allow', 'deny', 'explicit-deny', 'implicit-deny'] as const

/** `deny` is either kind of denial. */
export type Expectation = (typeof expectations)[number]

/** Condition keys by their names, however these are spelt. */
export type StatedContext = Readonly<Record<`${string}:${string}`, ContextValue>>

export interface PolicyCase {
  readonly name: string
  /** Its place in the file's list; where one asks about several actions, they share it. */
  readonly index: number
  readonly caller: Caller
  readonly action: Action
  readonly encryptionContext: Readonly<Record<string, string>> | undefined
  /** What the document of the request says; null without one. */
  readonly attestation: CaseAttestation | null
  /** Condition keys in place of those that the request would have. */
  readonly context: StatedContext
  readonly expect: Expectation
}

export interface PolicyPlace {
  /** A whole path. */
  readonly file: string
  /** Of the document in the file: `policy`; empty where it is all of it. */
  readonly path: string
}

export interface CasesFile {
  /** As it was given. */
  readonly path: string
  readonly policy: PolicyDocument
  /** The policy's own file; undefined where another file holds the policy. */
  readonly policyPath: string | undefined
  /** Where its author finds it; undefined for a plan's, which nobody writes. */
  readonly policyPlace: PolicyPlace | undefined
  readonly key: CaseKey
  readonly grants: readonly Grant[]
  readonly principals: ReadonlyMap<string, Caller>
  readonly cases: readonly PolicyCase[]
  /** Findings of `policy lint` that are meant. */
  readonly accept: readonly Accepted[]
}

interface FileMembers {
  readonly policy: PolicySource
  readonly key: CaseKey
  readonly principals: Readonly<Record<string, Caller>>
  readonly grants: readonly Grant[]
  readonly cases: readonly CaseMembers[]
  readonly accept: readonly Accepted[]
}

interface CaseMembers extends Omit<PolicyCase, 'index' | 'action' | 'caller' | 'attestation'> {
  readonly principal: string
  readonly action: readonly Action[]
  readonly attestation: (() => Promise<CaseAttestation>) | undefined
}

/** The value of a condition key: numbers and booleans as IAM writes them. */
const contextValue: Read<ContextValue> = (value, place) => {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return list(text())(value, place)
  throw wants(place, 'a text, a number, true, false or a list of texts', value)
}

function readContext(value: unknown, place: Place): StatedContext {
  const context = mapOf(contextValue)(value, place)
  for (const key of Object.keys(context)) {
    if (!/^[^:\s]+:\S/.test(key)) {
      throw wrong(inside(place, key), 'want the name of a condition key, like aws:SourceIp')
    }
    if (isKnownKey(key)) continue
    const closest = closestKey(key)
    const meant = closest === undefined ? '' : `; did you mean ${closest}?`
    throw wrong(inside(place, key), `no request to KMS has that condition key${meant}`)
  }
  return context
}

/** One action, or a list of them: a case for each. */
function readActions(value: unknown, place: Place): readonly Action[] {
  if (!Array.isArray(value)) return [readAction(value, place)]
  if (value.length === 0) throw wrong(place, 'want at least one action')
  return list(readAction)(value, place)
}

const readCase = record<CaseMembers>({
  name: text('a text that is not empty', /\S/),
  principal: text('a text: a name under principals'),
  action: readActions,
  encryptionContext: optional(mapOf(text())),
  attestation: optional(readAttestation),
  context: withDefault(readContext, {}),
  expect: oneOf(...expectations),
})

const readMembers = record<FileMembers>({
  policy: readPolicySource,
  key: readKey,
  principals: mapOf(readCaller),
  grants: withDefault(list(readGrant), []),
  cases: list(readCase),
  accept: withDefault(list(readAccepted), []),
})

/**
 * Reads a file of cases, YAML or JSON. Throws ConfigError; `readFile` gives a file's bytes, and
 * throws when it cannot be read.
 */
export async function readCasesFile(path: string, readFile: Place['readFile']): Promise<CasesFile> {
  const value = await readYamlFile(path, readFile)
  checkIsCases(path, value)
  try {
    return await parseCases(path, value, { path: '', baseDir: dirname(path), readFile })
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(path, error.message, error.inPolicy)
    throw error
  }
}

const casesWanted = `want a map with the members policy, key, principals and cases`

/** Says what another file is that somebody may take for one of cases. */
function checkIsCases(path: string, value: unknown): void {
  if (value === null) throw new ConfigError(path, `it is empty: ${casesWanted}`)
  if (typeof value !== 'object' || Array.isArray(value)) throw new ConfigError(path, casesWanted)
  if ('Statement' in value) {
    throw new ConfigError(path, 'this is a key policy; a cases file names it, as its policy')
  }
}

/** The same of members that are in no file: `place` says where their paths are relative to. */
export async function parseCases(path: string, value: unknown, place: Place): Promise<CasesFile> {
  const { policy, key, grants, principals, cases, accept } = readMembers(value, place)
  const callers = new Map(Object.entries(principals))
  if (cases.length === 0) throw wrong(inside(place, 'cases'), 'want at least one case')
  checkNames(cases, place)
  const { document, path: policyPath, place: policyPlace } = await policy(key)
  const whole = (file: string) => resolve(place.baseDir, file)
  const ready = cases.map((one, index) => readyCases(one, index, callers, place))
  return {
    path,
    policy: document,
    policyPath: policyPath === undefined ? undefined : whole(policyPath),
    policyPlace: policyPlace && { ...policyPlace, file: whole(policyPlace.file ?? basename(path)) },
    key,
    grants,
    accept,
    principals: callers,
    cases: (await Promise.all(ready)).flat(),
  }
}

function nameOf(name: string, action: Action, { length }: readonly Action[]): string {
  return length > 1 ? `${name}: ${action.name}` : name
}

/** By what results call a case it has to be found. */
function checkNames(cases: readonly CaseMembers[], file: Place): void {
  const named = cases.flatMap(({ name, action: actions }, index) =>
    actions.map((action, at) => {
      const member = actions.length > 1 ? `action[${String(at)}]` : 'name'
      return [nameOf(name, action, actions), `cases[${String(index)}].${member}`] as const
    }),
  )
  checkDistinct(file, 'name', named)
}

/** Each action of a case is one of its own, under its name. */
async function readyCases(
  { principal, action: actions, attestation, ...rest }: CaseMembers,
  index: number,
  callers: ReadonlyMap<string, Caller>,
  file: Place,
): Promise<PolicyCase[]> {
  const place = inside(file, `cases[${index}]`)
  const caller = callers.get(principal)
  if (!caller) {
    const names = [...callers.keys()]
    const want = `want a name under principals: ${names.join(', ')}`
    throw wrong(inside(place, 'principal'), want + suggestion(principal, names))
  }
  const facts = attestation ? await attestation() : null
  return actions.map((action) => ({
    ...rest,
    name: nameOf(rest.name, action, actions),
    index,
    caller,
    action,
    attestation: facts,
  }))
}
