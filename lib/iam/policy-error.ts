/**
 * The refusal of a policy document that AWS would not store: where in the document, and why.
 */

/** AWS's own text. */
export const invalidPrincipals = 'Policy contains a statement with one or more invalid principals.'

/** `path` is empty for the document as a whole, else like `Statement[0].Condition.Bool`. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError'
  readonly path: string
  /** What is wrong, where the message does not name the culprit; else the message. */
  readonly detail: string
  /** In the text, 1-based, where its reader knows it; a path says it, too. */
  readonly line: number | undefined

  constructor(path: string, message: string, detail = message, line?: number) {
    super(message)
    this.path = path
    this.detail = detail
    this.line = line
  }
}
