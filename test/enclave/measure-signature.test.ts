import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { measureEif, type MeasuredEif } from '../../lib/enclave/measure.ts'
import { checkEifSignature } from '../../lib/enclave/measure-signature.ts'
import { forEachImage } from '../support/eif-vectors.ts'
import { testKey } from '../support/forge.ts'
import * as cbor from '../support/write-cbor.ts'
import {
  pcrPayload,
  pemOf,
  sectionType,
  signingCertificate,
  writeEif,
  writeSignature,
  type SignatureDraft,
  type SigningCurve,
} from '../support/write-eif.ts'

const pcr0 = measureEif(writeEif()).pcrs.get(0)!

function signed(edit?: (draft: SignatureDraft) => void, curve?: SigningCurve): MeasuredEif {
  const data = writeSignature(pcr0, edit, curve)
  return measureEif(
    writeEif(({ sections }) => sections.push({ type: sectionType.signature, data })),
  )
}

function refuses(measured: MeasuredEif, reason: string): void {
  assert.throws(() => checkEifSignature(measured), {
    name: 'TrustError',
    code: 'EIF_SIGNATURE_UNVERIFIED',
    message: `the signature: ${reason}`,
  })
}

describe('checkEifSignature', () => {
  forEachImage("believes AWS's signature", ({ describe: { SignatureCheck } }, bytes) => {
    assert.equal(checkEifSignature(measureEif(bytes)), SignatureCheck ?? null)
  })

  it('has nothing to say of an image that is not signed', () => {
    assert.equal(checkEifSignature(measureEif(writeEif())), null)
  })

  for (const curve of ['P-256', 'P-384', 'P-521'] as const) {
    it(`holds for a key on ${curve}`, () => {
      assert.equal(checkEifSignature(signed(undefined, curve)), true)
    })
  }

  const others: readonly (readonly [name: string, payload: Buffer])[] = [
    ['another PCR0', pcrPayload(Buffer.alloc(48, 1))],
    ['another register', pcrPayload(pcr0, 1)],
    [
      'this PCR0 in a byte string',
      cbor.map([
        [cbor.text('register_index'), cbor.unsigned(0)],
        [cbor.text('register_value'), cbor.bytes(pcr0)],
      ]),
    ],
    ['nothing', Buffer.alloc(0)],
  ]
  for (const [name, payload] of others) {
    it(`does not hold for a signature of ${name}`, () => {
      assert.equal(checkEifSignature(signed((draft) => (draft.payload = payload))), false)
    })
  }

  it('refuses a signature that was changed', () => {
    const measured = signed((draft) => {
      draft.signature = (bytes) => {
        bytes[95]! ^= 1
        return bytes
      }
    })
    refuses(measured, "not made by the certificate's key")
  })

  it('refuses a signature of another key', () => {
    const measured = signed((draft) => (draft.key = testKey('not the signer', 'P-384')))
    refuses(measured, "not made by the certificate's key")
  })

  for (const edit of [
    (bytes: Buffer) => bytes.subarray(0, 95),
    (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(1)]),
    () => Buffer.alloc(0),
  ]) {
    it(`refuses ${edit(Buffer.alloc(96)).length} bytes of r and s`, () => {
      const measured = signed((draft) => (draft.signature = edit))
      refuses(measured, "not made by the certificate's key")
    })
  }

  it("refuses an algorithm that is not the key's", () => {
    const es256 = Buffer.from('a10126', 'hex')
    refuses(
      signed((draft) => (draft.header = es256)),
      "the algorithm is not that of the certificate's key",
    )
  })

  for (const namedCurve of ['secp256k1', 'rsa']) {
    it(`refuses a key of ${namedCurve}`, () => {
      const { publicKey } =
        namedCurve === 'rsa'
          ? generateKeyPairSync('rsa', { modulusLength: 2048 })
          : generateKeyPairSync('ec', { namedCurve })
      const { signature, ...rest } = signed()
      assert.ok(signature)
      const certificate = { ...signature.certificate, publicKey }
      refuses(
        { ...rest, signature: { ...signature, certificate } },
        'the key of the certificate is not one of P-256, P-384 and P-521',
      )
    })
  }

  it('does not ask for the dates and the issuer of the certificate', () => {
    const measured = signed((draft) => (draft.certificate = pemOf(signingCertificate('P-384'))))
    assert.equal(checkEifSignature(measured), true)
  })
})
