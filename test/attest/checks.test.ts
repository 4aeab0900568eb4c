import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { checkFreshness, checks } from '../../lib/attest/checks.ts'
import { decodeAttestationDocument } from '../../lib/codec/document.ts'
import { decodeCoseSign1 } from '../../lib/codec/cose.ts'
import { documentVectors, rowNamed } from '../support/vectors.ts'

const row = rowNamed(documentVectors().rows, 'indefinite outer map')
const { payload } = decodeCoseSign1(Buffer.from(row.document, 'base64'))
const document = decodeAttestationDocument(payload)
const limits = { maxAgeMs: 1000, futureSkewMs: 100 }

describe('checks', () => {
  it('stand in the order of AWS: the chain, the signature; then the age', () => {
    assert.deepEqual(
      checks.map(({ name }) => name),
      [
        ...['root', 'order', 'algorithms', 'extensions', 'authorities', 'leaf', 'validity'],
        ...['chain-signatures', 'signature', 'freshness'],
      ],
    )
  })

  it('ask about the time where it matters', () => {
    assert.deepEqual(
      checks.filter(({ dependsOnTime }) => dependsOnTime).map(({ name }) => name),
      ['validity', 'freshness'],
    )
  })
})

describe('checkFreshness', () => {
  const at = (ageMs: number) => checkFreshness(document, limits, document.timestampMs + ageMs)

  it('takes both ends', () => {
    for (const ageMs of [-100, 0, 1000]) assert.doesNotThrow(() => at(ageMs))
  })

  it('refuses a millisecond more', () => {
    assert.throws(() => at(1001), {
      code: 'DOCUMENT_STALE',
      message: 'the document is 1.001 s old, more than 1 s',
    })
    assert.throws(() => at(-101), {
      code: 'DOCUMENT_FROM_THE_FUTURE',
      message: 'the document is 0.101 s ahead, more than 0.1 s',
    })
  })

  it('refuses limits and times that are not numbers', () => {
    assert.throws(() => at(NaN), { name: 'TrustError' })
    const now = document.timestampMs
    assert.throws(() => checkFreshness(document, { ...limits, maxAgeMs: NaN }, now), {
      code: 'DOCUMENT_STALE',
    })
    assert.throws(() => checkFreshness(document, { ...limits, futureSkewMs: NaN }, now), {
      code: 'DOCUMENT_FROM_THE_FUTURE',
    })
  })
})

describe('docs/attestation-codes.md', () => {
  const families = 'CBOR|CERTIFICATE|CHAIN|CMS|COSE|DER|DOCUMENT|ENVELOPE|LEAF|RECIPIENT_KEY|ROOT'
  const project = new URL('../../', import.meta.url)
  const read = (path: string) => readFileSync(new URL(path, project), 'utf8')

  it('has every code that the sources throw, and no other', () => {
    const thrown = new Set(['HEX', 'BASE64'])
    for (const folder of ['lib/codec/', 'lib/attest/', 'lib/crypto/']) {
      for (const file of readdirSync(new URL(folder, project))) {
        if (!file.endsWith('.ts')) continue
        const found = read(folder + file).matchAll(
          new RegExp(`'((?:${families})_[A-Z0-9_]+)'`, 'g'),
        )
        for (const [, code = ''] of found) thrown.add(code)
      }
    }
    const documented = [...read('docs/attestation-codes.md').matchAll(/^\| `([A-Z0-9_]+)` +\|/gm)]
    assert.deepEqual(documented.map(([, code]) => code).sort(), [...thrown].sort())
  })
})
