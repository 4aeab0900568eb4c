/**
 * The refusal of a policy document that AWS would not store: where in the document, and why.
 */

/** `path` is empty for the document as a whole, else like `Statement[0].Condition.Bool`. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError'
  readonly path: string

  constructor(path: string, message: string) {
    super(message)
    this.path = path
  }
}
