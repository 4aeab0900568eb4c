import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describePublicKey, recipientKey } from '../../lib/attest/recipient-key.ts'
import { trustAnchors } from '../../lib/attest/roots.ts'
import { Verifier } from '../../lib/attest/verify.ts'
import { DecodeError, TrustError } from '../../lib/errors.ts'
import { corpusDocument, corpusRows, hasCorpus, skipNote } from '../support/vectors.ts'

/** The corpus's words for a verdict, and the codes that say so here. */
const verdicts: Record<string, RegExp> = {
  malformed: /^CBOR_(TRUNCATED|UTF8)$/,
  'malformed-trailing': /^CBOR_TRAILING_BYTES$/,
  'invalid-certificate': /^DER_/,
  'invalid-signature': /^DOCUMENT_SIGNATURE$/,
  'untrusted-root': /^CHAIN_ROOT_UNTRUSTED$/,
  expired: /^CHAIN_EXPIRED$/,
  'not-yet-valid': /^CHAIN_NOT_YET_VALID$/,
  'stale (KMS 5-minute freshness rule; chain itself still valid)': /^DOCUMENT_STALE$/,
}

/** The corpus's words for a public key, and ours. */
const publicKeys: Record<string, string> = {
  empty: 'empty',
  'spki-rsa-2048': 'RSA 2048 SubjectPublicKeyInfo',
  'pkcs1-rsa-2048': 'a PKCS#1 RSAPublicKey',
  'spki-ec-prime256v1': 'EC P-256 SubjectPublicKeyInfo',
  'raw-ec-point-65': '65 bytes that are no SubjectPublicKeyInfo',
  'raw-64': '64 bytes that are no SubjectPublicKeyInfo',
  'raw-19': '19 bytes that are no SubjectPublicKeyInfo',
}

const newVerifier = () =>
  new Verifier({ anchors: trustAnchors(['aws']), maxAgeMs: 300_000, futureSkewMs: 60_000 })

async function codeOf(verifying: Promise<unknown>): Promise<string | null> {
  try {
    await verifying
    return null
  } catch (error) {
    assert.ok(error instanceof DecodeError || error instanceof TrustError, String(error))
    return error.code
  }
}

describe(`documents that AWS signed, and damaged ones${skipNote}`, () => {
  before(function () {
    if (!hasCorpus) this.skip()
  })

  const verifier = newVerifier()
  for (const row of corpusRows()) {
    const { file, expected, verifyAt } = row
    it(`${file} at ${verifyAt ?? 'any time'}: ${expected}`, async () => {
      const bytes = corpusDocument(file)
      const nowMs = Date.parse(verifyAt ?? '2025-01-01T00:00:00Z')
      const code = await codeOf(verifier.verify(bytes, nowMs))
      const inspection = await verifier.inspect(bytes, nowMs)
      assert.equal(inspection.code, code)
      if (expected !== 'valid') {
        assert.match(code ?? 'believed', verdicts[expected] ?? assert.fail(expected))
        assert.equal(inspection.kmsUsable, false)
        return
      }
      assert.equal(code, null)
      const { document, debug } = await verifier.verify(bytes, nowMs)
      assert.equal(document.moduleId, row.moduleId)
      assert.equal(document.platform, row.platform)
      assert.equal(document.timestampMs, nowMs)
      assert.equal(debug, row.debug)
      assert.equal(Buffer.from(document.pcrs.get(0) ?? []).toString('hex'), row.pcr0)
      assert.equal(inspection.kmsUsable, row.kmsUsablePublicKey)
      if (document.publicKey === null) assert.equal(row.publicKey, 'null')
      else assert.equal(describePublicKey(document.publicKey), publicKeys[row.publicKey ?? ''])
      if (row.kmsUsablePublicKey) assert.equal(recipientKey(document).bits, 2048)
    })
  }

  it('have in PCR4 the digest of the instance that module_id names', async () => {
    for (const row of corpusRows()) {
      if (row.expected !== 'valid' || row.platform !== 'nitro-enclave') continue
      const { document } = await verifier.verify(
        corpusDocument(row.file),
        Date.parse(row.verifyAt ?? ''),
      )
      const instance = /^(i-[0-9a-f]+)-enc/.exec(document.moduleId)?.[1] ?? assert.fail()
      const pcr4 = createHash('sha384').update(Buffer.alloc(48)).update(instance).digest()
      assert.deepEqual(Buffer.from(document.pcrs.get(4) ?? []), pcr4, row.file)
    }
  })

  /**
   * A byte changed, put in or taken out. One such change leaves a document what it was: tag 18 in
   * front (spec of COSE: either form is a COSE_Sign1), so that is not among them.
   */
  const mutation = fc.record({
    position: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    kind: fc.constantFrom('change', 'insert', 'delete'),
    byte: fc.nat({ max: 255 }),
  })

  function mutate(
    bytes: Buffer,
    { position, kind, byte }: { position: number; kind: string; byte: number },
  ): Buffer {
    const at = Math.floor(position * bytes.length)
    const added = kind === 'delete' ? [] : [byte]
    const rest = bytes.subarray(kind === 'insert' ? at : at + 1)
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(added), rest])
  }

  it('are not believed with any one byte changed, put in or taken out', async () => {
    const documents = corpusRows()
      .filter(({ expected }) => expected === 'valid')
      .map(({ file, verifyAt }) => ({
        bytes: corpusDocument(file),
        at: Date.parse(verifyAt ?? ''),
      }))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...documents), mutation, async ({ bytes, at }, change) => {
        const mutated = mutate(bytes, change)
        const untagged = mutated[0] === 0xd2 ? mutated.subarray(1) : mutated
        const original = bytes[0] === 0xd2 ? bytes.subarray(1) : bytes
        fc.pre(!untagged.equals(original))
        assert.notEqual(await codeOf(verifier.verify(mutated, at)), null)
      }),
      { numRuns: 600 },
    )
  })

  it('are not believed with any byte of their frame changed', async () => {
    const bytes = corpusDocument('yawn-nitro-attest-20250106-19b717.cose')
    const at = Date.parse('2025-01-06T16:07:05.472Z')
    // Up to the payload, and the head of the signature: every other value of each byte.
    const positions = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, bytes.length - 98, bytes.length - 97]
    for (const position of positions) {
      for (let value = 0; value < 256; value++) {
        if (bytes[position] === value) continue
        const mutated = Buffer.from(bytes)
        mutated[position] = value
        assert.notEqual(await codeOf(verifier.verify(mutated, at)), null, `${position}: ${value}`)
      }
    }
  })

  it('are not believed when cut at any byte', async () => {
    const bytes = corpusDocument('espresso-indefinite-20250627.cose')
    const at = Date.parse('2025-06-27T14:06:41.825Z')
    for (let length = 0; length < bytes.length; length++) {
      const code = await codeOf(verifier.verify(bytes.subarray(0, length), at))
      assert.equal(code, 'CBOR_TRUNCATED', `${length} bytes`)
    }
  })
})
