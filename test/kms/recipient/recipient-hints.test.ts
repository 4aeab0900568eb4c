import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { trustAnchors } from '../../../lib/attest/roots.ts'
import { recipientHints, whereToLook } from '../../../lib/kms/recipient/recipient-hints.ts'

const page = readFileSync(new URL('../../../docs/attestation-codes.md', import.meta.url), 'utf8')

/** The codes that a document can be refused with: those of other things are in other sections. */
const codes = [...page.matchAll(/^\| `([A-Z0-9_]+)` +\|/gm)]
  .map(([, code = '']) => code)
  .filter((code) => !/^(?:HEX|BASE64|ROOT_DIGEST|CERTIFICATE_PEM|CMS_|ENVELOPE_)/.test(code))

const facts = {
  ageMs: 420_000,
  maxAgeMs: 300_000,
  futureSkewMs: 60_000,
  nowMs: Date.parse('2026-03-01T12:00:00Z'),
  sha256: 'ab'.repeat(32),
  subject: 'CN=somebody',
}

function hintOf(code: string, more: Readonly<Record<string, string | number>> = {}): string {
  return recipientHints(code, { ...facts, ...more })[0]!
}

describe('recipientHints', () => {
  it('has a text of its own for every code, and says where to look', () => {
    assert.ok(codes.length > 70)
    for (const code of codes) {
      const [own, general, ...more] = recipientHints(code, facts)
      assert.ok(own && own !== general, code)
      assert.equal(general, whereToLook(code))
      assert.deepEqual(more, [])
      assert.match(own, /^[^\n]{40,420}[^.]$/, code)
      assert.doesNotMatch(own, /undefined|NaN|null/, code)
    }
  })

  it('says where to look for a code that it does not know', () => {
    assert.deepEqual(recipientHints('NEW', {}), [whereToLook('NEW')])
    assert.match(whereToLook('NEW'), /NEW: docs\/attestation-codes\.md .* enclave-kms inspect FILE/)
  })

  for (const [ageMs, words] of [
    [301_000, '5 min 1 s'],
    [300_001, '5 min 1 s'],
    [420_000, '7 min'],
    [59_000, '59 s'],
    [3 * 3_600_000 + 1_000, '3 h 1 s'],
    [50 * 3_600_000 + 60_000, '2 d 2 h'],
  ] as const) {
    it(`says how old a stale document is: ${words}`, () => {
      const start = `the document is ${words} old, and maxAgeSeconds is 300: `
      assert.equal(hintOf('DOCUMENT_STALE', { ageMs }).slice(0, start.length), start)
    })
  }

  it('says how far ahead a document is', () => {
    const start = 'the document is 2 min 5 s ahead of the server, and futureSkewSeconds is 60: '
    const hint = hintOf('DOCUMENT_FROM_THE_FUTURE', { ageMs: -125_000 })
    assert.equal(hint.slice(0, start.length), start)
  })

  it('names the time that a certificate was judged at', () => {
    for (const code of ['CHAIN_EXPIRED', 'CHAIN_NOT_YET_VALID']) {
      assert.match(hintOf(code), /at the server's time, 2026-03-01T12:00:00\.000Z: /)
    }
  })

  it('tells the roots that have a name from others', () => {
    for (const { name, sha256 } of trustAnchors(['simulated', 'aws'])) {
      const want = new RegExp(`calls ${name}, which it does not trust: want roots: \\[${name}\\]$`)
      assert.match(hintOf('CHAIN_ROOT_UNTRUSTED', { sha256 }), want)
    }
    const other = hintOf('CHAIN_ROOT_UNTRUSTED')
    assert.match(other, /\(CN=somebody\)/)
    assert.ok(other.endsWith(`roots: [{ sha256: ${facts.sha256} }]`))
  })

  it('prints no more of a name than fits a line', () => {
    const hint = hintOf('CHAIN_ROOT_UNTRUSTED', { subject: 'x'.repeat(5_000) })
    assert.ok(hint.length < 500)
  })
})
