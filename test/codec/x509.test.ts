import assert from 'node:assert/strict'
import { X509Certificate, createPublicKey } from 'node:crypto'
import { decodeCoseSign1 } from '../../lib/codec/cose.ts'
import { decodeAttestationDocument } from '../../lib/codec/document.ts'
import { DerReader } from '../../lib/codec/der.ts'
import { decodeCertificate, decodeCertificatePem } from '../../lib/codec/x509.ts'
import { decodeName } from '../../lib/codec/x509-name.ts'
import {
  corpusDocument,
  corpusRows,
  hasCorpus,
  skipNote,
  vectors,
  type Vector,
} from '../support/vectors.ts'

interface Chains {
  certificates: Record<string, string>
  rows: { name: string; cabundle: string[]; certificate: string }[]
}

const chains = vectors<Chains>('chains.json')
const issued = Object.values(chains.certificates).map((text) => Buffer.from(text, 'base64'))
const good = chains.rows[0]
assert.ok(good)
const leaf = Buffer.from(chains.certificates[good.certificate] ?? '', 'base64')

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

describe('decodeCertificate', () => {
  for (const { name, code, hex } of vectors<Vector[]>('certificates.json')) {
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
    for (const der of issued) {
      try {
        void new X509Certificate(der).publicKey
      } catch {
        continue
      }
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

describe('decodeName', () => {
  const attribute = (type: string, tag: string, value: string) => {
    const text = Buffer.from(value)
    const content = `0603${type}${tag}${text.length.toString(16).padStart(2, '0')}${text.toString('hex')}`
    return `30${(content.length / 2).toString(16).padStart(2, '0')}${content}`
  }
  const name = (...sets: string[]) => {
    const content = sets
      .map((set) => `31${(set.length / 2).toString(16).padStart(2, '0')}${set}`)
      .join('')
    return Buffer.from(`30${(content.length / 2).toString(16).padStart(2, '0')}${content}`, 'hex')
  }
  const commonName = '550403'

  it('escapes what would end a value or a line', () => {
    assert.equal(decodeName(name(attribute(commonName, '0c', 'a,b=c\n'))), 'CN=a\\,b\\=c\\0a')
  })

  it('joins the attributes of one set with a plus', () => {
    const set = attribute(commonName, '0c', 'a') + attribute('55040b', '0c', 'b')
    assert.equal(decodeName(name(set)), 'CN=a+OU=b')
  })

  it('prints an unknown type by number and an unknown text in hex', () => {
    assert.equal(decodeName(name(attribute('55047f', '14', 'a'))), '2.5.4.127=#140161')
  })
})

describe('DerReader', () => {
  const read = (text: string) => new DerReader(Buffer.from(text, 'hex'))

  it('reads object identifiers of each root', () => {
    for (const [bytes, text] of [
      ['06012a', '1.2'],
      ['060127', '0.39'],
      ['06028837', '2.999'],
      ['06082a8648ce3d030107', '1.2.840.10045.3.1.7'],
    ] as const) {
      assert.equal(read(bytes).oid(), text)
    }
  })

  it('reads both forms of time over their centuries', () => {
    const time = (tag: string, text: string) =>
      new Date(
        read(
          `${tag}${text.length.toString(16).padStart(2, '0')}${Buffer.from(text).toString('hex')}`,
        ).time(),
      ).toISOString()
    assert.equal(time('17', '491231235959Z'), '2049-12-31T23:59:59.000Z')
    assert.equal(time('17', '500101000000Z'), '1950-01-01T00:00:00.000Z')
    assert.equal(time('18', '20500101000000Z'), '2050-01-01T00:00:00.000Z')
    assert.equal(time('17', '240229000000Z'), '2024-02-29T00:00:00.000Z')
  })

  it('reads named bits over two bytes, and none', () => {
    assert.deepEqual(read('0303078080').bits(), new Set([0, 8]))
    assert.deepEqual(read('030100').bits(), new Set())
  })
})
