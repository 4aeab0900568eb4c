/** A number of a YAML text that would not stay as it is written, where not all of the text is used. */
export class ChangedNumber {
  /** As it is written. */
  readonly source: string

  constructor(source: string) {
    this.source = source
  }
}

export const changedNumber = 'a number that would not stay as it is written: put it in quotes'
