/**
 * A statement as the rules look at it: its paths, and its conditions on attestation told from the
 * others, each with what a call without a document makes of it. The engine's own conditions are
 * asked, so that nothing is decided twice.
 * Source: KMS developer guide, "Condition keys for AWS Nitro Enclaves" and "… for NitroTPM".
 */
import { parseOperator, type Condition, type OperatorName } from '../condition.ts'
import type { Statement } from '../document.ts'
import type { RequestContext } from '../request.ts'
import { contextOf, nothing } from './contexts.ts'

export interface Register {
  readonly platform: 'nitro-enclave' | 'nitro-tpm'
  readonly index: number
}

export interface ConditionView {
  readonly condition: Condition
  readonly name: OperatorName
  readonly path: string
}

export interface AttestationCondition extends ConditionView {
  /** Null for a key that no document sets. */
  readonly register: Register | null
  /** Whether it holds for a call without a document. */
  readonly holdsUnattested: boolean
  /** Whether the call that gets through it has one of few values in the register. */
  readonly pins: boolean
}

export interface StatementView {
  readonly statement: Statement
  /** `Statement[2]` */
  readonly path: string
  readonly allows: boolean
  readonly attestation: readonly AttestationCondition[]
  /** On other keys. */
  readonly others: readonly ConditionView[]
  /** Whether the conditions on attestation, all of them, hold for a call without a document. */
  readonly passesUnattested: boolean
}

export function viewStatement(statement: Statement): StatementView {
  const path = `Statement[${statement.index}]`
  const allows = statement.effect === 'Allow'
  const attestation: AttestationCondition[] = []
  const others: ConditionView[] = []
  for (const condition of statement.conditions) {
    const name = parseOperator(condition.operator)
    if (!name) continue
    const view = {
      condition,
      name,
      path: `${path}.Condition.${condition.operator}.${condition.key}`,
    }
    if (isAttestation(condition.lowerCaseKey)) attestation.push(viewAttestation(view, allows))
    else others.push(view)
  }
  const passesUnattested = attestation.every(({ holdsUnattested }) => holdsUnattested)
  return { statement, path, allows, attestation, others, passesUnattested }
}

/** Misspelt ones too: they are meant to ask for a document. */
function isAttestation(lowerCaseKey: string): boolean {
  return lowerCaseKey.startsWith('kms:recipientattestation')
}

function viewAttestation(view: ConditionView, allows: boolean): AttestationCondition {
  return {
    ...view,
    register: registerOf(view.condition.lowerCaseKey),
    holdsUnattested: view.condition.holds(nothing),
    pins: pins(view, allows),
  }
}

/** Two measurements that no policy names. */
const samples = ['5a'.repeat(48), 'c3'.repeat(48)]

/** An Allow pins what it wants equal, a Deny what it wants not to differ. */
function pins({ condition, name }: ConditionView, allows: boolean): boolean {
  if (name.operator.name === 'Null' || name.operator.negated === allows) return false
  const meets = samples.map((sample) => condition.holds(measured(condition, sample)))
  return allows ? meets.includes(false) : meets.includes(true)
}

function measured({ lowerCaseKey }: Condition, value: string): RequestContext {
  return contextOf((key) => (key === lowerCaseKey ? value : undefined))
}

const registerForm = /^kms:recipientattestation:(?:(imagesha384)|(nitrotpm)?pcr(0|[1-9]\d?))$/

function registerOf(lowerCaseKey: string): Register | null {
  const match = registerForm.exec(lowerCaseKey)
  if (!match) return null
  const [, image, tpm, digits] = match
  // ImageSha384 is PCR0 by another name.
  const index = image === undefined ? Number(digits) : 0
  if (index >= (tpm === undefined ? 32 : 24)) return null
  return { platform: tpm === undefined ? 'nitro-enclave' : 'nitro-tpm', index }
}

/** The path of one of a list's items; of the member itself where it has no other. */
export function itemPath(path: string, items: readonly unknown[], index: number): string {
  return items.length > 1 ? `${path}[${index}]` : path
}

export function actionPath({ statement, path }: StatementView, index: number): string {
  const { action } = statement
  const element = action?.negated ? 'NotAction' : 'Action'
  return itemPath(`${path}.${element}`, action?.negated ? [] : (action?.expected ?? []), index)
}

/** The path of the first of the statement's actions that is this one. */
export function pathOfAction(view: StatementView, lowerCaseAction: string): string {
  const index = view.statement.action?.named(lowerCaseAction).indexOf(true) ?? -1
  return actionPath(view, Math.max(index, 0))
}

export function principalPath({ statement, path }: StatementView, index: number): string {
  const { principal } = statement
  const place = principal?.places[index] ?? ''
  const isAlone = place.endsWith('[0]') && !principal?.places.includes(place.replace('[0]', '[1]'))
  const element = principal?.negated ? 'NotPrincipal' : 'Principal'
  return `${path}.${element}${isAlone ? place.slice(0, -'[0]'.length) : place}`
}
