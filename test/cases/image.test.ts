import assert from 'node:assert/strict'
import { readImage, registersOfImage } from '../../lib/cases/image.ts'
import { ConfigError } from '../../lib/config/config-error.ts'
import { launchPcrs } from '../../lib/enclave/measure-launch.ts'
import { sectionType, writeEif, writeSignature } from '../support/write-eif.ts'

const path = 'cases[2].attestation.eif'

function reading(file: Uint8Array) {
  return readImage('./app.eif', { path, baseDir: '.', readFile: () => file })
}

describe('readImage', () => {
  const image = writeEif()

  it('gives the registers of the image', () => {
    assert.deepEqual(reading(image), launchPcrs(image))
  })

  it('sees that the file has changed since it was last read', () => {
    const other = writeEif(({ sections }) => (sections[4]!.data = Buffer.from('another ramdisk')))
    const pcr0 = reading(image).get(0)
    assert.notDeepEqual(reading(other).get(0), pcr0)
    assert.deepEqual(reading(Buffer.from(image)).get(0), pcr0)
  })

  const signed = (data: Buffer) =>
    writeEif(({ sections }) => sections.push({ type: sectionType.signature, data }))
  const wrong: readonly (readonly [name: string, file: Buffer, message: string])[] = [
    ['what is no image', Buffer.from('hello'), 'EIF_MAGIC: the file does not begin with .eif'],
    [
      'a wrong checksum',
      writeEif((draft) => (draft.crcError = 1)),
      'EIF_CRC: the checksum in the header is not that of the image',
    ],
    [
      'the signature of another image',
      signed(writeSignature(Buffer.alloc(48))),
      'EIF_SIGNATURE_MISMATCH: the signature is of another image',
    ],
  ]
  for (const [name, file, message] of wrong) {
    it(`refuses ${name}`, () => {
      assert.throws(() => reading(file), new ConfigError(path, `./app.eif: ${message}`))
    })
  }

  it('refuses a file that is not there, and what is no path', () => {
    const readFile = () => {
      throw new Error('no such file')
    }
    const place = { path, baseDir: '.', readFile }
    assert.throws(
      () => readImage('./app.eif', place),
      new ConfigError(path, 'cannot read ./app.eif: no such file'),
    )
    assert.throws(() => readImage(1, place), { name: 'ConfigError' })
  })

  it('takes an image of more bytes than other files may have', () => {
    const application = Buffer.alloc(9 * 1024 * 1024)
    const large = writeEif(({ sections }) => (sections[4]!.data = application))
    assert.deepEqual(reading(large), launchPcrs(large))
  })
})

describe('registersOfImage', () => {
  it('has the registers 0 to 15, zero where neither the image nor the case says more', () => {
    const [one, other] = [Buffer.alloc(48, 1), Buffer.alloc(48, 3)]
    const registers = registersOfImage(new Map([[0, one]]), new Map([[3, other]]))
    assert.deepEqual(
      [...registers.keys()],
      Array.from({ length: 16 }, (_, index) => index),
    )
    assert.deepEqual([registers.get(0), registers.get(3)], [one, other])
    assert.deepEqual(registers.get(8), Buffer.alloc(48))
  })
})
