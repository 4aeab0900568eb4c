import assert from 'node:assert/strict'
import { Verifier } from '../../lib/attest/verify.ts'
import { documentVectors, rowNamed, type DocumentRow } from '../support/vectors.ts'

const { root, rows } = documentVectors()
const newVerifier = () =>
  new Verifier({
    anchors: [{ name: 'test', sha256: root }],
    maxAgeMs: 300_000,
    futureSkewMs: 60_000,
  })

const bytesOf = ({ document }: DocumentRow) => Buffer.from(document, 'base64')
const good = rowNamed(rows, 'indefinite outer map')
const goodAt = Date.parse(good.at)

describe('Verifier.inspect', () => {
  const names = [
    ...['cose', 'payload', 'certificates', 'root', 'order', 'algorithms', 'extensions'],
    ...['authorities', 'leaf', 'validity', 'chain-signatures', 'signature', 'freshness'],
  ]

  it('lists every check of a document that holds', async () => {
    const inspection = await newVerifier().inspect(bytesOf(good), goodAt)
    assert.deepEqual(
      inspection.checks.map(({ name, ok }) => [name, ok]),
      names.map((name) => [name, true]),
    )
    assert.ok(inspection.checks.every(({ detail }) => detail !== ''))
    const { valid, code, kmsUsable, kmsUnusableBecause, document } = inspection
    assert.deepEqual(
      { valid, code, kmsUsable, kmsUnusableBecause },
      { valid: true, code: null, kmsUsable: true, kmsUnusableBecause: null },
    )
    assert.equal(document?.timestampMs, goodAt)
  })

  it('says why KMS cannot use a valid document', async () => {
    const { valid, kmsUsable, kmsUnusableBecause } = await newVerifier().inspect(
      bytesOf(rowNamed(rows, 'tag 18')),
      goodAt,
    )
    assert.deepEqual(
      { valid, kmsUsable, kmsUnusableBecause },
      { valid: true, kmsUsable: false, kmsUnusableBecause: 'the document has no public key' },
    )
  })

  it('goes on after a check that failed, and its code is that of the first', async () => {
    const row = rowNamed(rows, 'expired leaf')
    const inspection = await newVerifier().inspect(bytesOf(row), Date.parse(row.at))
    const failed = inspection.checks.filter(({ ok }) => !ok)
    assert.deepEqual(failed, [
      {
        name: 'validity',
        ok: false,
        detail: 'certificate is not valid after 2030-01-01T02:59:59.000Z',
      },
      {
        name: 'freshness',
        ok: false,
        detail: 'the document is 10800 s old, more than 300 s',
      },
    ])
    assert.equal(inspection.checks.length, names.length)
    assert.equal(inspection.code, 'CHAIN_EXPIRED')
    assert.equal(inspection.kmsUnusableBecause, 'the document is not valid: CHAIN_EXPIRED')
  })

  it('leaves the age out when asked to', async () => {
    const late = goodAt + 3_600_000
    const { valid, checks } = await newVerifier().inspect(bytesOf(good), late, {
      ignoreFreshness: true,
    })
    assert.equal(valid, true)
    assert.deepEqual(
      checks.map(({ name }) => name),
      names.filter((name) => name !== 'freshness'),
    )
  })

  it('ends where the bytes cannot be read', async () => {
    const inspection = await newVerifier().inspect(bytesOf(good).subarray(1), goodAt)
    assert.deepEqual(inspection, {
      valid: false,
      code: 'CBOR_TRAILING_BYTES',
      checks: [{ name: 'cose', ok: false, detail: 'bytes after the end at byte 5' }],
      document: null,
      kmsUsable: false,
      kmsUnusableBecause: 'the document is not valid: CBOR_TRAILING_BYTES',
    })
  })

  it('agrees with verify on every document', async () => {
    const verifier = newVerifier()
    for (const row of rows) {
      const { code, valid } = await verifier.inspect(bytesOf(row), Date.parse(row.at))
      assert.equal(code, row.code, row.name)
      assert.equal(valid, row.code === null)
    }
  })
})
