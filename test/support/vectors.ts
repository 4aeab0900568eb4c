/**
 * Reads test/vectors (committed, one failure a row) and the corpus beside the project (../shared,
 * never committed: where it is absent, its tests are skipped and say so).
 */
import { existsSync, readFileSync } from 'node:fs'

/** A row of test/vectors: what must be refused, and with which code. */
export interface Vector {
  readonly name: string
  readonly code: string
  readonly hex: string
}

export function vectors<File>(file: string): File {
  return JSON.parse(readFileSync(new URL(`../vectors/${file}`, import.meta.url), 'utf8')) as File
}

/** A row of the corpus's index: a real document, or a damaged one, with its verdict. */
export interface CorpusRow {
  readonly file: string
  readonly expected: string
  /** ISO 8601; null where the document cannot be read. */
  readonly verifyAt: string | null
  readonly moduleId: string | null
  readonly platform: string | null
  readonly pcr0: string | null
  readonly debug: boolean | null
  readonly publicKey: string | null
  readonly kmsUsablePublicKey: boolean
}

const corpus = new URL('../../../shared/corpus/attestation/', import.meta.url)

export const hasCorpus = existsSync(new URL('index.json', corpus))

/** For the title of what needs the corpus. */
export const skipNote = hasCorpus ? '' : ' (skipped: ../shared/corpus/attestation is not here)'

export function corpusRows(): readonly CorpusRow[] {
  if (!hasCorpus) return []
  return JSON.parse(readFileSync(new URL('index.json', corpus), 'utf8')) as CorpusRow[]
}

export function corpusDocument(file: string): Buffer {
  return readFileSync(new URL(file, corpus))
}
