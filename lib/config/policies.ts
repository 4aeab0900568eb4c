/**
 * Policies in a config: each is the path of a file or the document itself. Refuses what the policy
 * language does not have, and what AWS does not store of its kind, with the path inside the document.
 */
import { basename, resolve } from 'node:path'
import type { AttachedPolicy } from '../iam/authorize.ts'
import { parsePolicy, PolicyError, type PolicyDocument, type PolicyKind } from '../iam/document.ts'
import { checkResourceControl } from '../iam/resource-control.ts'
import { ConfigError } from './config-error.ts'
import { readTextFile } from './files.ts'
import { wants, wrong, type Place, type Read } from './read.ts'

interface Written {
  readonly text: string
  /** The file's path, where there is one. */
  readonly path?: string | undefined
}

/** A JSON document: a path, the JSON text, or the document as the config's own maps and lists. */
export function readDocument(value: unknown, place: Place): Written {
  if (typeof value === 'string') {
    if (value.trimStart().startsWith('{')) return { text: value }
    return { text: readTextFile(value, place), path: value }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wants(place, 'a path or a document', value)
  }
  try {
    return { text: JSON.stringify(value) }
  } catch {
    throw wrong(place, 'the document contains itself')
  }
}

/** The policy that is in a text of nobody's file. Throws ConfigError under the place. */
export function policyOfText(text: string, kind: PolicyKind, place: Place): PolicyDocument {
  return documentOf({ text }, kind, place)
}

function documentOf(written: Written, kind: PolicyKind, place: Place): PolicyDocument {
  try {
    const document = parsePolicy(written.text, kind)
    if (kind === 'resourceControl') checkResourceControl(document)
    return document
  } catch (error) {
    if (error instanceof PolicyError) throw refusalOf(error, written.path, place)
    throw error
  }
}

function refusalOf(error: PolicyError, file: string | undefined, place: Place): ConfigError {
  const { path, detail, line } = error
  const isLineSaid = line === undefined || detail.includes(' at line ')
  const text =
    file === undefined
      ? // Nobody wrote these lines: they are of a document that was printed again.
        detail.replace(/,? at line \d+, column \d+$/, '')
      : `${detail}${isLineSaid ? '' : `, at line ${String(line)}`}`
  const said = path === '' || text.startsWith(path) ? text : `${path}: ${text}`
  const inPolicy =
    file === undefined
      ? { file: undefined, path: `${place.path}.${path}`, line: undefined }
      : { file: resolve(place.baseDir, file), path, line }
  return new ConfigError(place.path, said, inPolicy)
}

/** A policy, with the path of its file as it was given, where it has one. */
export interface WrittenPolicy {
  readonly document: PolicyDocument
  readonly path: string | undefined
}

export function writtenPolicy(kind: PolicyKind): Read<WrittenPolicy> {
  return (value, place) => {
    const written = readDocument(value, place)
    return { document: documentOf(written, kind, place), path: written.path }
  }
}

/** A policy that is attached to a principal or an organization. */
export function attachedPolicy(kind: PolicyKind): Read<AttachedPolicy> {
  const read = writtenPolicy(kind)
  return (value, place) => {
    const { document, path } = read(value, place)
    return { name: path === undefined ? place.path : basename(path), document }
  }
}

/** The text of a key policy, as GetKeyPolicy will give it back. */
export function keyPolicyText(value: unknown, place: Place): string {
  return writtenPolicy('key')(value, place).document.source
}
