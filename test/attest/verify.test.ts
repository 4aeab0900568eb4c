import assert from 'node:assert/strict'
import { createHook } from 'node:async_hooks'
import { Verifier } from '../../lib/attest/verify.ts'
import { documentVectors, rowNamed, type DocumentRow } from '../support/vectors.ts'

const { root, rows } = documentVectors()
const anchors = [{ name: 'test', sha256: root }]
const limits = { maxAgeMs: 300_000, futureSkewMs: 60_000 }
const newVerifier = () => new Verifier({ anchors, ...limits })

const bytesOf = ({ document }: DocumentRow) => Buffer.from(document, 'base64')

const good = rowNamed(rows, 'indefinite outer map')
const goodAt = Date.parse(good.at)

/** How many signatures Node verifies on its thread pool while something runs. */
async function countVerifications(run: () => Promise<unknown>): Promise<number> {
  let count = 0
  const hook = createHook({
    init(_id, type) {
      if (type === 'SIGNREQUEST') count++
    },
  }).enable()
  try {
    await run()
  } finally {
    hook.disable()
  }
  return count
}

describe('Verifier.verify', () => {
  for (const row of rows) {
    const { name, code, at } = row
    it(code === null ? `believes ${name}` : `refuses ${name}: ${code}`, async () => {
      const verifying = newVerifier().verify(bytesOf(row), Date.parse(at))
      if (code === null) await verifying
      else await assert.rejects(verifying, { name: 'TrustError', code })
    })
  }

  it('judges alike when it has seen everything before', async () => {
    const verifier = newVerifier()
    for (const row of [...rows, ...rows]) {
      const outcome = await verifier.verify(bytesOf(row), Date.parse(row.at)).then(
        () => null,
        (error: unknown) => (error as { code: string }).code,
      )
      assert.equal(outcome, row.code, row.name)
    }
  })

  it('says what was believed, and under which root', async () => {
    const { document, debug, root } = await newVerifier().verify(bytesOf(good), goodAt)
    assert.equal(document.moduleId, 'i-1234567890abcdef0-enc1234567890abcdef')
    assert.equal(document.platform, 'nitro-enclave')
    assert.equal(document.timestampMs, goodAt)
    assert.equal(document.pcrs.size, 16)
    assert.equal(debug, false)
    assert.equal(root, anchors[0])
  })

  it('marks a document of debug mode, and believes it', async () => {
    const row = rowNamed(rows, 'debug mode')
    assert.equal((await newVerifier().verify(bytesOf(row), goodAt)).debug, true)
    const tpm = rowNamed(rows, 'NitroTPM')
    assert.equal((await newVerifier().verify(bytesOf(tpm), goodAt)).debug, false)
  })

  it('trusts no root when it has no anchors', async () => {
    const verifier = new Verifier({ anchors: [], ...limits })
    await assert.rejects(verifier.verify(bytesOf(good), goodAt), { code: 'CHAIN_ROOT_UNTRUSTED' })
  })

  it('names the age and the limit', async () => {
    await assert.rejects(newVerifier().verify(bytesOf(good), goodAt + 300_001), {
      code: 'DOCUMENT_STALE',
      message: 'the document is 300.001 s old, more than 300 s',
      facts: { ageMs: 300_001, maxAgeMs: 300_000 },
    })
    await assert.rejects(newVerifier().verify(bytesOf(good), goodAt - 60_001), {
      code: 'DOCUMENT_FROM_THE_FUTURE',
      message: 'the document is 60.001 s ahead, more than 60 s',
      facts: { ageMs: -60_001, futureSkewMs: 60_000 },
    })
  })

  it('refuses a time that is not a number, of a new document and of a believed one', async () => {
    const verifier = newVerifier()
    await assert.rejects(verifier.verify(bytesOf(good), NaN), { code: 'CHAIN_NOT_YET_VALID' })
    await verifier.verify(bytesOf(good), goodAt)
    await assert.rejects(verifier.verify(bytesOf(good), NaN), { code: 'CHAIN_NOT_YET_VALID' })
  })

  it('asks a believed document about the time again, whichever way the clock went', async () => {
    const verifier = newVerifier()
    const first = await verifier.verify(bytesOf(good), goodAt)
    const outcomes: [number, string][] = [
      [goodAt + 300_001, 'DOCUMENT_STALE'],
      [goodAt - 60_001, 'DOCUMENT_FROM_THE_FUTURE'],
      [Date.parse('2050-01-01T00:00:00Z'), 'CHAIN_EXPIRED'],
      [Date.parse('2019-12-31T23:59:59Z'), 'CHAIN_NOT_YET_VALID'],
    ]
    for (const [nowMs, code] of outcomes) {
      await assert.rejects(verifier.verify(bytesOf(good), nowMs), { code })
    }
    assert.equal(await verifier.verify(bytesOf(good), goodAt + 300_000), first)
  })

  it('verifies a cold chain and its document, then one signature a document, then none', async () => {
    const verifier = newVerifier()
    const verify = (name: string) => () => verifier.verify(bytesOf(rowNamed(rows, name)), goodAt)
    assert.equal(await countVerifications(verify('indefinite outer map')), 5)
    assert.equal(await countVerifications(verify('another nonce')), 1)
    assert.equal(await countVerifications(verify('another nonce')), 0)
  })

  it('verifies once what many present at once, and gives all the same', async () => {
    const verifier = newVerifier()
    await verifier.verify(bytesOf(rowNamed(rows, 'another nonce')), goodAt)
    const results = new Set()
    const count = await countVerifications(async () => {
      const many = Array.from({ length: 20 }, () => verifier.verify(bytesOf(good), goodAt))
      for (const result of await Promise.all(many)) results.add(result)
    })
    assert.equal(count, 1)
    assert.equal(results.size, 1)
  })

  it('answers each of many at its own time', async () => {
    const verifier = newVerifier()
    const [late, inTime] = await Promise.allSettled([
      verifier.verify(bytesOf(good), goodAt + 300_001),
      verifier.verify(bytesOf(good), goodAt),
    ])
    assert.equal(late.status, 'rejected')
    assert.equal(inTime.status, 'fulfilled')
  })

  it('does not remember a document that it refused', async () => {
    const verifier = newVerifier()
    const bad = bytesOf(rowNamed(rows, 'signed by another key'))
    for (let turn = 0; turn < 3; turn++) {
      await assert.rejects(verifier.verify(bad, goodAt), {
        code: 'DOCUMENT_SIGNATURE',
        message: 'the document is not signed by the key of certificate',
      })
    }
    const many = await Promise.allSettled([1, 2, 3].map(() => verifier.verify(bad, goodAt)))
    assert.ok(many.every(({ status }) => status === 'rejected'))
  })

  it('keeps a copy: bytes that change later, or meanwhile, change nothing', async () => {
    const verifier = newVerifier()
    const bytes = bytesOf(good)
    const verifying = verifier.verify(bytes, goodAt)
    bytes.fill(0)
    const { document } = await verifying
    assert.equal(document.moduleId, 'i-1234567890abcdef0-enc1234567890abcdef')
    assert.equal((await verifier.verify(bytesOf(good), goodAt)).document, document)
    await assert.rejects(verifier.verify(bytes, goodAt), { code: 'CBOR_TRAILING_BYTES' })
  })
})
