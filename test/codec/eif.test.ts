import assert from 'node:assert/strict'
import fc from 'fast-check'
import { decodeEif, sectionsOf } from '../../lib/codec/eif.ts'
import { DecodeError } from '../../lib/errors.ts'
import { forEachImage } from '../support/eif-vectors.ts'
import { goodSections, sectionType, writeEif, type EifDraft } from '../support/write-eif.ts'

const headerBytes = 548
const kernel = { type: sectionType.kernel, data: Buffer.from('another kernel') }

type Malformed = readonly [
  name: string,
  edit: (draft: EifDraft) => void,
  code: string,
  text: string,
]

const malformed: readonly Malformed[] = [
  [
    'another magic',
    (d) => (d.magic = Buffer.from('.elf')),
    'EIF_MAGIC',
    'the file does not begin with .eif',
  ],
  ['version 1', (d) => (d.version = 1), 'EIF_VERSION', 'version 1, not 2 to 4'],
  ['version 5', (d) => (d.version = 5), 'EIF_VERSION', 'version 5, not 2 to 4'],
  ['one section', (d) => (d.count = 1), 'EIF_SECTION_COUNT', '1 sections, not 2 to 32'],
  ['33 sections', (d) => (d.count = 33), 'EIF_SECTION_COUNT', '33 sections, not 2 to 32'],
  [
    'a section after the last one counted',
    (d) => (d.count = 4),
    'EIF_TRAILING_BYTES',
    '31 bytes after the last section',
  ],
  [
    'bytes after the last section',
    (d) => (d.trailing = Buffer.alloc(11)),
    'EIF_TRAILING_BYTES',
    '11 bytes after the last section',
  ],
  [
    'more sections counted than there are',
    (d) => {
      d.count = 6
      d.offsets.set(5, 0n)
    },
    'EIF_SECTION_OFFSET',
    /^section 5 is said to be at byte 0, not \d+ where it follows$/.source,
  ],
  [
    'an offset beyond the file',
    (d) => d.offsets.set(1, 1n << 40n),
    'EIF_SECTION_OFFSET',
    'section 1 is said to be at byte 1099511627776, not 566 where it follows',
  ],
  [
    'an offset of all ones',
    (d) => d.offsets.set(0, 2n ** 64n - 1n),
    'EIF_SECTION_OFFSET',
    'section 0 is said to be at byte 18446744073709551615, not 548 where it follows',
  ],
  [
    'sections that overlap',
    (d) => d.offsets.set(1, 560n),
    'EIF_SECTION_OFFSET',
    'section 1 is said to be at byte 560, not 566 where it follows',
  ],
  [
    'two sections at one place',
    (d) => d.offsets.set(1, 548n),
    'EIF_SECTION_OFFSET',
    'section 1 is said to be at byte 548, not 566 where it follows',
  ],
  [
    'a gap between sections',
    (d) => d.offsets.set(1, 567n),
    'EIF_SECTION_OFFSET',
    'section 1 is said to be at byte 567, not 566 where it follows',
  ],
  [
    'a section inside the header',
    (d) => d.offsets.set(0, 0n),
    'EIF_SECTION_OFFSET',
    'section 0 is said to be at byte 0, not 548 where it follows',
  ],
  [
    'a section of the type 0',
    (d) => (d.sections[1]!.type = 0),
    'EIF_SECTION_TYPE',
    'section 1 has the type 0',
  ],
  [
    'a section of the type 6',
    (d) => (d.sections[4]!.type = 6),
    'EIF_SECTION_TYPE',
    'section 4 has the type 6',
  ],
  [
    'a section that says to be huge',
    (d) => (d.sections[0]!.size = 2n ** 64n - 1n),
    'EIF_TRUNCATED',
    /^section 0 \(kernel\) has \d+ of its 18446744073709551615 bytes$/.source,
  ],
  [
    'a last section that says to be a byte longer',
    (d) => (d.sections[4]!.size = 20n),
    'EIF_TRUNCATED',
    'section 4 (ramdisk) has 19 of its 20 bytes',
  ],
  [
    'a section whose size in the table is another',
    (d) => d.sizes.set(4, 2n ** 63n),
    'EIF_SECTION_SIZE',
    'section 4 (ramdisk) has 19 bytes, and 9223372036854775808 in the table',
  ],
  [
    'two kernels',
    (d) => d.sections.splice(1, 0, kernel),
    'EIF_SECTION_TWICE',
    '2 sections of the type kernel',
  ],
  [
    'no kernel',
    (d) => d.sections.splice(0, 1),
    'EIF_SECTION_MISSING',
    'no section of the type kernel',
  ],
  [
    'no cmdline',
    (d) => d.sections.splice(1, 1),
    'EIF_SECTION_MISSING',
    'no section of the type cmdline',
  ],
  [
    'no metadata in version 4',
    (d) => d.sections.splice(2, 1),
    'EIF_SECTION_MISSING',
    'no section of the type metadata',
  ],
  [
    'two of metadata',
    (d) => d.sections.push(d.sections[2]!),
    'EIF_SECTION_TWICE',
    '2 sections of the type metadata',
  ],
  [
    'two signatures',
    (d) => {
      const signature = { type: sectionType.signature, data: Buffer.of(0x80) }
      d.sections.push(signature, signature)
    },
    'EIF_SECTION_TWICE',
    '2 sections of the type signature',
  ],
  [
    'a ramdisk before the kernel',
    (d) => d.sections.push(d.sections.shift()!),
    'EIF_SECTION_ORDER',
    'a ramdisk stands before the kernel',
  ],
]

describe('decodeEif', () => {
  for (const [name, edit, code, text] of malformed) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => decodeEif(writeEif(edit)),
        (error) => {
          assert.ok(error instanceof DecodeError, String(error))
          assert.equal(error.code, code)
          if (text.startsWith('^')) assert.match(error.message, new RegExp(text))
          else assert.equal(error.message, text)
          return true
        },
      )
    })
  }

  it('refuses a file that ends too early, wherever it ends', () => {
    const whole = writeEif()
    for (let length = 0; length < whole.length; length++) {
      const code = length < 4 ? 'EIF_MAGIC' : 'EIF_TRUNCATED'
      assert.throws(() => decodeEif(whole.subarray(0, length)), { name: 'DecodeError', code })
    }
  })

  it('says where a file ends too early', () => {
    const whole = writeEif()
    const refuses = (length: number, message: string) =>
      assert.throws(() => decodeEif(whole.subarray(0, length)), { message })
    refuses(headerBytes - 1, 'the file ends in its header, after 547 bytes')
    refuses(headerBytes, 'the file ends where section 0 begins')
    refuses(headerBytes + 11, 'the file ends where section 0 begins')
    refuses(headerBytes + 12, 'section 0 (kernel) has 0 of its 6 bytes')
    refuses(whole.length - 1, 'section 4 (ramdisk) has 18 of its 19 bytes')
  })

  it('reads the sections in their order', () => {
    const { version, sections, crcMatches } = decodeEif(writeEif())
    assert.deepEqual([version, crcMatches], [4, true])
    const types = ['kernel', 'cmdline', 'metadata', 'ramdisk', 'ramdisk'] as const
    assert.deepEqual(
      sections,
      goodSections().map(({ data }, index) => ({ type: types[index], data })),
    )
  })

  it('takes the order of other builders, and 32 sections', () => {
    const eif = decodeEif(
      writeEif(({ sections }) => {
        const [metadata] = sections.splice(2, 1)
        for (let index = 4; index < 31; index++) {
          sections.push({ type: sectionType.ramdisk, data: Buffer.of(index) })
        }
        sections.push(metadata!)
      }),
    )
    assert.equal(eif.sections.length, 32)
    assert.equal(eif.sections[31]?.type, 'metadata')
    assert.equal(sectionsOf(eif, 'ramdisk').length, 29)
  })

  it('takes empty sections, and an image without a ramdisk', () => {
    const eif = decodeEif(
      writeEif((draft) => {
        draft.sections = draft.sections.slice(0, 3)
        draft.sections[1]!.data = Buffer.alloc(0)
      }),
    )
    assert.deepEqual(sectionsOf(eif, 'ramdisk'), [])
    assert.deepEqual(sectionsOf(eif, 'cmdline'), [Buffer.alloc(0)])
  })

  for (const version of [2, 3]) {
    it(`takes version ${version} without metadata`, () => {
      const eif = decodeEif(
        writeEif((draft) => {
          draft.version = version
          draft.sections.splice(2, 1)
        }),
      )
      assert.equal(eif.version, version)
    })
  }

  it('takes an image for any architecture, and with flags that are reserved', () => {
    for (const flags of [1, 0x8001]) {
      assert.equal(decodeEif(writeEif((draft) => (draft.flags = flags))).crcMatches, true)
    }
  })

  it('takes the stale size that sign-eif leaves in the table of an image that is signed again', () => {
    const eif = decodeEif(
      writeEif((draft) => {
        draft.sections.push({ type: sectionType.signature, data: Buffer.of(0x80) })
        draft.sizes.set(5, 1464n)
      }),
    )
    assert.deepEqual(sectionsOf(eif, 'signature'), [Buffer.of(0x80)])
    assert.equal(eif.crcMatches, true)
  })

  it('reports a checksum that is wrong', () => {
    assert.equal(decodeEif(writeEif((draft) => (draft.crcError = 1))).crcMatches, false)
    const whole = writeEif()
    for (const place of [8, 540, 544, 547, headerBytes + 12, whole.length - 1]) {
      const changed = Buffer.from(whole)
      changed[place]! ^= 1
      assert.equal(decodeEif(changed).crcMatches, false, `byte ${place}`)
    }
  })

  it('answers for any bytes with an image or a DecodeError of this format', () => {
    const whole = writeEif()
    const edits = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 })
    fc.assert(
      fc.property(edits, (changes) => {
        const changed = Buffer.from(whole)
        for (const [place, byte] of changes) changed[place] = byte
        try {
          const { sections } = decodeEif(changed)
          const bytes = sections.reduce((sum, { data }) => sum + 12 + data.length, headerBytes)
          assert.equal(bytes, whole.length)
        } catch (error) {
          assert.ok(error instanceof DecodeError, String(error))
          assert.match(error.code, /^EIF_/)
        }
      }),
      { numRuns: 500 },
    )
  })

  forEachImage("reads AWS's image and its checksum", ({ crc32_hex }, bytes) => {
    assert.equal(decodeEif(bytes).crcMatches, true)
    assert.equal(bytes.readUInt32BE(544).toString(16).padStart(8, '0'), crc32_hex)
  })
})
