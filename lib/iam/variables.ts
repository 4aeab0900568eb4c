/**
 * Policy variables: `${key}`, `${key, 'default'}`, and `${*}`, `${?}`, `${$}` for the characters
 * themselves. Only the language of 2012-10-17 has them; before it they are plain text.
 * Source: IAM user guide, "IAM policy elements: Variables and tags".
 */
import type { RequestContext } from './request.ts'
import { literalTokens, wildcardTokens, type Part, type Token } from './tokens.ts'

export type LanguageVersion = '2008-10-17' | '2012-10-17'

export interface Reference {
  readonly lowerCaseKey: string
  /** What stands in where the request has no such key. */
  readonly fallback: string | undefined
}

/** A text of a policy: its tokens, with the places where the request's values go. */
export type Template = readonly (Token | Reference)[]

/** What may stand between the braces: no spaces but the one after the comma of a default. */
const referenceForm = /^([^\s,'{}]+)(?:, '([^']*)')?$/

/** Reads a text; null when a variable in it is malformed. */
export function parseTemplate(
  text: string,
  { version, wildcards }: { version: LanguageVersion; wildcards: boolean },
): Template | null {
  const tokensOf = wildcards ? wildcardTokens : literalTokens
  if (version === '2008-10-17') return tokensOf(text)
  const template: (Token | Reference)[] = []
  let at = 0
  for (;;) {
    const start = text.indexOf('${', at)
    append(template, tokensOf(text.slice(at, start < 0 ? undefined : start)))
    if (start < 0) return template
    const end = text.indexOf('}', start)
    if (end < 0) return null
    const inside = text.slice(start + 2, end)
    if (inside === '*' || inside === '?' || inside === '$') {
      append(template, literalTokens(inside))
    } else {
      const [, key, fallback] = referenceForm.exec(inside) ?? []
      if (!key) return null
      template.push({ lowerCaseKey: key.toLowerCase(), fallback })
    }
    at = end + 1
  }
}

/** The template's tokens where it has no variable, else null. */
export function fixedTokens(template: Template): readonly Token[] | null {
  return template.every((part) => typeof part === 'number') ? template : null
}

/** The variables of a template, in their order. */
export function referencesOf(template: Template): readonly Reference[] {
  return template.filter((part) => typeof part !== 'number')
}

/**
 * The text with every variable's value, taken literally; null when one has no value. Values beyond
 * `most` characters are left out: what has more of them matches no text of that length anyway, and
 * a policy can name a request's longest value a thousand times.
 */
export function resolveTemplate(
  template: Template,
  context: RequestContext,
  most: number,
): Part[] | null {
  const parts: Part[] = []
  let characters = 0
  for (const part of template) {
    if (typeof part === 'number') {
      parts.push(part)
      continue
    }
    // Only a single-valued key has a value that can be put into a text.
    const value = context.get(part.lowerCaseKey) ?? part.fallback
    if (typeof value !== 'string') return null
    if (characters > most) continue
    characters += value.length
    if (value !== '') parts.push(value)
  }
  return parts
}

/** Adds one by one: a spread of a long list could be more arguments than a call may have. */
function append(list: (Token | Reference)[], tokens: readonly Token[]): void {
  for (const token of tokens) list.push(token)
}
