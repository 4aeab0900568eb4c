/** A cache of promises for the values used last: bounded, and a failure is not kept. */
export class Recent<Value> {
  private readonly entries = new Map<string, Promise<Value>>()
  private readonly limit: number

  /** @param limit how many values are kept; the one used longest ago goes first */
  constructor(limit: number) {
    this.limit = limit
  }

  /** The value of a name, made at most once while it is kept. */
  get(name: string, make: () => Promise<Value>): Promise<Value> {
    const value = this.entries.get(name) ?? this.make(name, make)
    // A Map iterates in the order of insertion: the oldest use is first.
    this.entries.delete(name)
    this.entries.set(name, value)
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.limit) break
      this.entries.delete(oldest)
    }
    return value
  }

  private make(name: string, make: () => Promise<Value>): Promise<Value> {
    const value = make()
    value.catch(() => {
      if (this.entries.get(name) === value) this.entries.delete(name)
    })
    return value
  }
}
