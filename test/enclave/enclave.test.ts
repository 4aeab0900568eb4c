import assert from 'node:assert/strict'
import { createPublicKey, randomBytes } from 'node:crypto'
import { decodeCoseSign1 } from '../../lib/codec/cose.ts'
import { decodeAttestationDocument, isDebug } from '../../lib/codec/document.ts'
import { sealForRecipient } from '../../lib/crypto/envelope.ts'
import { Enclave } from '../../lib/enclave/index.ts'

const launchMs = Date.parse('2024-07-17T17:00:28.123Z')

function read(document: Uint8Array) {
  return decodeAttestationDocument(decodeCoseSign1(document).payload)
}

describe('Enclave.start', () => {
  it('makes an RSA key of the size asked for', async () => {
    for (const rsaBits of [2048, 3072, 4096] as const) {
      const { publicKey } = await Enclave.start({ rsaBits })
      const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' })
      assert.equal(key.asymmetricKeyDetails?.modulusLength, rsaBits)
    }
  }).timeout(120_000)

  it('names the enclave by its instance and launch', async () => {
    const options = { instanceId: 'i-08e0d9d2da1c6b79e', clock: () => launchMs }
    const { moduleId } = await Enclave.start(options)
    const launch = launchMs.toString(16).padStart(12, '0')
    assert.match(moduleId, new RegExp(`^i-08e0d9d2da1c6b79e-enc${launch}[0-9a-f]{4}$`))
  })

  it('names a NitroTPM by its instance alone', async () => {
    const options = { instanceId: 'i-08e0d9d2da1c6b79e', platform: 'nitro-tpm' } as const
    const { moduleId } = await Enclave.start(options)
    assert.equal(moduleId, 'i-08e0d9d2da1c6b79e-tpm0000000000000000')
  })

  it('refuses what no enclave can have, and names the option', async () => {
    const refused = [
      [{ rsaBits: 1024 as 2048 }, 'rsaBits'],
      [{ instanceId: 'web-1' }, 'instanceId'],
      [{ pcrs: new Map([[0, Buffer.alloc(32)]]) }, 'pcrs.0'],
    ] as const
    for (const [options, member] of refused) {
      await assert.rejects(Enclave.start(options), { code: 'MINT_OPTION', facts: { member } })
    }
  })
})

describe('Enclave.attest', () => {
  it('says who the enclave is, and when', async () => {
    const pcr0 = randomBytes(48)
    let now = launchMs
    const enclave = await Enclave.start({ pcrs: new Map([[0, pcr0]]), clock: () => now })
    now += 5000
    const document = read(await enclave.attest())
    assert.equal(document.moduleId, enclave.moduleId)
    assert.equal(document.timestampMs, launchMs + 5000)
    assert.deepEqual(Buffer.from(document.pcrs.get(0)!), pcr0)
    assert.equal(isDebug(document), false)
    assert.deepEqual(Buffer.from(document.publicKey!), Buffer.from(enclave.publicKey))
    assert.equal(document.nonce, null)
    assert.equal(document.userData, null)
  })

  it('carries what the caller gives', async () => {
    const enclave = await Enclave.start()
    const given = {
      nonce: Buffer.from('nonce'),
      userData: Buffer.alloc(0),
      publicKey: Buffer.from('not a key'),
    }
    const document = read(await enclave.attest(given))
    for (const member of ['nonce', 'userData', 'publicKey'] as const) {
      assert.deepEqual(Buffer.from(document[member]!), given[member], member)
    }
  })

  it('carries no key where null is given', async () => {
    const document = read(await (await Enclave.start()).attest({ publicKey: null }))
    assert.equal(document.publicKey, null)
  })

  it('has zero registers in debug mode', async () => {
    const enclave = await Enclave.start({ debug: true, instanceId: 'i-08e0d9d2da1c6b79e' })
    const document = read(await enclave.attest())
    assert.equal(isDebug(document), true)
    assert.notDeepEqual(Buffer.from(document.pcrs.get(4)!), Buffer.alloc(48))
  })
})

describe('Enclave.open', () => {
  it('opens what is sealed for the key in its document', async () => {
    const enclave = await Enclave.start()
    const { AttestationDocument, KeyEncryptionAlgorithm } = await enclave.recipient()
    assert.equal(KeyEncryptionAlgorithm, 'RSAES_OAEP_SHA_256')
    const spki = Buffer.from(read(AttestationDocument).publicKey!)
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
    const sealed = sealForRecipient(Buffer.from('secret'), { key, spki }, randomBytes)
    assert.deepEqual(await enclave.open(sealed), Buffer.from('secret'))
  })

  it('refuses what is sealed for another enclave', async () => {
    const [one, other] = await Promise.all([Enclave.start(), Enclave.start()])
    const spki = Buffer.from(one.publicKey)
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
    const sealed = sealForRecipient(Buffer.from('secret'), { key, spki }, randomBytes)
    await assert.rejects(other.open(sealed), { code: 'ENVELOPE_OTHER_KEY' })
  })
})
