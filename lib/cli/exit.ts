/** The end of a command that did not go well: one line for people, and an exit code for scripts. */
export class Exit extends Error {
  override readonly name = 'Exit'
  readonly code: number

  constructor(code: number, message = '') {
    super(message)
    this.code = code
  }
}
