import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { decodeEifCertificate } from '../../lib/codec/eif-certificate.ts'
import { spkiOf, testKey } from '../support/forge.ts'
import { runToEnd } from '../support/programs.ts'
import { hasOpenssl } from '../crypto/openssl.ts'
import * as der from '../support/write-der.ts'
import { pemOf, signingCertificate } from '../support/write-eif.ts'

const utf8 = 0x0c

/** An attribute of a name, in a relative distinguished name of its own. */
function attribute(type: string, value: Buffer): Buffer {
  return der.element(0x31, der.sequence(der.oid(type), value))
}

function commonName(tag: number, content: Buffer): Buffer {
  return der.sequence(attribute('2.5.4.3', der.element(tag, content)))
}

function issuerOf(issuer: Buffer): ReadonlyMap<string, string> {
  return decodeEifCertificate(pemOf(signingCertificate('P-384', issuer))).issuer
}

/** A certificate that says to be signed with an algorithm; nobody verifies it. */
function signedWith(algorithm: string): Buffer {
  const identifier = der.sequence(der.oid(algorithm))
  const name = der.name({ CN: 'signer' })
  const time = der.utcTime(Date.UTC(2020, 0, 1))
  const spki = spkiOf(testKey('eif signer P-384'))
  const number = der.integer(Buffer.of(1))
  const period = der.sequence(time, time)
  const fields = der.sequence(number, identifier, name, period, name, spki)
  return pemOf(der.sequence(fields, identifier, der.bitString(Buffer.of(0xab, 0x0c))))
}

/** The names that OpenSSL prints for object identifiers. */
async function namesOf(oids: readonly string[]): Promise<string[]> {
  const pem = Buffer.from(der.sequence(...oids.map(der.oid))).toString('base64')
  const stdin = `-----BEGIN X-----\n${pem.replace(/.{1,64}/g, '$&\n')}-----END X-----\n`
  const { stdout } = await runToEnd('openssl', ['asn1parse', '-inform', 'PEM'], { stdin })
  return [...stdout.matchAll(/OBJECT +:(.+)$/gm)].map(([, name = '']) => name)
}

const attributeTypes = [
  ...['0.9.2342.19200300.100.1.1', '0.9.2342.19200300.100.1.25'],
  ...['1.2.840.113549.1.9.1', '1.2.840.113549.1.9.2'],
  ...['1', '2', '3'].map((last) => `1.3.6.1.4.1.311.60.2.1.${last}`),
  ...[3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 17, 41, 42, 43, 44, 46, 65, 97].map(
    (last) => `2.5.4.${last}`,
  ),
  '1.3.6.1.4.1.99999.1',
]

const algorithms = [
  '1.2.840.10045.4.1',
  ...[1, 2, 3, 4].map((last) => `1.2.840.10045.4.3.${last}`),
  ...[5, 10, 11, 12, 13, 14].map((last) => `1.2.840.113549.1.1.${last}`),
  ...['1.3.101.112', '1.3.101.113', '1.3.6.1.4.1.99999.1'],
]

describe('decodeEifCertificate', () => {
  const test = hasOpenssl ? it : it.skip
  const because = hasOpenssl ? '' : ' (skipped: no openssl)'

  test(`has OpenSSL's names of attributes${because}`, async () => {
    const value = der.element(utf8, Buffer.from('x'))
    const issuer = issuerOf(der.sequence(...attributeTypes.map((type) => attribute(type, value))))
    assert.deepEqual([...issuer.keys()], (await namesOf(attributeTypes)).sort())
  })

  test(`has OpenSSL's names of algorithms${because}`, async () => {
    const found = algorithms.map((id) => decodeEifCertificate(signedWith(id)).algorithm)
    assert.deepEqual(found, await namesOf(algorithms))
  })

  it('reads a self-signed certificate of version 1', () => {
    const bytes = signingCertificate('P-521')
    const read = decodeEifCertificate(pemOf(bytes))
    assert.deepEqual(read.der, bytes)
    assert.deepEqual(
      read.issuer,
      new Map(
        Object.entries({ commonName: 'signer', countryName: 'US', organizationName: 'Test' }),
      ),
    )
    assert.equal(read.algorithm, 'ecdsa-with-SHA384')
    assert.equal(read.notBefore, 'Jan  1 00:00:00 2020 GMT')
    assert.equal(read.notAfter, 'Jan  1 00:00:00 2045 GMT')
    assert.equal(read.publicKey.asymmetricKeyDetails?.namedCurve, 'secp521r1')
  })

  it("keeps the issuer's signature as it is", () => {
    const { signature } = decodeEifCertificate(signedWith('1.3.101.112'))
    assert.deepEqual(Buffer.from(signature), Buffer.of(0xab, 0x0c))
  })

  it('takes text before the PEM block, and the first of several', () => {
    const [first, second] = [signingCertificate('P-256'), signingCertificate('P-384')]
    const pem = Buffer.concat([Buffer.from('Certificate:\n'), pemOf(first), pemOf(second)])
    assert.deepEqual(decodeEifCertificate(pem).der, first)
  })

  it('has the last of two attributes of one type', () => {
    const [one, other] = ['one', 'other'].map((text) =>
      attribute('2.5.4.11', der.element(utf8, Buffer.from(text))),
    )
    const issuer = issuerOf(der.sequence(one!, other!))
    assert.deepEqual(issuer, new Map([['organizationalUnitName', 'other']]))
  })

  const texts: readonly (readonly [name: string, tag: number, content: Buffer, text: string])[] = [
    ['UTF-8', 0x0c, Buffer.from('Zürich'), 'Zürich'],
    ['a quotation mark', 0x0c, Buffer.from('a "b"'), 'a \\b\\'],
    ['a backslash', 0x0c, Buffer.from('a\\b'), 'a\\\\b'],
    ['control characters', 0x0c, Buffer.from('a\nb\tc\u0007'), 'a\\nb\\tc\\u{7}'],
    ['T61', 0x14, Buffer.from('Zürich', 'latin1'), 'Zürich'],
    ['BMP', 0x1e, Buffer.from('005a00fc', 'hex'), 'Zü'],
    ['four bytes a letter', 0x1c, Buffer.from('0000005a0001f511', 'hex'), 'Z🔑'],
    ['bits', 0x03, Buffer.of(0, 0x61), 'non-UTF8-string'],
  ]
  for (const [name, tag, content, text] of texts) {
    it(`prints a name with ${name} as Rust does`, () => {
      assert.equal(issuerOf(commonName(tag, content)).get('commonName'), text)
    })
  }

  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const wrong: readonly (readonly [name: string, bytes: Buffer, message: string])[] = [
    ['no bytes', Buffer.alloc(0), 'not in PEM'],
    ['DER', signingCertificate(), 'not in PEM'],
    [
      'a public key',
      Buffer.from(publicKey.export({ type: 'spki', format: 'pem' })),
      'OpenSSL cannot read it',
    ],
    [
      'a name that is not in its alphabet',
      pemOf(signingCertificate('P-384', commonName(utf8, Buffer.of(0xff)))),
      'OpenSSL cannot read it',
    ],
    [
      'a damaged certificate',
      pemOf(signingCertificate().subarray(0, -1)),
      'OpenSSL cannot read it',
    ],
  ]
  for (const [name, bytes, message] of wrong) {
    it(`refuses ${name}`, () => {
      const expected = { code: 'EIF_CERTIFICATE', message: `the signing certificate: ${message}` }
      assert.throws(() => decodeEifCertificate(bytes), expected)
    })
  }
})
