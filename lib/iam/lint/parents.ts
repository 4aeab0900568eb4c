/**
 * Whom a statement is for in particular, to tell the parents, who need a document to decrypt, from a
 * separate administrator. A statement for an account, or for everyone, is for those whom its conditions
 * single out; without such conditions it is for callers whom nothing in the policy names.
 */
import { isSameCaller, isTypical, judgeCaller, type CallerView } from './callers.ts'
import { patternsOf, type Reach } from './reach.ts'
import type { StatementView } from './statement-view.ts'

type Pattern = ReturnType<typeof patternsOf>[number]

/** Whom the policy asks for a document to decrypt. */
export function parentsOf(reach: Reach): CallerView[] {
  const gated = reach.allows.filter(
    (view) =>
      reach.gate(view, 'kms:decrypt') !== null &&
      reach.opennessOfAny(view, 'kms:decrypt') === 'closed',
  )
  return gated.flatMap((view) =>
    patternsOf(view).flatMap((pattern) =>
      meantBy(view, pattern, reach.attested(view, 'kms:decrypt', pattern)),
    ),
  )
}

/** Whether the pattern lets one of the parents act without a document. */
export function isForParent(
  reach: Reach,
  view: StatementView,
  {
    action,
    pattern,
    parents,
  }: { action: string; pattern: Pattern; parents: readonly CallerView[] },
): boolean {
  const passers = reach.passers(view, action, pattern)
  const meant =
    // In the key's account a `*` needs no policy of the caller's: it is for each of them.
    pattern.kind === 'everyone'
      ? passers.filter((caller) => !isIdentified(view, caller))
      : meantBy(view, pattern, passers)
  return meant.some((caller) => parents.some((parent) => isSameCaller(parent, caller)))
}

/** Of those whom the pattern lets pass, the ones that it is about. */
function meantBy(
  view: StatementView,
  { kind }: Pattern,
  callers: readonly CallerView[],
): readonly CallerView[] {
  if (kind !== 'account' && kind !== 'everyone') return callers
  const typical = callers.filter(isTypical)
  return typical.length > 0 ? typical : callers.filter((caller) => !isIdentified(view, caller))
}

/** What says who calls, and is not known of a caller here: it may well be an administrator's. */
const identities = /^aws:(?:principaltag\/.*|userid|sourceidentity|multifactorauth(?:age|present))$/

function isIdentified({ others }: StatementView, caller: CallerView): boolean {
  return others.some(
    ({ condition }) =>
      identities.test(condition.lowerCaseKey) && judgeCaller(condition, caller) === undefined,
  )
}
