import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { certificatePcr, measureEif } from '../../lib/enclave/measure.ts'
import { eifCorpus, forEachImage } from '../support/eif-vectors.ts'
import {
  goodSections,
  pemOf,
  sectionType,
  signingCertificate,
  writeEif,
  writeSignature,
} from '../support/write-eif.ts'

const zero = Buffer.alloc(48)

function extended(...parts: Uint8Array[]): Buffer {
  const digest = createHash('sha384').update(Buffer.concat(parts)).digest()
  return createHash('sha384').update(zero).update(digest).digest()
}

const [kernel, cmdline, metadata, init, application] = goodSections().map(({ data }) => data) as [
  Buffer,
  Buffer,
  Buffer,
  Buffer,
  Buffer,
]

describe('measureEif', () => {
  forEachImage("gives AWS's registers", ({ pcrs }, bytes) => {
    const measured = [...measureEif(bytes).pcrs].map(([index, value]) => [
      `PCR${index}`,
      value.toString('hex'),
    ])
    assert.deepEqual(Object.fromEntries(measured), pcrs)
  })

  it('measures the image, its kernel and first ramdisk, and its other ramdisks', () => {
    const another = Buffer.from('a third ramdisk')
    const { pcrs, signature } = measureEif(
      writeEif(({ sections }) => sections.push({ type: sectionType.ramdisk, data: another })),
    )
    assert.deepEqual(
      pcrs,
      new Map([
        [0, extended(kernel, cmdline, init, application, another)],
        [1, extended(kernel, cmdline, init)],
        [2, extended(application, another)],
      ]),
    )
    assert.equal(signature, null)
  })

  it('has the published PCR2 of an image with one ramdisk', () => {
    const { pcrs } = measureEif(writeEif(({ sections }) => sections.pop()))
    assert.deepEqual(pcrs.get(0), pcrs.get(1))
    assert.equal(
      pcrs.get(2)?.toString('hex'),
      '21b9efbc184807662e966d34f390821309eeac6802309798826296bf3e8bec7c10edb30948c90ba67310f7b964fc500a',
    )
  })

  it('measures the sections in their order in the file', () => {
    const { pcrs } = measureEif(
      writeEif(({ sections }) => sections.push(sections.splice(1, 1)[0]!)),
    )
    assert.deepEqual(pcrs.get(0), extended(kernel, init, application, cmdline))
    assert.deepEqual(pcrs.get(1), extended(kernel, init, cmdline))
  })

  it('measures neither header nor metadata nor signature', () => {
    const plain = measureEif(writeEif()).pcrs
    const other = measureEif(
      writeEif((draft) => {
        Object.assign(draft, { version: 3, flags: 1, crcError: 1 })
        draft.sections.splice(2, 1)
        draft.sections.push({ type: sectionType.signature, data: writeSignature(zero) })
      }),
    ).pcrs
    assert.ok(metadata.length > 0)
    for (const index of [0, 1, 2]) assert.deepEqual(other.get(index), plain.get(index))
  })

  it('measures the bytes of the signing certificate into PCR8', () => {
    const certificate = signingCertificate()
    const data = writeSignature(zero, (draft) => (draft.certificate = pemOf(certificate)))
    const { pcrs } = measureEif(
      writeEif(({ sections }) => sections.push({ type: sectionType.signature, data })),
    )
    assert.deepEqual(pcrs.get(8), extended(certificate))
    assert.deepEqual([...pcrs.keys()], [0, 1, 2, 8])
  })

  it('passes on what the reader refuses', () => {
    assert.throws(() => measureEif(Buffer.from('.eif')), { code: 'EIF_TRUNCATED' })
    const data = Buffer.of(0x80)
    const unsigned = writeEif(({ sections }) =>
      sections.push({ type: sectionType.signature, data }),
    )
    assert.throws(() => measureEif(unsigned), { code: 'EIF_SIGNATURE' })
  })
})

describe('certificatePcr', () => {
  const title = "gives the PCR8 of AWS's signed image"
  if (!eifCorpus) it.skip(`${title} (skipped: ../shared/corpus/eif is absent)`)
  else {
    const { certs, vectors } = eifCorpus
    for (const [bits, file] of [
      ['256', 's256.eif'],
      ['384', 's.eif'],
    ] as const) {
      it(`${title}: ${file}`, () => {
        const base64 = (certs[bits] ?? '').replace(/-----.*-----|\n/g, '')
        const pcr = certificatePcr(Buffer.from(base64, 'base64')).toString('hex')
        assert.equal(pcr, vectors.find((vector) => vector.file === file)?.pcrs.PCR8)
      })
    }
  }
})
