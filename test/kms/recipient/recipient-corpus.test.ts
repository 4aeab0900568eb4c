/**
 * Documents that real Nitro hardware signed, and damaged ones, given to a running server: each at
 * its own time, with AWS's root as the trust anchor.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { decodeCoseSign1 } from '../../../lib/codec/cose.ts'
import { decodeAttestationDocument } from '../../../lib/codec/document.ts'
import { call, outcome } from '../../support/call.ts'
import { recipientOf } from '../../support/enclaves.ts'
import { keyIds, useKms } from '../../support/scene.ts'
import { corpusDocument, corpusRows, hasCorpus, skipNote } from '../../support/vectors.ts'

/** The corpus's words for a verdict, and the codes that say so here. */
const verdicts: Readonly<Record<string, string>> = {
  malformed: 'CBOR_(TRUNCATED|UTF8)',
  'malformed-trailing': 'CBOR_TRAILING_BYTES',
  'invalid-certificate': 'DER_\\w+',
  'invalid-signature': 'DOCUMENT_SIGNATURE',
  'untrusted-root': 'CHAIN_ROOT_UNTRUSTED',
  expired: 'CHAIN_EXPIRED',
  'not-yet-valid': 'CHAIN_NOT_YET_VALID',
  'stale (KMS 5-minute freshness rule; chain itself still valid)': 'DOCUMENT_STALE',
}

/** The corpus's words for public keys that KMS does not encrypt for. */
const unusableKeys: Readonly<Record<string, string>> = {
  null: 'RECIPIENT_KEY_ABSENT',
  empty: 'RECIPIENT_KEY_EMPTY',
  'pkcs1-rsa-2048': 'RECIPIENT_KEY_PKCS1',
  'spki-ec-prime256v1': 'RECIPIENT_KEY_EC',
  'raw-ec-point-65': 'RECIPIENT_KEY_NOT_SPKI',
  'raw-64': 'RECIPIENT_KEY_NOT_SPKI',
  'raw-19': 'RECIPIENT_KEY_NOT_SPKI',
}

const plaintext = Buffer.from('plaintext')

describe(`Recipient with the documents of the corpus${skipNote}`, () => {
  const kms = useKms(['symmetric'], { roots: ['aws'] })
  let CiphertextBlob: Uint8Array

  before(async () => {
    const input = { KeyId: keyIds.symmetric, Plaintext: plaintext }
    const sealed = await call(kms.root, 'Encrypt', input)
    CiphertextBlob = sealed.CiphertextBlob!
  })

  afterEach(() => kms.control('PUT', '/_/clock', { reset: true }))

  async function decryptAt(verifyAt: string | null, document: Uint8Array) {
    if (verifyAt !== null) await kms.control('PUT', '/_/clock', { now: verifyAt })
    return outcome(kms.root, 'Decrypt', { CiphertextBlob, ...recipientOf(document) })
  }

  if (!hasCorpus) it.skip('answers each with its verdict (skipped: the corpus is not here)')

  for (const { file, expected, verifyAt, publicKey, kmsUsablePublicKey } of corpusRows()) {
    const valid = expected === 'valid'
    if (valid && kmsUsablePublicKey) {
      it(`seals for ${file}`, async () => {
        const document = corpusDocument(file)
        const { status, body, text } = await decryptAt(verifyAt, document)
        assert.equal(status, 200, text)
        assert.deepEqual(Object.keys(body).sort(), [
          'CiphertextForRecipient',
          'EncryptionAlgorithm',
          'KeyId',
        ])
        assert.equal(text.includes(plaintext.toString('base64')), false)
        const envelope = Buffer.from(String(body.CiphertextForRecipient), 'base64')
        const read = decodeAttestationDocument(decodeCoseSign1(document).payload)
        const identifier = createHash('sha256').update(read.publicKey!).digest()
        // [0] subjectKeyIdentifier of 32 bytes, spec of the envelope.
        assert.ok(envelope.includes(Buffer.concat([Buffer.of(0x80, 0x20), identifier])))
      })
    } else {
      const code = valid ? unusableKeys[publicKey ?? 'null'] : verdicts[expected]
      it(`refuses ${file} with ${String(code)}: ${expected}`, async () => {
        assert.ok(code, `no code for ${expected} with ${String(publicKey)}`)
        const { status, body, text } = await decryptAt(verifyAt, corpusDocument(file))
        assert.equal(status, 400)
        assert.deepEqual(Object.keys(body), ['__type', 'message'])
        assert.equal(body.__type, 'ValidationException')
        assert.match(
          String(body.message),
          new RegExp(`^The attestation document is not valid: ${code}: `),
        )
        assert.equal(text.includes(plaintext.toString('base64')), false)
      })
    }
  }
})
