/**
 * Lines of cases and of statements, in the files that their authors edit: for annotations of code.
 */
import { relative, resolve } from 'node:path'
import { decidingStatement } from '../../cases/deciding-statement.ts'
import type { CasesFile } from '../../cases/file.ts'
import type { CaseResult } from '../../cases/run.ts'
import type { ConfigError } from '../../config/config-error.ts'
import { lineAt, linesOf, type Lines as LineOfPath } from '../../iam/lines.ts'
import type { TrackedFiles } from './tracked-files.ts'

export interface Position {
  /** A whole path. */
  readonly file: string
  /** 1-based. */
  readonly line: number
}

/** The same, with the file as people would name it from the current folder. */
export function shortened({ file, line }: Position): Position {
  const short = relative('', file)
  return { file: short.startsWith('..') ? file : short, line }
}

/** A text is read for its lines when somebody asks for one. */
export class Lines {
  readonly #file: CasesFile
  readonly #tracked: Pick<TrackedFiles, 'textOf'>
  readonly #known = new Map<string, LineOfPath>()

  constructor(file: CasesFile, tracked: Pick<TrackedFiles, 'textOf'>) {
    this.#file = file
    this.#tracked = tracked
  }

  /** `index` is that of the result: a case about several actions has several. */
  ofCase(index: number): Position {
    const inFile = this.#file.cases[index]?.index ?? index
    return this.#at(this.#file.path, `cases[${String(inFile)}]`)
  }

  /** A path in the policy, like `Statement[2].Action`; of a policy in a plan, its name in the cases. */
  inPolicy(path: string): Position {
    const { policyPlace } = this.#file
    if (!policyPlace) return this.#at(this.#file.path, 'policy')
    return this.#at(
      policyPlace.file,
      policyPlace.path === '' ? path : `${policyPlace.path}.${path}`,
    )
  }

  /** The statement of the key policy that decided a case; else the case. */
  deciding(result: CaseResult, index: number): Position {
    const statement = decidingStatement(result)
    if (statement === undefined || !this.#file.policyPlace) return this.ofCase(index)
    return this.inPolicy(`Statement[${String(statement)}]`)
  }

  #at(path: string, inside: string): Position {
    const file = resolve(path)
    let lines = this.#known.get(file)
    if (!lines) {
      lines = linesOf(this.#tracked.textOf(file))
      this.#known.set(file, lines)
    }
    return { file, line: lines(inside) }
  }
}

/** Where an error of a cases file is to be seen: inside a policy, if it is about one. */
export function placeOfError(
  path: string,
  { inPolicy, message }: Pick<ConfigError, 'inPolicy' | 'message'>,
  tracked: Pick<TrackedFiles, 'textOf'>,
): Position {
  if (!inPolicy) {
    const text = message.slice(`${path}: `.length)
    return { file: resolve(path), line: lineInCases(tracked.textOf(path), text) }
  }
  const file = inPolicy.file ?? resolve(path)
  return { file, line: inPolicy.line ?? lineAt(tracked.textOf(file), inPolicy.path) }
}

/** The line that an error of a cases file is about: `cases[0].expect: want …`, `… at line 3`. */
export function lineInCases(text: string, message: string): number {
  const [, line] = /^[^:]* at line (\d+)$/.exec(message) ?? []
  if (line !== undefined) return Number(line)
  // A name may have a colon: the longest path that is one is what is meant.
  return lineAt(text, message.replace(/: .*$/s, ''))
}
