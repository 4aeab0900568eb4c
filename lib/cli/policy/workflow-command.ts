/**
 * A workflow command of GitHub's runners: a line on stdout that annotates a line of a file.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
import { isAbsolute, relative, resolve, sep } from 'node:path'
import type { Position } from './positions.ts'
import { visible } from './wrap.ts'

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice'
  readonly at: Position
  readonly title: string
  /** Lines of their own where there are several. */
  readonly message: string | readonly string[]
}

/** The folder that GitHub names files from; the current one where no runner runs this. */
export function repositoryFolder(): string {
  const { GITHUB_WORKSPACE: workspace = '' } = process.env
  return workspace === '' ? process.cwd() : workspace
}

/** `repository` is the folder that files are named from. */
export function workflowCommand(
  { level, at, title, message }: Annotation,
  repository: string,
): string {
  const properties = Object.entries({
    file: visible(inRepository(resolve(at.file), repository)),
    line: at.line,
    title: visible(title),
  })
    .map(([name, value]) => `${name}=${property(String(value))}`)
    .join(',')
  return `::${level} ${properties}::${data([message].flat().map(visible).join('\n'))}`
}

/** As GitHub names files: from the root of the repository, with slashes. */
function inRepository(file: string, repository: string): string {
  const path = relative(repository, file)
  return path.startsWith('..') || isAbsolute(path) ? file : path.replaceAll(sep, '/')
}

/** What @actions/core writes: percent-encoded, where it would end the message. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

/** In a property, also where it would end the property. */
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
