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

/** A file of test/vectors, as JSON has it: who reads it knows its shape. */
export function vectors(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`../vectors/${file}`, import.meta.url), 'utf8'))
}

/** A chain, and the code that must refuse it; null for one that holds. */
export interface ChainRow {
  readonly name: string
  readonly code: string | null
  /** ISO 8601: the time it is judged at. */
  readonly at: string
  /** DER, root first. */
  readonly cabundle: readonly Buffer[]
  readonly certificate: Buffer
}

/** Chains under one root, issued once with openssl's keys and signatures. */
export function chainVectors(): { root: string; rows: ChainRow[]; certificates: Buffer[] } {
  const { root, rows, certificates } = vectors('chains.json') as {
    root: string
    rows: (Omit<ChainRow, 'cabundle' | 'certificate'> & {
      cabundle: string[]
      certificate: string
    })[]
    certificates: Record<string, string>
  }
  const der = (name: string) => Buffer.from(certificates[name] ?? '', 'base64')
  return {
    root,
    rows: rows.map((row) => ({
      ...row,
      cabundle: row.cabundle.map(der),
      certificate: der(row.certificate),
    })),
    certificates: Object.keys(certificates).map(der),
  }
}

/** A document, and the code that must refuse it; null for one to believe. */
export interface DocumentRow {
  readonly name: string
  readonly code: string | null
  /** ISO 8601: the time it is judged at. */
  readonly at: string
  /** Base64. */
  readonly document: string
}

/** Documents under that root, signed once with openssl, most of them by one leaf. */
export function documentVectors(): { root: string; rows: DocumentRow[] } {
  return vectors('documents.json') as { root: string; rows: DocumentRow[] }
}

/** The row of that name. */
export function rowNamed<Row extends { readonly name: string }>(
  rows: readonly Row[],
  name: string,
): Row {
  const row = rows.find((candidate) => candidate.name === name)
  if (!row) throw new Error(`no vector is named ${name}`)
  return row
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
