/**
 * What a run found, as text. A ratio is taken within each round, between things measured seconds
 * apart, so that what else the machine does hits both; what counts is the median of the rounds.
 */

/** One thing that was measured: numbers of each round. NaN stands for what is not known. */
export interface Found {
  readonly name: string
  readonly rounds: readonly number[]
  /** Processor time for one answer, in microseconds. */
  readonly cpuMicros?: readonly number[]
  /** The share of a core that the load generator used, from 0 to 1. */
  readonly generatorBusy?: readonly number[]
}

/** How one thing does beside another, and how it should. */
export interface Comparison {
  readonly of: string
  readonly to: string
  readonly target?: { readonly atLeast: number } | { readonly below: number }
}

export interface Ratio extends Comparison {
  readonly value: number
  /** The same by processor time: no other work of the machine shows in it. */
  readonly byCpu: number
  readonly isMissed: boolean
}

/** Comparisons with something that was not measured are left out. */
export function ratiosOf(comparisons: readonly Comparison[], found: readonly Found[]): Ratio[] {
  const byName = new Map(found.map((one) => [one.name, one]))
  return comparisons.flatMap((comparison) => {
    const of = byName.get(comparison.of)
    const to = byName.get(comparison.to)
    if (!of || !to) return []
    const value = medianRatio(of.rounds, to.rounds)
    // Half the time is twice the rate.
    const byCpu = medianRatio(to.cpuMicros ?? [], of.cpuMicros ?? [])
    return { ...comparison, value, byCpu, isMissed: !meets(value, comparison.target) }
  })
}

function medianRatio(of: readonly number[], to: readonly number[]): number {
  return median(of.map((value, round) => value / (to[round] ?? NaN)))
}

/** The middle one; of an even number the mean of the two in the middle. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2
}

/** A value that is not a number meets no target. */
function meets(value: number, target: Comparison['target']): boolean {
  if (target === undefined) return true
  return 'atLeast' in target ? value >= target.atLeast : value < target.below
}

export function listRates(found: readonly Found[]): string {
  const rows = found.map(({ name, rounds, cpuMicros = [], generatorBusy = [] }) => [
    name,
    ...spread(rounds, 0),
    shown(median(cpuMicros), 0),
    shown(median(generatorBusy) * 100, 0),
  ])
  const head = ['per second', 'median', 'lowest', 'highest', 'CPU µs each', 'generator %']
  return table([head, ...rows])
}

export function listStarts(found: readonly Found[]): string {
  return listTimes('milliseconds to start', found, 1)
}

export function listDecisions(found: readonly Found[]): string {
  return listTimes('milliseconds to decide', found, 3)
}

function listTimes(what: string, found: readonly Found[], digits: number): string {
  const rows = found.map(({ name, rounds }) => [name, ...spread(rounds, digits)])
  return table([[what, 'median', 'lowest', 'highest'], ...rows])
}

export function listRatios(ratios: readonly Ratio[]): string {
  const rows = ratios.map(({ of, to, value, byCpu, target, isMissed }) => [
    `${of} / ${to}`,
    shown(value, 2),
    shown(byCpu, 2),
    ...(target === undefined ? [] : [wanted(target), isMissed ? 'missed' : 'met']),
  ])
  return table([['ratio', 'median', 'by CPU', 'target'], ...rows])
}

function spread(rounds: readonly number[], digits: number): string[] {
  return [median(rounds), Math.min(...rounds), Math.max(...rounds)].map((n) => shown(n, digits))
}

function shown(value: number, digits: number): string {
  if (Number.isNaN(value)) return '-'
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}

function wanted(target: NonNullable<Comparison['target']>): string {
  return 'atLeast' in target ? `>= ${shown(target.atLeast, 2)}` : `< ${shown(target.below, 2)}`
}

/** Columns as wide as their widest cell: the first to the left, the others to the right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)))
  }
  const lines = rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}
