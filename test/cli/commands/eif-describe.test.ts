import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeEif } from '../../../lib/enclave/describe-eif.ts'
import { measureEif } from '../../../lib/enclave/measure.ts'
import { prettyJson } from '../../../lib/enclave/pretty-json.ts'
import { forEachImage } from '../../support/eif-vectors.ts'
import { sectionType, writeEif, writeSignature } from '../../support/write-eif.ts'
import { run } from '../run.ts'

const image = writeEif()
const pcr0 = measureEif(image).pcrs.get(0)!

function withSignature(data: Buffer): Buffer {
  return writeEif(({ sections }) => sections.push({ type: sectionType.signature, data }))
}

const signed = withSignature(writeSignature(pcr0))
const forged = withSignature(
  writeSignature(pcr0, (draft) => (draft.signature = () => Buffer.alloc(96, 1))),
)
const ofAnother = withSignature(writeSignature(Buffer.alloc(48)))
const damaged = writeEif((draft) => (draft.crcError = 1))

describe('images on the command line', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'enclave-kms-eif-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  /** Runs a command beside a file `app.eif`. */
  const beside = (bytes: Buffer, ...args: string[]) => {
    writeFileSync(join(folder, 'app.eif'), bytes)
    return run(args, { cwd: folder })
  }

  const forms = [
    ['eif', 'describe', 'app.eif'],
    ['inspect', 'app.eif'],
    ['inspect', 'app.eif', '--json'],
  ]
  for (const args of forms) {
    it(`describes an image: ${args.join(' ')}`, async () => {
      const { code, stdout, stderr } = await beside(signed, ...args)
      assert.deepEqual([code, stderr], [0, ''])
      assert.equal(stdout.toString(), `${prettyJson(describeEif(signed).members)}\n`)
    })

    it(`says in one line why an image cannot be read: ${args.join(' ')}`, async () => {
      const { code, stdout, stderr } = await beside(image.subarray(0, -1), ...args)
      assert.deepEqual([code, stdout.toString()], [2, ''])
      assert.match(
        stderr,
        /^enclave-kms: app\.eif: .*section 4 \(ramdisk\) has 18 of its 19 bytes\n$/,
      )
    })

    it(`says in one line that a signature is forged: ${args.join(' ')}`, async () => {
      const { code, stdout, stderr } = await beside(forged, ...args)
      assert.deepEqual([code, stdout.toString()], [args[0] === 'inspect' ? 1 : 2, ''])
      assert.match(stderr, /^enclave-kms: app\.eif: .*not made by the certificate's key\n$/)
    })
  }

  it('describes an image from standard input', async () => {
    const { code, stdout } = await run(['eif', 'describe', '-'], { stdin: image })
    assert.equal(code, 0)
    assert.equal((JSON.parse(stdout.toString()) as { EifVersion: number }).EifVersion, 4)
  })

  it('reports a wrong checksum as nitro-cli does', async () => {
    const { code, stdout, stderr } = await beside(damaged, 'eif', 'describe', 'app.eif')
    assert.deepEqual([code, stderr], [0, ''])
    assert.equal((JSON.parse(stdout.toString()) as { CheckCRC: boolean }).CheckCRC, false)
  })

  const doubtful: readonly (readonly [
    name: string,
    bytes: Buffer,
    flags: string[],
    line: RegExp,
  ])[] = [
    ['a wrong checksum', damaged, [], /^enclave-kms: app\.eif: the checksum in the header is not/],
    [
      'the signature of another image',
      ofAnother,
      [],
      /app\.eif: the signature is of another image\n$/,
    ],
    [
      'a certificate that has expired',
      signed,
      ['--at', '2045-01-01T00:00:01Z'],
      /the signing certificate is valid from Jan {2}1 00:00:00 2020 GMT to Jan {2}1 00:00:00 2045 GMT\n$/,
    ],
    ['a certificate of later', signed, ['--at', '2019-12-31T23:59:59Z'], /is valid from Jan/],
  ]
  for (const [name, bytes, flags, line] of doubtful) {
    it(`inspects ${name}: not valid, and says why on stderr`, async () => {
      const { code, stdout, stderr } = await beside(bytes, 'inspect', 'app.eif', ...flags)
      assert.equal(code, 1)
      assert.equal(stdout.toString(), `${prettyJson(describeEif(bytes).members)}\n`)
      assert.match(stderr, line)
    })
  }

  it("asks for no dates at an image's own time, since it has none", async () => {
    const { code } = await beside(signed, 'inspect', 'app.eif', '--at', 'document')
    assert.equal(code, 0)
  })

  describe('attest --eif', () => {
    const zeros = '0'.repeat(96)

    const attested = async (bytes: Buffer, ...flags: string[]) => {
      const minted = await beside(bytes, 'attest', '--eif', 'app.eif', ...flags)
      assert.equal(minted.code, 0, minted.stderr)
      const { stdout } = await run(['inspect', '-', '--json'], { stdin: minted.stdout })
      const report = JSON.parse(stdout.toString()) as {
        document: { pcrs: Record<string, string>; debug: boolean }
      }
      return report.document
    }

    it('has the registers of the image', async () => {
      const { pcrs } = await attested(signed)
      const expected = measureEif(signed).pcrs
      for (const [index, value] of Object.entries(pcrs)) {
        assert.equal(value, expected.get(Number(index))?.toString('hex') ?? zeros, index)
      }
      assert.equal(Object.keys(pcrs).length, 16)
    })

    it('lets a register that is named win', async () => {
      const other = 'ab'.repeat(48)
      const { pcrs } = await attested(image, '--pcr', `0=${other}`, '--pcr', `8=${other}`)
      assert.deepEqual([pcrs[0], pcrs[8]], [other, other])
      assert.equal(pcrs[1], measureEif(image).pcrs.get(1)?.toString('hex'))
    })

    it('has zeros in debug mode', async () => {
      const { pcrs, debug } = await attested(signed, '--debug')
      assert.equal(debug, true)
      for (const index of [0, 1, 2, 8]) assert.equal(pcrs[index], zeros)
    })

    const refused: readonly (readonly [name: string, bytes: Buffer, line: RegExp])[] = [
      ['no image', Buffer.from('hello'), /app\.eif: EIF_MAGIC: /],
      ['a wrong checksum', damaged, /app\.eif: EIF_CRC: /],
      ['a forged signature', forged, /app\.eif: EIF_SIGNATURE_UNVERIFIED: /],
      ['the signature of another image', ofAnother, /app\.eif: EIF_SIGNATURE_MISMATCH: /],
    ]
    for (const [name, bytes, line] of refused) {
      it(`refuses ${name}`, async () => {
        const out = ['--out', 'doc.bin']
        const finished = await beside(bytes, 'attest', '--eif', 'app.eif', ...out)
        assert.deepEqual([finished.code, finished.stdout.toString()], [2, ''])
        assert.match(finished.stderr, line)
        assert.match(finished.stderr, /^enclave-kms: [^\n]+\n$/)
        assert.throws(() => readFileSync(join(folder, 'doc.bin')), { code: 'ENOENT' })
      })
    }
  })

  forEachImage(
    "prints what nitro-cli prints of AWS's image",
    async ({ describe: expected }, bytes) => {
      const { code, stdout } = await beside(bytes, 'eif', 'describe', 'app.eif')
      assert.equal(code, 0)
      assert.deepEqual(JSON.parse(stdout.toString()), expected)
    },
  )
})
