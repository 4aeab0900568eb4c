/**
 * One case of a cases file: who asks for what, with which document and by which way, and what should
 * become of it. Refuses a principal or a VPC endpoint that the file does not have, what AWS never has
 * together, and two cases that results would call the same.
 */
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
import { closestKey, isKnownKey } from '../iam/condition-keys.ts'
import type { ContextValue } from '../iam/request.ts'
import type { Caller } from '../kms/callers.ts'
import type { VpcEndpoint } from '../kms/context/facts.ts'
import { readAction, type Action } from './actions.ts'
import { readAttestation, type CaseAttestation } from './attestation.ts'

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
  /** By which the request comes; undefined where it comes by none. */
  readonly vpcEndpoint: VpcEndpoint | undefined
  /** Condition keys in place of those that the request would have. */
  readonly context: StatedContext
  readonly expect: Expectation
}

/** As it is written: principal and endpoint are names of the file's, the actions are one case each. */
export interface WrittenCase extends Omit<
  PolicyCase,
  'index' | 'action' | 'caller' | 'attestation' | 'vpcEndpoint'
> {
  readonly principal: string
  readonly action: readonly Action[]
  readonly attestation: (() => Promise<CaseAttestation>) | undefined
  readonly vpcEndpoint: string | undefined
}

/** What the names of a case stand for. */
export interface CaseNames {
  readonly principals: ReadonlyMap<string, Caller>
  /** By their ids. */
  readonly vpcEndpoints: ReadonlyMap<string, VpcEndpoint>
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

export const readCase = record<WrittenCase>({
  name: text('a text that is not empty', /\S/),
  principal: text('a text: a name under principals'),
  action: readActions,
  encryptionContext: optional(mapOf(text())),
  attestation: optional(readAttestation),
  vpcEndpoint: optional(text('a text: the id of an endpoint under vpcEndpoints')),
  context: withDefault(readContext, {}),
  expect: oneOf(...expectations),
})

/** Every case for itself, in order. Throws ConfigError; `place` is the file's. */
export async function readyCases(
  cases: readonly WrittenCase[],
  names: CaseNames,
  place: Place,
): Promise<PolicyCase[]> {
  checkNames(cases, place)
  const ready = cases.map((one, index) =>
    readyCase(one, index, names, inside(place, `cases[${index}]`)),
  )
  return (await Promise.all(ready)).flat()
}

function nameOf(name: string, action: Action, { length }: readonly Action[]): string {
  return length > 1 ? `${name}: ${action.name}` : name
}

/** By what results call a case it has to be found. */
function checkNames(cases: readonly WrittenCase[], file: Place): void {
  const named = cases.flatMap(({ name, action: actions }, index) =>
    actions.map((action, at) => {
      const member = actions.length > 1 ? `action[${String(at)}]` : 'name'
      return [nameOf(name, action, actions), `cases[${String(index)}].${member}`] as const
    }),
  )
  checkDistinct(file, 'name', named)
}

/** Each action of a case is one of its own, under its name. */
async function readyCase(
  { principal, action: actions, attestation, vpcEndpoint, ...rest }: WrittenCase,
  index: number,
  names: CaseNames,
  place: Place,
): Promise<PolicyCase[]> {
  const caller = lookUp(
    principal,
    names.principals,
    'a name under principals',
    inside(place, 'principal'),
  )
  const endpoint = endpointOf(vpcEndpoint, caller, names, inside(place, 'vpcEndpoint'))
  const facts = attestation ? await attestation() : null
  return actions.map((action) => ({
    ...rest,
    name: nameOf(rest.name, action, actions),
    index,
    caller,
    action,
    attestation: facts,
    vpcEndpoint: endpoint,
  }))
}

/** As a server refuses it of its own header: lib/http/origin.ts. */
function endpointOf(
  id: string | undefined,
  { principal }: Caller,
  { vpcEndpoints }: CaseNames,
  place: Place,
): VpcEndpoint | undefined {
  if (id === undefined) return undefined
  if (principal.type === 'Service') {
    throw wrong(place, 'what an AWS service calls comes through no endpoint')
  }
  return lookUp(id, vpcEndpoints, 'an id under vpcEndpoints', place)
}

function lookUp<T>(name: string, known: ReadonlyMap<string, T>, want: string, place: Place): T {
  const found = known.get(name)
  if (found) return found
  const names = [...known.keys()]
  const listed = names.length > 0 ? names.join(', ') : 'there is none'
  throw wrong(place, `want ${want}: ${listed}${suggestion(name, names)}`)
}
