import 'reflect-metadata/lite'
import assert from 'node:assert/strict'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  CRLDistributionPointsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  type Extension,
  type Name,
} from '@peculiar/x509'
import { simulatedRootCertificate } from '../../lib/attest/simulated-root.ts'
import { decodeCoseSign1 } from '../../lib/codec/cose.ts'
import { decodeAttestationDocument } from '../../lib/codec/document.ts'
import { encodeName, type AttributeName } from '../../lib/codec/x509-name.ts'
import {
  authorityKeyIdentifier,
  basicConstraints,
  crlDistributionPoint,
  encodeCertificate,
  encodeTbsCertificate,
  keyUsage,
  subjectKeyIdentifier,
  type CertificateContent,
} from '../../lib/codec/x509-writer.ts'
import type { KeyUsage } from '../../lib/codec/x509.ts'
import { corpusDocument, corpusRows, hasCorpus, skipNote } from '../support/vectors.ts'

/** The certificate that says what @peculiar/x509 reads in one, with the same signature. */
function writtenAgain(der: Uint8Array): Buffer {
  const read = new X509Certificate(new Uint8Array(der))
  const tbs = encodeTbsCertificate({
    serialNumber: Buffer.from(read.serialNumber, 'hex'),
    issuer: nameAgain(read.issuerName),
    subject: nameAgain(read.subjectName),
    notBeforeMs: read.notBefore.getTime(),
    notAfterMs: read.notAfter.getTime(),
    publicKeyInfo: new Uint8Array(read.publicKey.rawData),
    extensions: read.extensions.map(extensionAgain),
  })
  return encodeCertificate(tbs, new Uint8Array(read.signature))
}

function nameAgain(name: Name): Buffer {
  return encodeName(
    name.toJSON().map((attribute): [AttributeName, string] => {
      const [[type, [text]]] = Object.entries(attribute) as [[AttributeName, [string]]]
      return [type, text]
    }),
  )
}

const usageNames: readonly KeyUsage[] = [
  'digitalSignature',
  'nonRepudiation',
  'keyCertSign',
  'cRLSign',
]

function extensionAgain(extension: Extension): Buffer {
  if (extension instanceof BasicConstraintsExtension) {
    const { ca, pathLength = null } = extension
    return basicConstraints({ ca, pathLength })
  }
  if (extension instanceof KeyUsagesExtension) {
    const { usages, critical } = extension
    const set = usageNames.filter((name) => usages & KeyUsageFlags[name as 'cRLSign'])
    return keyUsage(set, { critical })
  }
  if (extension instanceof SubjectKeyIdentifierExtension) {
    return subjectKeyIdentifier(Buffer.from(extension.keyId, 'hex'))
  }
  if (extension instanceof AuthorityKeyIdentifierExtension) {
    return authorityKeyIdentifier(Buffer.from(extension.keyId ?? '', 'hex'))
  }
  if (extension instanceof CRLDistributionPointsExtension) {
    const [uri = ''] = extension.distributionPoints.flatMap(
      ({ distributionPoint }) =>
        distributionPoint?.fullName?.map((name) => name.uniformResourceIdentifier ?? '') ?? [],
    )
    return crlDistributionPoint(uri)
  }
  throw new Error(`no Nitro certificate has the extension ${extension.type}`)
}

describe('the certificate writer', () => {
  it('writes the simulated root again, byte for byte', () => {
    const root = simulatedRootCertificate()
    assert.equal(writtenAgain(root).toString('hex'), root.toString('hex'))
  })

  ;(hasCorpus ? it : it.skip)(`writes the certificates of AWS again${skipNote}`, () => {
    const seen = new Set<string>()
    for (const { file } of corpusRows().filter(({ expected }) => expected === 'valid')) {
      const { payload } = decodeCoseSign1(corpusDocument(file))
      const { cabundle, certificate } = decodeAttestationDocument(payload)
      for (const der of [...cabundle, certificate]) {
        const hex = Buffer.from(der).toString('hex')
        assert.equal(writtenAgain(der).toString('hex'), hex, file)
        seen.add(hex)
      }
    }
    // A root, and as many chains as were captured on different days.
    assert.ok(seen.size > 40, `${seen.size} certificates`)
  })

  it('leaves out what is absent: no CA, no path length, nothing critical', () => {
    const hex = (bytes: Buffer) => bytes.toString('hex')
    const constraints = '0603551d13' + '0101ff' + '04'
    assert.equal(
      hex(basicConstraints({ ca: false, pathLength: null })),
      `300c${constraints}02` + '3000',
    )
    assert.equal(
      hex(basicConstraints({ ca: true, pathLength: null })),
      `300f${constraints}05` + '30030101ff',
    )
    assert.equal(
      hex(keyUsage(['digitalSignature'], { critical: false })),
      '300b0603551d0f040403020780',
    )
  })

  it('refuses times that no certificate has', () => {
    const empty = new Uint8Array(0)
    const content: CertificateContent = {
      serialNumber: Uint8Array.of(1),
      issuer: empty,
      subject: empty,
      publicKeyInfo: empty,
      extensions: [],
      notBeforeMs: 0,
      notAfterMs: 1,
    }
    const refusal = { name: 'RangeError', message: 'no time of a certificate' }
    assert.throws(() => encodeTbsCertificate(content), refusal)
  })
})
