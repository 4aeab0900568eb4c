import assert from 'node:assert/strict'
import { mintAttestationDocument } from '../../lib/attest/mint.ts'
import { roleArnPcr } from '../../lib/attest/pcr.ts'
import { readAttestation, type CaseAttestation } from '../../lib/cases/attestation.ts'
import { ConfigError } from '../../lib/config/config-error.ts'
import { launchPcrs } from '../../lib/enclave/measure-launch.ts'
import { writeEif } from '../support/write-eif.ts'
import { image, nowMs, parentArn, zeros } from './support.ts'

const path = 'cases[2].attestation'

function reading(value: unknown, file?: Uint8Array): Promise<CaseAttestation> {
  const readFile = (): Uint8Array => {
    if (file) return file
    throw new Error('no such file')
  }
  return Promise.resolve().then(() => readAttestation(value, { path, baseDir: '.', readFile })())
}

async function refuses(value: unknown, member: string, message: string, file?: Uint8Array) {
  await assert.rejects(reading(value, file), new ConfigError(path + member, message))
}

const pcrs = new Map([[0, Buffer.from(image, 'hex')]])

describe('readAttestation', () => {
  it('takes the named registers for all there are', async () => {
    const facts = await reading({ pcrs: { 0: image, 31: zeros } })
    assert.deepEqual(facts, {
      platform: 'nitro-enclave',
      moduleId: 'policy case',
      pcrs: new Map([
        [0, image],
        [31, zeros],
      ]),
      debug: false,
      root: 'policy case',
    })
  })

  it('writes registers in lower case, as documents have them', async () => {
    const { pcrs } = await reading({ pcrs: { 0: image.toUpperCase() } })
    assert.deepEqual(pcrs, new Map([[0, image]]))
  })

  it('gives a debug enclave the registers 0 to 15, all zero', async () => {
    const { pcrs, debug } = await reading({ debug: true })
    assert.equal(debug, true)
    assert.deepEqual(
      [...pcrs.keys()],
      Array.from({ length: 16 }, (_, index) => index),
    )
    assert.deepEqual(new Set(pcrs.values()), new Set([zeros]))
  })

  it('leaves a debug enclave the registers that debug mode does not zero', async () => {
    const role = roleArnPcr(parentArn).toString('hex')
    const { pcrs, debug } = await reading({ debug: true, pcrs: { 0: image, 3: role } })
    assert.equal(debug, true)
    assert.deepEqual(pcrs.get(0), zeros)
    assert.deepEqual(pcrs.get(3), role)
    assert.deepEqual(
      [...pcrs.keys()].sort((a, b) => a - b),
      [0, 1, 2, 3, 8],
    )
  })

  it('sees debug mode in registers that are zero', async () => {
    const { debug } = await reading({ pcrs: { 0: zeros, 1: zeros, 2: zeros } })
    assert.equal(debug, true)
  })

  it('describes a NitroTPM', async () => {
    const facts = await reading({ platform: 'nitro-tpm', pcrs: { 0: zeros, 1: zeros, 2: zeros } })
    assert.equal(facts.platform, 'nitro-tpm')
    assert.equal(facts.debug, false)
  })

  for (const [form, write] of [
    ['as it is', (document: Uint8Array) => document],
    [
      'in base64',
      (document: Uint8Array) => Buffer.from(Buffer.from(document).toString('base64') + '\n'),
    ],
  ] as const) {
    it(`believes a document ${form}, at its own time`, async () => {
      const document = await mintAttestationDocument({ pcrs, roleArn: parentArn }, nowMs)
      const facts = await reading({ document: './doc.bin' }, write(document))
      assert.equal(facts.platform, 'nitro-enclave')
      assert.equal(facts.timestampMs, nowMs)
      assert.equal(facts.root, 'simulated')
      assert.equal(facts.pcrs.get(0), image)
      assert.equal(facts.pcrs.get(3), roleArnPcr(parentArn).toString('hex'))
    })
  }

  it('refuses a document that was changed', async () => {
    const document = Buffer.from(await mintAttestationDocument({ pcrs }, nowMs))
    document[document.length - 1]! ^= 1
    await assert.rejects(reading({ document: './doc.bin' }, document), (error) => {
      assert.ok(error instanceof ConfigError, String(error))
      assert.equal(error.path, `${path}.document`)
      assert.match(error.message, /: the document is not valid: DOCUMENT_SIGNATURE: /)
      return true
    })
  })

  it('refuses what is no document, or not there', async () => {
    await assert.rejects(reading({ document: './doc.bin' }, Buffer.from('hello')), (error) => {
      assert.ok(error instanceof ConfigError, String(error))
      assert.match(error.message, /attestation\.document: the document is not valid: \w+: /)
      return true
    })
    await refuses({ document: './doc.bin' }, '.document', 'cannot read ./doc.bin: no such file')
  })

  const hex = 'want a text of 96 hex digits'
  const wrong: readonly (readonly [value: unknown, member: string, message: string])[] = [
    [{}, '', 'want pcrs, an eif, debug: true or a document'],
    [{ debug: false }, '', 'want pcrs, an eif, debug: true or a document'],
    [null, '', 'want a map, got an empty value'],
    [{ measurements: 1 }, '.measurements', 'unknown member'],
    [{ pcrs: { 0: 'ab' } }, '.pcrs.0', hex],
    [{ pcrs: { 0: `0x${image}` } }, '.pcrs.0', hex],
    [{ pcrs: { 0: 0 } }, '.pcrs.0', `${hex}, got a number; put it in quotes`],
    [{ pcrs: { 32: image } }, '.pcrs.32', 'want a register from 0 to 31'],
    [{ pcrs: { '00': image } }, '.pcrs.00', 'want a register from 0 to 31'],
    [{ debug: 'yes' }, '.debug', 'want true or false, got a text'],
    [{ platform: 'nitro-tpm', debug: true }, '.debug', 'a NitroTPM has no debug mode'],
    [
      { platform: 'nitro-tpm', pcrs: { 24: image } },
      '.pcrs.24',
      'a NitroTPM has the registers 0 to 23',
    ],
    [{ platform: 'sev', pcrs: {} }, '.platform', 'want nitro-enclave or nitro-tpm, got "sev"'],
    [{ eif: './app.eif' }, '.eif', 'cannot read ./app.eif: no such file'],
    [{ eif: 0 }, '.eif', 'want a text: a path, got a number; put it in quotes'],
  ]
  for (const [value, member, message] of wrong) {
    it(`refuses ${JSON.stringify(value).slice(0, 60)}`, () => refuses(value, member, message))
  }

  describe('of an image', () => {
    const eif = './app.eif'
    const bytes = writeEif()
    const pcr0 = launchPcrs(bytes).get(0)?.toString('hex')

    it('has its registers, and zeros in the others', async () => {
      const { pcrs, debug } = await reading({ eif }, bytes)
      assert.equal(debug, false)
      assert.equal(pcrs.size, 16)
      for (const [index, value] of pcrs) {
        assert.equal(value, launchPcrs(bytes).get(index)?.toString('hex') ?? zeros)
      }
    })

    it('takes registers that the image does not give', async () => {
      const { pcrs } = await reading({ eif, pcrs: { 3: image, 8: image } }, bytes)
      assert.deepEqual([pcrs.get(0), pcrs.get(3), pcrs.get(8)], [pcr0, image, image])
    })

    it('is zero in debug mode', async () => {
      const { pcrs, debug } = await reading({ eif, debug: true }, bytes)
      assert.equal(debug, true)
      for (const index of [0, 1, 2, 8]) assert.equal(pcrs.get(index), zeros)
    })

    it('refuses another value of a register that it gives, and a NitroTPM', async () => {
      await refuses({ eif, pcrs: { 1: zeros } }, '.pcrs.1', 'the image says this itself', bytes)
      await refuses(
        { eif, platform: 'nitro-tpm' },
        '.eif',
        'a NitroTPM does not measure an enclave image',
        bytes,
      )
    })
  })

  it('refuses registers beside a document', async () => {
    const document = await mintAttestationDocument({ pcrs }, nowMs)
    const value = { document: './doc.bin', pcrs: { 0: image } }
    await refuses(value, '.pcrs', 'a document says this itself', document)
  })
})
