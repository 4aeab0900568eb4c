/**
 * A decision as a tree for people: what was decided, every policy with its statements and their
 * elements, then the hints and the nearest miss. No line is wider than 100 columns, and nothing from
 * a policy or a request reaches the terminal but as text.
 */
import type { ElementExplanation, StatementExplanation } from '../../iam/explain.ts'
import type { NeededChange } from '../../iam/nearest-miss.ts'
import type { ContextValue } from '../../iam/request.ts'
import { shortened } from '../../iam/shortened.ts'
import type { Decision } from '../../kms/decision.ts'
import type { Style } from './style.ts'
import { columnsOf, wrapped } from './wrap.ts'

const width = 100

/** Ours: of a longer list of values, so many are printed; `--json` has all. */
const maxValues = 4

type Evaluation = Decision['evaluations'][number]
type Paint = (text: string) => string

const policyTitles: Readonly<Record<Evaluation['policyType'], string>> = {
  SERVICE_CONTROL_POLICY: 'Service control policy',
  RESOURCE_CONTROL_POLICY: 'Resource control policy',
  RESOURCE_BASED_POLICY: 'Key policy',
  IDENTITY_BASED_POLICY: 'Identity policy',
  PERMISSIONS_BOUNDARY: 'Permissions boundary',
  SESSION_POLICY: 'Session policy',
  VPC_ENDPOINT_POLICY: 'VPC endpoint policy',
  GRANT: 'Grant',
}

export interface Assumptions {
  /** Whether the account of the key is a guess. */
  readonly isKeyAssumed?: boolean
}

/** Lines without an end. */
export function decisionTree(
  decision: Decision,
  style: Style,
  { isKeyAssumed = false }: Assumptions = {},
): string[] {
  const printer = new Printer(style)
  printer.head(decision, isKeyAssumed ? ' (assumed: --key says which)' : '')
  const near = decision.nearestMiss?.changes ?? []
  for (const evaluation of decision.evaluations) printer.evaluation(evaluation, near)
  printer.notes('Hints', decision.hints, '•')
  printer.notes(
    'Nearest miss: what would have allowed it',
    near.map(({ text }) => text),
    '→',
  )
  return printer.lines
}

/** The part of a line that stands before its text; `rest` before the lines that continue it. */
interface Lead {
  readonly first: string
  readonly rest: string
}

class Printer {
  readonly lines: string[] = []
  readonly #style: Style

  constructor(style: Style) {
    this.#style = style
  }

  head(decision: Decision, resourceNote: string): void {
    const { effect, action, principal, resource, attestation, message } = decision
    const { good, bad, strong, faint } = this.#style
    const isAllowed = effect === 'ALLOW'
    const verdict = isAllowed ? '✓ ALLOW' : `✗ ${effect.replace('_', ' ')}`
    const paint: Paint = (text) => strong(isAllowed ? good(text) : bad(text))
    this.#put(
      { first: `${verdict}  `, rest: ' '.repeat(verdict.length + 2) },
      action,
      strong,
      paint,
    )
    this.#fact('principal', principal)
    this.#fact('resource', `${resource}${resourceNote}`)
    this.#fact('document', attestation === null ? 'none' : documentText(attestation))
    if (message !== '') this.#put(indent(2), message, faint)
  }

  evaluation({ policyType, policy, statements }: Evaluation, near: readonly NeededChange[]): void {
    const { strong } = this.#style
    this.lines.push('')
    this.#put(indent(0), `${policyTitles[policyType]} ${policy}`, strong)
    if (statements.length === 0) this.#put({ first: '└─ ', rest: '   ' }, 'no statements')
    const placed = statements.map((statement) => {
      const isNear = near.some((change) => isOf(change, policyType, policy, statement))
      return { statement, isNear, distance: distanceOf(statement, isNear) }
    })
    placed.sort((one, other) => one.distance - other.distance)
    for (const [index, { statement, isNear }] of placed.entries()) {
      this.#statement(policyType, statement, { isNear, isLast: index === placed.length - 1 })
    }
  }

  notes(title: string, notes: readonly string[], mark: string): void {
    if (notes.length === 0) return
    const { near, strong } = this.#style
    this.lines.push('')
    this.#put(indent(0), title, strong)
    for (const note of notes)
      this.#put({ first: `  ${mark} `, rest: '    ' }, note, undefined, near)
  }

  #statement(
    policyType: Evaluation['policyType'],
    { sid, index, effect, applies, elements }: StatementExplanation,
    { isNear, isLast }: { readonly isNear: boolean; readonly isLast: boolean },
  ): void {
    const { good, bad, near, faint, strong } = this.#style
    const guide = isLast ? '   ' : '│  '
    const name = policyType === 'GRANT' ? '' : ` ${nameOf(sid, index)}`
    const state = applies ? 'applies' : 'does not apply'
    const mark = isNear ? ' ← nearest' : ''
    const paint: Paint = (text) => {
      if (applies) return strong(effect === 'Allow' ? good(text) : bad(text))
      return isNear ? near(text) : text
    }
    const lead = { first: isLast ? '└─ ' : '├─ ', rest: `${guide}  ` }
    this.#put(lead, `${effect}${name}: ${state}${mark}`, paint, faint)
    const label = Math.max(...elements.map(({ element }) => element.length))
    for (const element of elements) this.#element(`${guide}  `, element, label)
  }

  #element(guide: string, element: ElementExplanation, label: number): void {
    const { good, bad, faint } = this.#style
    const { matched, operator, key, expected, actual } = element
    const mark = matched ? '✓' : '✗'
    const title = `${mark} ${element.element.padEnd(label)}  `
    const rest = guide + ' '.repeat(title.length)
    const lead = { first: guide + title, rest }
    const paintLead: Paint = (text) => {
      const at = text.indexOf(mark)
      if (at < 0) return faint(text)
      return faint(text.slice(0, at)) + (matched ? good : bad)(text.slice(at))
    }
    const values = valuesText(expected)
    const what = operator === null ? values : `${operator} ${String(key)}`
    this.#put(lead, what, undefined, paintLead)
    const found = foundText(actual)
    if (operator !== null && !(matched && values === found)) this.#detail(rest, 'wants  ', values)
    if (operator !== null || !matched) this.#detail(rest, 'has    ', found)
  }

  #detail(guide: string, label: string, text: string): void {
    const { faint } = this.#style
    const lead = { first: guide + label, rest: guide + ' '.repeat(label.length) }
    this.#put(lead, text, undefined, faint)
  }

  #fact(name: string, text: string): void {
    const { faint } = this.#style
    const first = `  ${name.padEnd(11)}`
    this.#put({ first, rest: ' '.repeat(first.length) }, text, undefined, faint)
  }

  #put({ first, rest }: Lead, text: string, paint: Paint = same, paintLead: Paint = same): void {
    const room = width - Math.max(columnsOf(first), columnsOf(rest))
    for (const [index, line] of wrapped(text, room).entries()) {
      const lead = index === 0 ? first : rest
      this.lines.push(line === '' ? paintLead(lead.trimEnd()) : paintLead(lead) + paint(line))
    }
  }
}

const same: Paint = (text) => text

function indent(columns: number): Lead {
  const lead = ' '.repeat(columns)
  return { first: lead, rest: lead }
}

function isOf(
  change: NeededChange,
  policyType: Evaluation['policyType'],
  policy: string,
  { index }: StatementExplanation,
): boolean {
  return change.policyType === policyType && change.policy === policy && change.index === index
}

/** What applies comes first, then what would have been nearest, then what fails in the least. */
function distanceOf({ applies, elements }: StatementExplanation, isNear: boolean): number {
  if (applies) return 0
  return isNear ? 0.5 : elements.filter(({ matched }) => !matched).length
}

function nameOf(sid: string | null, index: number): string {
  return sid === null || sid === '' ? `statement ${String(index)}` : sid
}

function valuesText(values: readonly string[]): string {
  if (values.length === 0) return 'nothing'
  const shown = values.slice(0, values.length > maxValues + 1 ? maxValues : values.length)
  const rest = values.length - shown.length
  const text = shown.map(shortened).join(', ')
  return rest > 0 ? `${text} and ${String(rest)} more` : text
}

function foundText(actual: ContextValue | null): string {
  if (actual === null) return 'nothing'
  return typeof actual === 'string' ? shortened(actual) : valuesText(actual)
}

function documentText({ platform, pcrs, debug }: NonNullable<Decision['attestation']>): string {
  const kind = platform === 'nitro-tpm' ? 'NitroTPM' : 'Nitro enclave'
  const registers = Object.entries(pcrs)
    .filter(([, value]) => debug || !/^0*$/.test(value))
    .map(([index, value]) => `PCR${index} ${shortened(value)}`)
  return [kind, ...(debug ? ['debug mode'] : []), ...registers].join(', ')
}
