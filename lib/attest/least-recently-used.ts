/** A cache that holds so many values and no more: the one that was used longest ago goes first. */
export class LeastRecentlyUsed<Value> {
  readonly #values = new Map<string, Value>()
  readonly #limit: number

  /** @param limit how many values are kept, 1 or more */
  constructor(limit: number) {
    this.#limit = limit
  }

  get(name: string): Value | undefined {
    const value = this.#values.get(name)
    // A Map iterates in the order of insertion: what is used goes to the end.
    if (value !== undefined) this.set(name, value)
    return value
  }

  set(name: string, value: Value): void {
    this.#values.delete(name)
    this.#values.set(name, value)
    if (this.#values.size <= this.#limit) return
    for (const oldest of this.#values.keys()) {
      this.#values.delete(oldest)
      return
    }
  }
}
