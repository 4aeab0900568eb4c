import assert from 'node:assert/strict'
import fc from 'fast-check'
import { DerReader, derTag } from '../../lib/codec/der.ts'
import {
  derBitString,
  derElement,
  derNamedBits,
  derOctetString,
  derOid,
  derSequence,
  derTime,
  derTrue,
  derUnsigned,
} from '../../lib/codec/der-writer.ts'

const bytes = (hex: string) => Buffer.from(hex, 'hex')

/** What is written, and what `openssl asn1parse -genstr TEXT -out FILE` writes for a text. */
const elements: readonly [Buffer, string, string][] = [
  [derUnsigned(bytes('')), 'INTEGER:0', '020100'],
  [derUnsigned(bytes('0000')), 'INTEGER:0x0000', '020100'],
  [derUnsigned(bytes('7f')), 'INTEGER:0x7f', '02017f'],
  [derUnsigned(bytes('80')), 'INTEGER:0x80', '02020080'],
  [derUnsigned(bytes('00ff00')), 'INTEGER:0x00ff00', '020300ff00'],
  [derOid('1.2.840.10045.4.3.3'), 'OID:1.2.840.10045.4.3.3', '06082a8648ce3d040303'],
  [derOid('2.999.3'), 'OID:2.999.3', '0603883703'],
  [derOid('0.39'), 'OID:0.39', '060127'],
  [derOid('1.3.4294967296'), 'OID:1.3.4294967296', '06062b9080808000'],
  [derNamedBits([5]), 'FORMAT:BITLIST,BITSTRING:5', '03020204'],
  [derNamedBits([1, 0]), 'FORMAT:BITLIST,BITSTRING:0,1', '030206c0'],
  [derNamedBits([0, 5, 6]), 'FORMAT:BITLIST,BITSTRING:0,5,6', '03020186'],
  [derNamedBits([8]), 'FORMAT:BITLIST,BITSTRING:8', '0303070080'],
  [derBitString(bytes('0102')), 'FORMAT:HEX,BITSTRING:0102', '0303000102'],
  [derOctetString(bytes('0102')), 'FORMAT:HEX,OCT:0102', '04020102'],
  [derTrue(), 'BOOL:TRUE', '0101ff'],
  [
    derTime(Date.parse('2049-12-31T23:59:59Z')),
    'UTC:491231235959Z',
    '170d3439313233313233353935395a',
  ],
  [
    derTime(Date.parse('2050-01-01T00:00:00Z')),
    'GENTIME:20500101000000Z',
    '180f32303530303130313030303030305a',
  ],
]

describe('the DER writer', () => {
  for (const [written, text, hex] of elements) {
    it(`writes ${text} as openssl does`, () => {
      assert.equal(written.toString('hex'), hex)
    })
  }

  it('writes the shortest length', () => {
    for (const [length, head] of [
      [0x7f, '047f'],
      [0x80, '048180'],
      [0xff, '0481ff'],
      [0x100, '04820100'],
      [0xffff, '0482ffff'],
      [0x1_0000, '0483010000'],
    ] as const) {
      const written = derOctetString(Buffer.alloc(length))
      assert.equal(written.toString('hex', 0, head.length / 2), head)
      assert.equal(written.length, head.length / 2 + length)
    }
  })

  it('puts the parts of an element one after another', () => {
    assert.equal(derElement(0xa3, derTrue(), derTrue()).toString('hex'), 'a3060101ff0101ff')
    assert.equal(derSequence().toString('hex'), '3000')
  })

  it('writes what the reader reads', () => {
    const arc = fc.integer({ min: 0, max: 2 ** 40 })
    const oids = fc
      .tuple(fc.constantFrom(0, 1, 2), fc.integer({ min: 0, max: 39 }), fc.array(arc))
      .map(([root, second, rest]) => [root, second, ...rest].join('.'))
    const seconds = fc.integer({
      min: Date.parse('1950-01-01T00:00:00Z') / 1000,
      max: Date.parse('9999-12-31T23:59:59Z') / 1000,
    })
    const contents = fc.record({
      number: fc.bigInt({ min: 0n, max: 2n ** 160n }),
      oid: oids,
      bits: fc.uniqueArray(fc.integer({ min: 0, max: 40 })),
      string: fc.uint8Array({ maxLength: 300 }),
      ms: seconds.map((value) => value * 1000),
    })
    fc.assert(
      fc.property(contents, ({ number, oid, bits, string, ms }) => {
        const digits = bytes(number.toString(16).padStart(42, '0'))
        const reader = new DerReader(
          derSequence(
            derUnsigned(digits),
            derOid(oid),
            derNamedBits(bits),
            derBitString(string),
            derTime(ms),
          ),
        ).inside(derTag.sequence)
        assert.equal(BigInt(`0x0${Buffer.from(reader.unsigned()).toString('hex')}`), number)
        assert.equal(reader.oid(), oid)
        assert.deepEqual(reader.bits(), new Set(bits.sort((a, b) => a - b)))
        assert.deepEqual(Buffer.from(reader.bytes()), Buffer.from(string))
        assert.equal(reader.time(), ms)
        reader.end()
      }),
    )
  })

  it('refuses what has no form here', () => {
    const refused: readonly [string, () => unknown, string][] = [
      ['16 MiB', () => derOctetString(Buffer.alloc(2 ** 24)), 'more than an element here can hold'],
      ['no arc', () => derOid(''), 'no whole number from zero'],
      ['one arc', () => derOid('1'), 'no whole number from zero'],
      ['a text in an identifier', () => derOid('1.2.x'), 'no whole number from zero'],
      ['half a bit', () => derNamedBits([0.5]), 'no whole number from zero'],
      ['a bit below 0', () => derNamedBits([-1]), 'no whole number from zero'],
      ['milliseconds', () => derTime(1), 'no time of a certificate'],
      ['no time', () => derTime(NaN), 'no time of a certificate'],
      ['1949', () => derTime(Date.UTC(1949, 11, 31)), 'no time of a certificate'],
      ['10000', () => derTime(Date.UTC(10000, 0, 1)), 'no time of a certificate'],
    ]
    for (const [what, write, message] of refused) {
      assert.throws(write, { name: 'RangeError', message }, what)
    }
  })
})
