import assert from 'node:assert/strict'
import { X509Certificate, createPublicKey } from 'node:crypto'
import { decodeCoseSign1 } from '../../lib/codec/cose.ts'
import { decodeAttestationDocument } from '../../lib/codec/document.ts'
import { decodeCertificate, decodeCertificatePem } from '../../lib/codec/x509.ts'
import {
  chainVectors,
  corpusDocument,
  corpusRows,
  hasCorpus,
  rowNamed,
  skipNote,
  vectors,
  type Vector,
} from '../support/vectors.ts'

const { rows, certificates } = chainVectors()
const leaf = rowNamed(rows, "five certificates, as AWS's").certificate

/** What Node's own reader, OpenSSL, says about the same bytes. */
function assertAgreesWithOpenssl(der: Uint8Array): void {
  const ours = decodeCertificate(der)
  const theirs = new X509Certificate(der)
  const distinguished = (text: string) => text.replaceAll('\n', ', ')
  assert.equal(ours.subjectText, distinguished(theirs.subject))
  assert.equal(ours.issuerText, distinguished(theirs.issuer))
  assert.equal(ours.serial.toUpperCase(), theirs.serialNumber)
  assert.equal(ours.notBeforeMs, Date.parse(theirs.validFrom))
  assert.equal(ours.notAfterMs, Date.parse(theirs.validTo))
  // OpenSSL counts as a CA only what may sign certificates.
  const maySign = ours.keyUsage?.has('keyCertSign') ?? true
  assert.equal((ours.basicConstraints?.ca ?? false) && maySign, theirs.ca)
  assert.deepEqual(
    createPublicKey({ key: Buffer.from(ours.publicKey.spki), format: 'der', type: 'spki' }).export({
      format: 'jwk',
    }),
    theirs.publicKey.export({ format: 'jwk' }),
  )
}

/** Some are there because of their keys. */
function opensslReadsKey(der: Uint8Array): boolean {
  try {
    return new X509Certificate(der).publicKey.type === 'public'
  } catch {
    return false
  }
}

describe('decodeCertificate', () => {
  for (const { name, code, hex } of vectors('certificates.json') as Vector[]) {
    it(`refuses ${name}: ${code}`, () => {
      assert.throws(() => decodeCertificate(Buffer.from(hex, 'hex')), { name: 'DecodeError', code })
    })
  }

  it('refuses a certificate that is cut at any byte', () => {
    for (let length = 0; length < leaf.length; length++) {
      assert.throws(
        () => decodeCertificate(leaf.subarray(0, length)),
        { code: 'DER_TRUNCATED' },
        `${length} bytes`,
      )
    }
  })

  it('reads everything that path validation asks for', () => {
    const { basicConstraints, keyUsage, publicKey, ...rest } = decodeCertificate(leaf)
    assert.deepEqual(basicConstraints, { ca: false, pathLength: null })
    assert.deepEqual(keyUsage, new Set(['digitalSignature', 'nonRepudiation']))
    assert.equal(publicKey.algorithm, '1.2.840.10045.2.1')
    assert.equal(publicKey.curve, '1.3.132.0.34')
    assert.equal(publicKey.key.length, 97)
    assert.equal(rest.signatureAlgorithm, '1.2.840.10045.4.3.3')
    assert.equal(rest.subjectText, 'C=US, O=Example, CN=leaf')
    assert.equal(rest.issuerText, 'C=US, O=Example, CN=instance')
    assert.equal(rest.serial, '1234')
    assert.equal(rest.notBeforeMs, Date.UTC(2020, 0, 1))
    assert.equal(rest.notAfterMs, Date.UTC(2049, 11, 31, 23, 59, 59))
    assert.equal(rest.hasNameConstraints, false)
    assert.deepEqual(rest.unknownCriticalExtensions, [])
    // tbs: 30 82 and two bytes of length into the certificate.
    assert.deepEqual(rest.tbs, leaf.subarray(4, 4 + rest.tbs.length))
  })

  it('agrees with OpenSSL on every certificate whose key OpenSSL can read', () => {
    let compared = 0
    for (const der of certificates) {
      if (!opensslReadsKey(der)) continue
      assertAgreesWithOpenssl(der)
      compared++
    }
    assert.ok(compared >= 40)
  })

  it(`agrees with OpenSSL on every certificate of AWS${skipNote}`, function () {
    if (!hasCorpus) this.skip()
    for (const { file } of corpusRows().filter(({ expected }) => expected === 'valid')) {
      const { cabundle, certificate } = decodeAttestationDocument(
        decodeCoseSign1(corpusDocument(file)).payload,
      )
      for (const der of [...cabundle, certificate]) assertAgreesWithOpenssl(der)
    }
  })
})

describe('decodeCertificatePem', () => {
  const pem = new X509Certificate(leaf).toString()

  it('reads one certificate, with words around it and either line end', () => {
    for (const text of [pem, `leaf:\n${pem}\nend`, pem.replaceAll('\n', '\r\n')]) {
      assert.deepEqual(Buffer.from(decodeCertificatePem(text).der), leaf)
    }
  })

  const refused: [string, string, string, string][] = [
    ['no block', '', 'CERTIFICATE_PEM', '0 PEM blocks where one CERTIFICATE is wanted'],
    ['two', pem + pem, 'CERTIFICATE_PEM', '2 PEM blocks where one CERTIFICATE is wanted'],
    [
      'another kind of block',
      pem.replaceAll('CERTIFICATE', 'PUBLIC KEY'),
      'CERTIFICATE_PEM',
      '1 PEM blocks where one CERTIFICATE is wanted',
    ],
    [
      'what is not base64',
      pem.replace('MII', 'M*I'),
      'BASE64',
      'not base64: the standard alphabet with padding is wanted',
    ],
  ]
  for (const [name, text, code, message] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(() => decodeCertificatePem(text), { name: 'DecodeError', code, message })
    })
  }
})
