/** The enclave images of the corpus, written by AWS's own code; absent outside a full checkout. */
import { existsSync, readFileSync } from 'node:fs'

export interface EifVector {
  readonly file: string
  readonly crc32_hex: string
  /** `PCR0` and so on, in hex. */
  readonly pcrs: Readonly<Record<string, string>>
  readonly eif_base64: string
  readonly describe: Readonly<Record<string, unknown>>
}

interface Corpus {
  readonly vectors: readonly EifVector[]
  /** PEM by the bits of the curve. */
  readonly certs: Readonly<Record<string, string>>
}

const path = new URL('../../../shared/corpus/eif/vectors.json', import.meta.url)

export const eifCorpus: Corpus | undefined = existsSync(path)
  ? (JSON.parse(readFileSync(path, 'utf8')) as Corpus)
  : undefined

/** Runs a test for each image of the corpus. */
export function forEachImage(
  title: string,
  test: (vector: EifVector, bytes: Buffer) => void | Promise<void>,
): void {
  if (!eifCorpus) it.skip(`${title} (skipped: ../shared/corpus/eif is absent)`)
  for (const vector of eifCorpus?.vectors ?? []) {
    it(`${title}: ${vector.file}`, () => test(vector, Buffer.from(vector.eif_base64, 'base64')))
  }
}
