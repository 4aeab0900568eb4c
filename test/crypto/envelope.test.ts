import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import {
  constants,
  createCipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes,
  type KeyObject,
} from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeEnvelopedData, encodeEnvelopedData } from '../../lib/codec/cms.ts'
import { openEnvelope, sealForRecipient } from '../../lib/crypto/envelope.ts'

const corpus = new URL('../../../shared/corpus/cms/', import.meta.url)
const hasOpenssl = spawnSync('openssl', ['version']).status === 0
const plaintextSizes = [1, 1000, 1001, 4096]

interface Holder {
  readonly privateKey: KeyObject
  readonly recipient: { readonly key: KeyObject; readonly spki: Uint8Array }
}

const holders = new Map<number, Holder>()

function holder(bits: number): Holder {
  const known = holders.get(bits)
  if (known) return known
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const made = { privateKey, recipient: { key: publicKey, spki } }
  holders.set(bits, made)
  return made
}

/** An envelope for a key, with its content key and content of the test's choice. */
function envelope({ recipient }: Holder, contentKey: Uint8Array, ciphertext: Uint8Array): Buffer {
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  return encodeEnvelopedData({
    subjectKeyIdentifier: createHash('sha256').update(recipient.spki).digest(),
    encryptedKey: publicEncrypt({ key: recipient.key, padding, oaepHash: 'sha256' }, contentKey),
    iv: Buffer.alloc(16),
    ciphertext,
  })
}

describe('sealForRecipient', () => {
  for (const bits of [2048, 3072, 4096]) {
    const title = `is opened by openssl cms with RSA ${bits}`
    ;(hasOpenssl ? it : it.skip)(hasOpenssl ? title : `${title} (skipped: no openssl)`, () => {
      const { privateKey, recipient } = holder(bits)
      const folder = mkdtempSync(join(tmpdir(), 'envelope-'))
      try {
        const keyFile = join(folder, 'key.pem')
        const sealedFile = join(folder, 'sealed.ber')
        writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }))
        for (const size of plaintextSizes) {
          const plaintext = randomBytes(size)
          writeFileSync(sealedFile, sealForRecipient(plaintext, recipient, randomBytes))
          const opened = execFileSync('openssl', [
            ...['cms', '-decrypt', '-inform', 'DER', '-binary'],
            ...['-in', sealedFile, '-inkey', keyFile],
          ])
          assert.deepEqual(opened, plaintext, `${size} bytes`)
        }
      } finally {
        rmSync(folder, { recursive: true })
      }
    })

    it(`is opened by openEnvelope with RSA ${bits}`, async () => {
      const { privateKey, recipient } = holder(bits)
      for (const size of [0, ...plaintextSizes]) {
        const plaintext = randomBytes(size)
        const sealed = sealForRecipient(plaintext, recipient, randomBytes)
        assert.deepEqual(await openEnvelope(sealed, privateKey), plaintext, `${size} bytes`)
      }
    })
  }

  it('names the recipient by SHA-256 of its SubjectPublicKeyInfo', async () => {
    const { recipient } = holder(2048)
    const sealed = sealForRecipient(Buffer.from('a'), recipient, randomBytes)
    const { subjectKeyIdentifier } = await decodeEnvelopedData(sealed)
    const digest = createHash('sha256').update(recipient.spki).digest()
    assert.deepEqual(subjectKeyIdentifier, digest)
  })

  it('draws a fresh content key and IV for each envelope', () => {
    const drawn: number[] = []
    const random = (bytes: number) => {
      drawn.push(bytes)
      return randomBytes(bytes)
    }
    sealForRecipient(Buffer.from('a'), holder(2048).recipient, random)
    sealForRecipient(Buffer.from('a'), holder(2048).recipient, random)
    assert.deepEqual(drawn, [32, 16, 32, 16])
  })

  it('has the length of the captured envelopes', () => {
    const { recipient } = holder(2048)
    assert.equal(sealForRecipient(Buffer.alloc(32), recipient, randomBytes).length, 493)
    assert.equal(sealForRecipient(Buffer.alloc(4096), recipient, randomBytes).length, 4573)
  })
})

describe('openEnvelope', () => {
  const captured = new URL('edgebit.ber', corpus)
  const title = 'opens a captured envelope with its published key'
  const present = existsSync(captured)
  ;(present ? it : it.skip)(present ? title : `${title} (skipped: no corpus)`, async () => {
    const index = JSON.parse(readFileSync(new URL('index.json', corpus), 'utf8')) as {
      file: string
      keyPkcs8DerBase64: string
      plaintextHex: string
    }[]
    const entry = index.find(({ file }) => file === 'edgebit.ber')
    assert.ok(entry)
    const der = Buffer.from(entry.keyPkcs8DerBase64, 'base64')
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    const plaintext = await openEnvelope(readFileSync(captured), key)
    assert.equal(plaintext.toString('hex'), entry.plaintextHex)
  })

  it('refuses an envelope for another key', async () => {
    const sealed = sealForRecipient(Buffer.from('a'), holder(3072).recipient, randomBytes)
    await assert.rejects(openEnvelope(sealed, holder(2048).privateKey), {
      name: 'DecodeError',
      code: 'ENVELOPE_OTHER_KEY',
    })
  })

  it('refuses a key that is not an RSA private key', async () => {
    const sealed = sealForRecipient(Buffer.from('a'), holder(2048).recipient, randomBytes)
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey
    for (const key of [ec, createPublicKey(holder(2048).privateKey)]) {
      await assert.rejects(openEnvelope(sealed, key), { code: 'ENVELOPE_KEY' })
    }
  })

  it('gives one answer to every failed decryption', async () => {
    const rsa = holder(2048)
    const contentKey = Buffer.alloc(32, 1)
    const cipher = createCipheriv('aes-256-cbc', contentKey, Buffer.alloc(16))
    const ciphertext = Buffer.concat([cipher.update('attack at dawn'), cipher.final()])
    const unpadded = createCipheriv('aes-256-cbc', contentKey, Buffer.alloc(16))
    unpadded.setAutoPadding(false)
    const damagedKey = envelope(rsa, contentKey, ciphertext)
    damagedKey[200]! ^= 1

    assert.equal(
      (await openEnvelope(envelope(rsa, contentKey, ciphertext), rsa.privateKey)).length,
      14,
    )
    const failures = {
      'a damaged content key': damagedKey,
      'a content key of 16 bytes': envelope(rsa, Buffer.alloc(16, 1), ciphertext),
      'wrong padding': envelope(rsa, contentKey, unpadded.update(Buffer.alloc(16))),
      'an encrypted key for another modulus': encodeEnvelopedData({
        ...(await decodeEnvelopedData(envelope(rsa, contentKey, ciphertext))),
        encryptedKey: Buffer.alloc(384),
      }),
    }
    for (const [name, sealed] of Object.entries(failures)) {
      await assert.rejects(
        openEnvelope(sealed, rsa.privateKey),
        {
          name: 'DecodeError',
          code: 'ENVELOPE_UNREADABLE',
          message: 'envelope: cannot be decrypted',
          facts: {},
        },
        name,
      )
    }
  })
})
