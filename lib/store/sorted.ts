/**
 * A map whose listing is in the order of its names, in pages: a name is put in its place, and
 * nothing is sorted again when one of many thousands comes or goes.
 */
import type { Page } from './store.ts'

export class Sorted<T extends object> {
  readonly #byName = new Map<string, T>()
  readonly #names: string[] = []
  #all: readonly T[] | undefined

  get(name: string): T | undefined {
    return this.#byName.get(name)
  }

  set(name: string, value: T): void {
    if (!this.#byName.has(name)) this.#names.splice(firstAfter(this.#names, name), 0, name)
    this.#all = undefined
    this.#byName.set(name, value)
  }

  delete(name: string): void {
    if (!this.#byName.delete(name)) return
    this.#names.splice(firstAfter(this.#names, name) - 1, 1)
    this.#all = undefined
  }

  /** One list until something changes: decisions keep it, and there may be 50,000 grants in it. */
  all(): readonly T[] {
    return (this.#all ??= this.page({ limit: Infinity }))
  }

  page({ after, limit }: Page): T[] {
    const start = after === undefined ? 0 : firstAfter(this.#names, after)
    return this.#names.slice(start, start + limit).flatMap((name) => this.#byName.get(name) ?? [])
  }
}

/** The index of the first name after `name`, which need not be in the list. */
function firstAfter(names: readonly string[], name: string): number {
  let low = 0
  let high = names.length
  while (low < high) {
    const middle = (low + high) >> 1
    const isAfter = (names[middle] ?? '') > name
    if (isAfter) high = middle
    else low = middle + 1
  }
  return low
}
