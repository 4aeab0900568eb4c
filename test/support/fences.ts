/** The fenced blocks of a page: what readers copy from it, and what it says comes back. */

export interface Fence {
  /** What stands behind the backticks; empty for nothing. */
  readonly language: string
  readonly text: string
  /** The block of `text` that follows as the next one: the output. */
  readonly output: string | undefined
}

export function fencesOf(page: string): Fence[] {
  const found = [...page.matchAll(/^```(\w*)\n([^]*?)^```$/gm)]
  return found.map(([, language = '', text = ''], index) => {
    const [, next, output] = found[index + 1] ?? []
    return { language, text, output: next === 'text' ? output : undefined }
  })
}
