import assert from 'node:assert/strict'
import { decodeEifSignature } from '../../lib/codec/eif-signature.ts'
import * as cbor from '../support/write-cbor.ts'
import {
  numbers,
  pcrPayload,
  pemOf,
  signingCertificate,
  writeSignature,
  type SignatureDraft,
} from '../support/write-eif.ts'

const pcr0 = Buffer.alloc(48, 0xab)
const certificateKey = cbor.text('signing_certificate')
const signatureKey = cbor.text('signature')
const pem = pemOf(signingCertificate())

const wantBytes = 'want an array of numbers from 0 to 255'

function entry(certificate: Buffer, signature: Buffer): Buffer {
  return cbor.array([
    cbor.map([
      [certificateKey, certificate],
      [signatureKey, signature],
    ]),
  ])
}

function message(...items: Buffer[]): Buffer {
  return entry(numbers(pem), numbers(cbor.array(items)))
}

const header = cbor.bytes(Buffer.from('a1013822', 'hex'))
const payload = cbor.bytes(pcrPayload(pcr0))
const signature = cbor.bytes(Buffer.alloc(96, 1))

const malformed: readonly (readonly [name: string, section: Buffer, message: string])[] = [
  ['no bytes', Buffer.alloc(0), 'the section: the bytes end too early at byte 0'],
  [
    'bytes after it',
    Buffer.concat([writeSignature(pcr0), Buffer.of(0)]),
    'the section: bytes after the end',
  ],
  ['a map', cbor.map([]), 'want an array of maps'],
  ['no signature at all', cbor.array([]), 'want an array of maps'],
  ['an array of arrays', cbor.array([cbor.array([])]), 'want an array of maps'],
  [
    'no certificate',
    cbor.array([cbor.map([[signatureKey, numbers(pem)]])]),
    `signing_certificate: ${wantBytes}`,
  ],
  [
    'no message',
    cbor.array([cbor.map([[certificateKey, numbers(pem)]])]),
    `signature: ${wantBytes}`,
  ],
  [
    'a certificate in a byte string',
    entry(cbor.bytes(pem), numbers(pem)),
    `signing_certificate: ${wantBytes}`,
  ],
  ['a message in a byte string', entry(numbers(pem), cbor.bytes(pem)), `signature: ${wantBytes}`],
  [
    'a number above 255',
    entry(numbers(pem), cbor.array([cbor.unsigned(256)])),
    `signature: ${wantBytes}`,
  ],
  [
    'a negative number',
    entry(cbor.array([cbor.negative(0)]), numbers(pem)),
    `signing_certificate: ${wantBytes}`,
  ],
  [
    'a text among numbers',
    entry(cbor.array([cbor.text('a')]), numbers(pem)),
    `signing_certificate: ${wantBytes}`,
  ],
  [
    'a message that is none',
    entry(numbers(pem), numbers(Buffer.of(0xff))),
    'signature: a break that ends nothing at byte 0',
  ],
  [
    'a message under another tag',
    entry(numbers(pem), numbers(cbor.tagged(17, cbor.array([])))),
    'signature: a tag at byte 0',
  ],
  ['three items', message(header, cbor.map([]), payload), 'signature: want an array of four items'],
  [
    'a header that is no byte string',
    message(cbor.map([]), cbor.map([]), payload, signature),
    'protected header: want a byte string',
  ],
  [
    'an empty header',
    message(cbor.bytes(Buffer.alloc(0)), cbor.map([]), payload, signature),
    'protected header: the bytes end too early at byte 0',
  ],
  [
    'a header without alg',
    message(cbor.bytes(cbor.map([])), cbor.map([]), payload, signature),
    'protected header: want a map with alg',
  ],
  [
    'an unprotected header that is null',
    message(header, cbor.nil, payload, signature),
    'unprotected header: want a map',
  ],
  [
    'a detached payload',
    message(header, cbor.map([]), cbor.nil, signature),
    'payload: want a byte string',
  ],
  ['no r and s', message(header, cbor.map([]), payload, cbor.nil), 'r and s: want a byte string'],
  [
    'more than the format has room for',
    cbor.array([cbor.bytes(Buffer.alloc(32_768))]),
    '32772 bytes, more than 32768',
  ],
]

describe('decodeEifSignature', () => {
  for (const [name, section, text] of malformed) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => decodeEifSignature(section),
        (error: { code?: unknown; message?: unknown }) => {
          assert.equal(error.code, 'EIF_SIGNATURE')
          const [whole] = String(error.message).split(/ at byte \d+$/)
          assert.equal(whole, `the signature section: ${text.replace(/ at byte \d+$/, '')}`)
          return true
        },
      )
    })
  }

  it('refuses a certificate that is none', () => {
    const section = writeSignature(pcr0, (draft) => (draft.certificate = Buffer.from('hello')))
    assert.throws(() => decodeEifSignature(section), {
      code: 'EIF_CERTIFICATE',
      message: 'the signing certificate: not in PEM',
    })
  })

  it('reads what is signed, by whom and how', () => {
    const certificate = signingCertificate()
    const read = decodeEifSignature(
      writeSignature(pcr0, (draft) => (draft.certificate = pemOf(certificate))),
    )
    assert.equal(read.algorithm, -35)
    assert.deepEqual(Buffer.from(read.payload), pcrPayload(pcr0))
    assert.equal(read.signature.length, 96)
    assert.deepEqual(read.certificate.der, certificate)
  })

  it('takes a tagged message, members in either order, and looks at the first entry only', () => {
    const edits: ((draft: SignatureDraft) => void)[] = [
      (draft) => (draft.message = (bytes) => cbor.tagged(18, bytes)),
      (draft) => (draft.pairs = (pairs) => pairs.reverse()),
    ]
    for (const edit of edits) {
      assert.equal(decodeEifSignature(writeSignature(pcr0, edit)).algorithm, -35)
    }
    const first = writeSignature(pcr0).subarray(1)
    assert.equal(decodeEifSignature(cbor.array([first, cbor.map([])])).algorithm, -35)
  })
})
