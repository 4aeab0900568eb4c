import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { decodeEnvelopedData, encodeEnvelopedData } from '../../lib/codec/cms.ts'
import { DecodeError } from '../../lib/errors.ts'

const corpus = new URL('../../../shared/corpus/cms/', import.meta.url)
const captures = ['edgebit.ber', 'rc_kms_4.ber']

const envelope = {
  subjectKeyIdentifier: Buffer.alloc(32, 1),
  encryptedKey: Buffer.alloc(256, 2),
  iv: Buffer.alloc(16, 3),
  ciphertext: Buffer.alloc(48, 4),
}

const rsaOaep = '06092a864886f70d010107'
const sha256 = '300d06096086480165030402010500'
const mgf1Sha256 = `06092a864886f70d010108${sha256}`
const oaep = tlv('30', rsaOaep, tlv('30', tlv('a0', sha256), tlv('a1', tlv('30', mgf1Sha256))))
const recipient = tlv('30', '020102', tlv('80', '01'.repeat(32)), oaep, tlv('04', '02'.repeat(256)))
const idData = '06092a864886f70d010701'
const aes = tlv('30', '060960864801650304012a', tlv('04', '03'.repeat(16)))
const content = tlv('80', '04'.repeat(48))
const good = message()

/** A definite-length element of hex parts. */
function tlv(tag: string, ...parts: string[]): string {
  const value = parts.join('')
  const length = value.length / 2
  const header =
    length < 0x80
      ? length.toString(16).padStart(2, '0')
      : `82${length.toString(16).padStart(4, '0')}`
  return tag + header + value
}

/** The whole in DER, with one part replaced. */
function message(
  parts: {
    contentType?: string
    version?: string
    recipients?: string
    info?: string
    attributes?: string
  } = {},
): string {
  return tlv(
    '30',
    parts.contentType ?? '06092a864886f70d010703',
    tlv(
      'a0',
      tlv(
        '30',
        parts.version ?? '020102',
        parts.recipients ?? tlv('31', recipient),
        parts.info ?? tlv('30', idData, aes, content),
        parts.attributes ?? '',
      ),
    ),
  )
}

/** One row per malformed envelope: what is wrong, its bytes, the code. */
const malformed: readonly (readonly [name: string, hex: string, code: string])[] = [
  ['no bytes', '', 'CMS_NOT_BER'],
  ['a byte after the end', `${good}00`, 'CMS_NOT_BER'],
  ['a missing last byte', good.slice(0, -2), 'CMS_NOT_BER'],
  ['a primitive of indefinite length', '0480', 'CMS_NOT_BER'],
  ['nesting without end', '3080'.repeat(3000), 'CMS_NOT_BER'],
  ['more than 6144 bytes', '00'.repeat(6145), 'CMS_TOO_LONG'],
  ['an octet string', '0400', 'CMS_STRUCTURE'],
  ['id-signedData', message({ contentType: '06092a864886f70d010702' }), 'CMS_CONTENT_TYPE'],
  ['version 0', message({ version: '020100' }), 'CMS_VERSION'],
  ['version 2 in two bytes', message({ version: '02020002' }), 'CMS_VERSION'],
  ['unprotected attributes', message({ attributes: 'a100' }), 'CMS_STRUCTURE'],
  ['no recipient', message({ recipients: '3100' }), 'CMS_RECIPIENTS'],
  ['two recipients', message({ recipients: tlv('31', recipient, recipient) }), 'CMS_RECIPIENTS'],
  ['originatorInfo', message({ version: '020102a000' }), 'CMS_STRUCTURE'],
  ['recipient version 0', replaced('30820167020102', '30820167020100'), 'CMS_VERSION'],
  [
    'a recipient by issuer and serial number',
    message({
      recipients: tlv('31', tlv('30', '020102', '3000', oaep, tlv('04', '02'.repeat(256)))),
    }),
    'CMS_STRUCTURE',
  ],
  [
    'a key agreement recipient',
    message({ recipients: tlv('31', tlv('a1', '020103')) }),
    'CMS_STRUCTURE',
  ],
  [
    'a subjectKeyIdentifier of 20 bytes',
    message({
      recipients: tlv(
        '31',
        tlv('30', '020102', tlv('80', '01'.repeat(20)), oaep, tlv('04', '02'.repeat(256))),
      ),
    }),
    'CMS_RECIPIENT_ID',
  ],
  ['PKCS#1 v1.5', replaced(rsaOaep, '06092a864886f70d010101'), 'CMS_KEY_ENCRYPTION'],
  ['OAEP with its defaults, SHA-1', withKeyEncryption(tlv('30', rsaOaep, '3000')), 'CMS_STRUCTURE'],
  [
    'OAEP with SHA-512',
    withKeyEncryption(
      tlv('30', rsaOaep, tlv('30', tlv('a0', sha512()), tlv('a1', tlv('30', mgf1Sha256)))),
    ),
    'CMS_KEY_ENCRYPTION',
  ],
  [
    'OAEP whose mask is from SHA-512',
    withKeyEncryption(
      tlv(
        '30',
        rsaOaep,
        tlv('30', tlv('a0', sha256), tlv('a1', tlv('30', '06092a864886f70d010108', sha512()))),
      ),
    ),
    'CMS_KEY_ENCRYPTION',
  ],
  [
    'OAEP with a label',
    withKeyEncryption(
      tlv(
        '30',
        rsaOaep,
        tlv(
          '30',
          tlv('a0', sha256),
          tlv('a1', tlv('30', mgf1Sha256)),
          tlv('a2', tlv('30', '06092a864886f70d010109', '040101')),
        ),
      ),
    ),
    'CMS_STRUCTURE',
  ],
  [
    'an encrypted key in pieces',
    message({
      recipients: tlv(
        '31',
        tlv('30', '020102', tlv('80', '01'.repeat(32)), oaep, tlv('24', tlv('04', '02'))),
      ),
    }),
    'CMS_STRUCTURE',
  ],
  [
    'id-digestedData inside',
    message({ info: tlv('30', '06092a864886f70d010705', aes, content) }),
    'CMS_CONTENT_TYPE',
  ],
  [
    'aes-128-cbc',
    replaced('060960864801650304012a', '0609608648016503040102'),
    'CMS_CONTENT_ENCRYPTION',
  ],
  [
    'aes-256-gcm',
    replaced('060960864801650304012a', '060960864801650304012e'),
    'CMS_CONTENT_ENCRYPTION',
  ],
  [
    'an IV of 12 bytes',
    message({
      info: tlv(
        '30',
        idData,
        tlv('30', '060960864801650304012a', tlv('04', '03'.repeat(12))),
        content,
      ),
    }),
    'CMS_IV',
  ],
  ['no content', message({ info: tlv('30', idData, aes) }), 'CMS_STRUCTURE'],
  ['empty content', message({ info: tlv('30', idData, aes, '8000') }), 'CMS_CONTENT'],
  ['content without segments', message({ info: tlv('30', idData, aes, 'a000') }), 'CMS_CONTENT'],
  [
    'content of 47 bytes',
    message({ info: tlv('30', idData, aes, tlv('80', '04'.repeat(47))) }),
    'CMS_CONTENT',
  ],
  [
    'segments that are no octet strings',
    message({ info: tlv('30', idData, aes, tlv('a0', tlv('03', '04'.repeat(16)))) }),
    'CMS_STRUCTURE',
  ],
]

function sha512(): string {
  return '300d06096086480165030402030500'
}

function withKeyEncryption(algorithm: string): string {
  const identifier = tlv('80', '01'.repeat(32))
  const key = tlv('04', '02'.repeat(256))
  return message({ recipients: tlv('31', tlv('30', '020102', identifier, algorithm, key)) })
}

function replaced(part: string, by: string): string {
  assert.ok(good.includes(part))
  return good.replace(part, by)
}

describe('encodeEnvelopedData', () => {
  it('has the sizes of the captured envelopes', () => {
    const sizes = [16, 48, 4112].map(
      (bytes) => encodeEnvelopedData({ ...envelope, ciphertext: Buffer.alloc(bytes) }).length,
    )
    assert.deepEqual(sizes, [461, 493, 4573])
  })

  for (const file of captures) {
    const url = new URL(file, corpus)
    const present = existsSync(url)
    const title = `gives the captured bytes of ${file} for their parts`
    ;(present ? it : it.skip)(present ? title : `${title} (skipped: no corpus)`, async () => {
      const captured = readFileSync(url)
      assert.deepEqual(encodeEnvelopedData(await decodeEnvelopedData(captured)), captured)
    })
  }

  it('is read back as it was, for every modulus and content', async () => {
    const parts = fc.record({
      subjectKeyIdentifier: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      encryptedKey: fc
        .constantFrom(256, 384, 512)
        .chain((bytes) => fc.uint8Array({ minLength: bytes, maxLength: bytes })),
      iv: fc.uint8Array({ minLength: 16, maxLength: 16 }),
      ciphertext: fc.integer({ min: 1, max: 300 }).map((blocks) => Buffer.alloc(16 * blocks, 7)),
    })
    await fc.assert(
      fc.asyncProperty(parts, async (given) => {
        const read = await decodeEnvelopedData(encodeEnvelopedData(given))
        for (const member of [
          'subjectKeyIdentifier',
          'encryptedKey',
          'iv',
          'ciphertext',
        ] as const) {
          assert.deepEqual(Buffer.from(read[member]), Buffer.from(given[member]), member)
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('decodeEnvelopedData', () => {
  it('reads definite lengths', async () => {
    assert.deepEqual(await decodeEnvelopedData(Buffer.from(good, 'hex')), envelope)
  })

  it('reads content as one primitive string in an envelope of indefinite length', async () => {
    const segmented = encodeEnvelopedData(envelope).toString('hex')
    const segments = `a080${tlv('04', '04'.repeat(48))}0000`
    assert.ok(segmented.includes(segments))
    const formB = segmented.replace(segments, content)
    assert.deepEqual(await decodeEnvelopedData(Buffer.from(formB, 'hex')), envelope)
  })

  it('reads a SHA-256 identifier without its NULL', async () => {
    const bare = tlv('30', '0609608648016503040201')
    const algorithm = tlv(
      '30',
      rsaOaep,
      tlv('30', tlv('a0', bare), tlv('a1', tlv('30', '06092a864886f70d010108', bare))),
    )
    const bytes = Buffer.from(withKeyEncryption(algorithm), 'hex')
    assert.deepEqual(await decodeEnvelopedData(bytes), envelope)
  })

  for (const [name, hex, code] of malformed) {
    it(`refuses ${name}`, async () => {
      await assert.rejects(decodeEnvelopedData(Buffer.from(hex, 'hex')), {
        name: 'DecodeError',
        code,
      })
    })
  }

  it('throws nothing but a DecodeError for any bytes', async () => {
    const bytes = Buffer.from(good, 'hex')
    const damage = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }))
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 4 }), async (changes) => {
        const damaged = Buffer.from(bytes)
        for (const [offset, bits] of changes) damaged[offset]! ^= bits
        await decodeEnvelopedData(damaged).catch((error: unknown) => {
          assert.ok(error instanceof DecodeError, String(error))
        })
      }),
      { numRuns: 500 },
    )
  })
})
