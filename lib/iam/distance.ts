/** The edit distance of two names: refusals and lint find with it what a misspelt one means. */

/** Levenshtein's distance; lengths that differ too much are not compared. */
export function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 3) return Infinity
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1
      current.push(
        Math.min(
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (previous[column - 1] ?? 0) + same,
        ),
      )
    }
    previous = current
  }
  return previous[b.length] ?? Infinity
}
