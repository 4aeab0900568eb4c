/** The reporters of `policy test`, one row each. */
import { github } from './github.ts'
import { json } from './json.ts'
import { junit } from './junit.ts'
import type { Report } from './report.ts'
import { spec } from './spec.ts'
import { tap } from './tap.ts'

export const reporters = { spec, tap, junit, json, github } satisfies Readonly<
  Record<string, Report>
>

export type ReporterName = keyof typeof reporters
