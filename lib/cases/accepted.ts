/**
 * Findings of `policy lint` that the author of a policy means, each with the reason: they stand under
 * `accept` in its cases file, outside of the policy. Refuses a rule that does not exist, and says which
 * of them accept nothing any more.
 */
import { oneOf, optional, record, text } from '../config/read.ts'
import { rules, type Finding } from '../iam/lint/index.ts'

export interface Accepted {
  /** The id of a rule. */
  readonly rule: string
  /** The Sid of the only statement that it is about; undefined for all of them. */
  readonly statement: string | undefined
  readonly reason: string
}

export const readAccepted = record<Accepted>({
  rule: oneOf(...rules.map(({ id }) => id)),
  statement: optional(text('a text: the Sid of a statement', /\S/)),
  reason: text('a text: why it is meant', /\S/),
})

export interface Judged extends Finding {
  /** The reason, where the finding is meant: a note then, whatever its rule says. */
  readonly accepted?: string
}

/** What the policy's statements are called, by their index. */
type Sids = readonly { readonly sid: string | null }[]

/** The findings with what is said of them, and the indexes of what accepts none of them. */
export function judgeFindings(
  findings: readonly Finding[],
  accept: readonly Accepted[],
  statements: Sids,
): { readonly findings: readonly Judged[]; readonly unused: readonly number[] } {
  const used = new Set<Accepted>()
  const judged = findings.map((finding): Judged => {
    const accepted = accept.find((one) => isAbout(one, finding, statements))
    if (!accepted) return finding
    used.add(accepted)
    return { ...finding, severity: 'note', accepted: accepted.reason }
  })
  const unused = accept.flatMap((one, index) => (used.has(one) ? [] : [index]))
  return { findings: judged, unused }
}

function isAbout({ rule, statement }: Accepted, finding: Finding, statements: Sids): boolean {
  if (rule !== finding.rule) return false
  if (statement === undefined) return true
  const [, index] = /^Statement\[(\d+)\]/.exec(finding.path) ?? []
  return index !== undefined && statements[Number(index)]?.sid === statement
}

/** What is said of an entry of `accept` that is about nothing: like a rule's row. */
export const unusedAcceptance = {
  id: 'unused-acceptance',
  severity: 'warning',
  about: 'The cases file accepts a finding that is not there: the policy or the rule has changed.',
  fix: 'take the entry out of accept, so that it hides nothing later',
} as const
