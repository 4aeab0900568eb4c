import assert from 'node:assert/strict'
import { createPublicKey, randomBytes } from 'node:crypto'
import { decodeEnvelopedData } from '../../../lib/codec/cms.ts'
import { Recipients, sealAnswer, type Recipient } from '../../../lib/kms/recipient/recipient.ts'
import { answer, call, constraint, outcome, post, refused } from '../../support/call.ts'
import { documentFor, enclave, image, recipientOf } from '../../support/enclaves.ts'
import { faults } from '../../support/faults.ts'
import { forge } from '../../support/forge.ts'
import { allow, closedPolicy, noKeyPolicy } from '../../support/policies.ts'
import { arns, keyIds, nobodysKeyId, parentArn, useKms } from '../../support/scene.ts'

const plaintext = Buffer.from('the plaintext of this test')

describe('Recipient', () => {
  const kms = useKms(['symmetric', 'other'])
  let CiphertextBlob: Uint8Array

  before(async () => {
    const input = { KeyId: keyIds.symmetric, Plaintext: plaintext }
    CiphertextBlob = (await call(kms.root, 'Encrypt', input)).CiphertextBlob!
  })

  async function opens(document: Uint8Array): Promise<void> {
    const { output } = await answer(kms.root, 'Decrypt', {
      CiphertextBlob,
      ...recipientOf(document),
    })
    const sealed = (output as { CiphertextForRecipient: Uint8Array }).CiphertextForRecipient
    assert.deepEqual(Buffer.from(await (await enclave()).open(sealed)), plaintext)
  }

  async function refusesWith(code: string, document: Uint8Array): Promise<void> {
    const input = { CiphertextBlob, ...recipientOf(document) }
    const { status, body, text } = await outcome(kms.root, 'Decrypt', input)
    assert.equal(status, 400)
    assert.equal(body.__type, 'ValidationException', text)
    assert.deepEqual(Object.keys(body), ['__type', 'message'])
    const start = `The attestation document is not valid: ${code}: `
    assert.equal(String(body.message).slice(0, start.length), start)
    assert.equal(text.includes(plaintext.toString('base64')), false)
  }

  it('tells text that was sent for a document', async () => {
    const document = Buffer.from(await documentFor((await enclave()).publicKey))
    const twice = Buffer.from(document.toString('base64'))
    for (const [bytes, words] of [
      [twice, /\(it is base64 text: encoded once too often\)$/],
      [Buffer.from('fileb://document.bin'), /\(it is text, not a document\)$/],
    ] as const) {
      const input = { CiphertextBlob, ...recipientOf(bytes) }
      const { body } = await outcome(kms.root, 'Decrypt', input)
      assert.match((body as { message: string }).message, words)
    }
  })

  describe('with a document that has one fault', () => {
    it('believes the one that has none', async () => {
      await opens(forge((await enclave()).publicKey, Date.now()))
    })

    // AWS's model refuses a document of no bytes before anybody reads it: see below.
    for (const { name, code, forge: make } of faults.filter(({ name }) => name !== 'no bytes')) {
      it(`is refused with ${code}: ${name}`, async () => {
        await refusesWith(code, await make((await enclave()).publicKey, Date.now()))
      })
    }

    it('goes on answering afterwards', async () => {
      await opens(await (await enclave()).attest())
      const { Plaintext } = await call(kms.root, 'Decrypt', { CiphertextBlob })
      assert.deepEqual(Buffer.from(Plaintext!), plaintext)
    })
  })

  describe('with bytes that are no document', () => {
    it('is refused', async () => {
      const minted = await (await enclave()).attest()
      await refusesWith('CBOR_TRUNCATED', minted.subarray(0, 1000))
      for (const bytes of [Buffer.alloc(1), Buffer.from('document'), randomBytes(5000)]) {
        const input = { CiphertextBlob, ...recipientOf(bytes) }
        const { status, body } = await outcome(kms.root, 'Decrypt', input)
        assert.equal(status, 400)
        assert.equal(body.__type, 'ValidationException')
      }
    })

    it('is refused by AWS’s limits when it is empty or over 262,144 bytes', async () => {
      for (const [bytes, text] of [
        [0, 'greater than or equal to 1'],
        [262_145, 'less than or equal to 262144'],
      ] as const) {
        const words = `Value at 'recipient.attestationDocument' failed to satisfy constraint: Member must have length ${text}`
        const input = { CiphertextBlob, ...recipientOf(Buffer.alloc(bytes)) }
        await refused(kms.root, 'Decrypt', input, constraint(words))
      }
    })

    it('is refused when the algorithm is another', async () => {
      const AttestationDocument = await (await enclave()).attest()
      const Recipient = { AttestationDocument, KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_1' }
      const words =
        "Value 'RSAES_OAEP_SHA_1' at 'recipient.keyEncryptionAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [RSAES_OAEP_SHA_256]"
      await refused(kms.root, 'Decrypt', { CiphertextBlob, Recipient }, constraint(words))
    })
  })

  describe('with a document of another time', () => {
    afterEach(() => kms.control('PUT', '/_/clock', { reset: true }))

    for (const [seconds, code] of [
      [295, null],
      [301, 'DOCUMENT_STALE'],
      [-55, null],
      [-65, 'DOCUMENT_FROM_THE_FUTURE'],
    ] as const) {
      it(`${code ? `is refused with ${code}` : 'is answered'}: ${String(seconds)} s old`, async () => {
        const timestampMs = Date.now() - seconds * 1000
        const document = await documentFor((await enclave()).publicKey, { timestampMs })
        if (code) await refusesWith(code, document)
        else await opens(document)
      })
    }

    it('follows the server’s clock', async () => {
      const document = await (await enclave()).attest()
      await opens(document)
      await kms.control('PUT', '/_/clock', { advanceSeconds: 302 })
      await refusesWith('DOCUMENT_STALE', document)
      await kms.control('PUT', '/_/clock', { reset: true })
      await opens(document)
    })
  })

  describe('comes before', () => {
    const bad = recipientOf(Buffer.from('no document'))

    it('the caller’s permission', async () => {
      const { body } = await outcome(kms.parent, 'Decrypt', { CiphertextBlob, ...bad })
      assert.equal(body.__type, 'ValidationException')
    })

    it('the key', async () => {
      const input = { KeyId: nobodysKeyId, KeySpec: 'AES_256' }
      const { body } = await outcome(kms.root, 'GenerateDataKey', { ...input, ...bad })
      assert.equal(body.__type, 'ValidationException')
      const good = recipientOf(await (await enclave()).attest())
      const after = await outcome(kms.root, 'GenerateDataKey', { ...input, ...good })
      assert.equal(after.body.__type, 'NotFoundException')
    })

    it('a dry run', async () => {
      const dryRun = { CiphertextBlob, DryRun: true }
      const { body } = await outcome(kms.root, 'Decrypt', { ...dryRun, ...bad })
      assert.equal(body.__type, 'ValidationException')
      const good = recipientOf(await (await enclave()).attest())
      const after = await outcome(kms.root, 'Decrypt', { ...dryRun, ...good })
      assert.equal(after.body.__type, 'DryRunOperationException')
    })
  })

  it('never gives a policy the registers of a document that is not believed', async () => {
    const Condition = { StringEquals: { 'kms:RecipientAttestation:PCR0': image.toString('hex') } }
    const KeyId = keyIds.other
    const Policy = closedPolicy(allow('kms:GenerateDataKey', parentArn, { Condition }))
    await call(kms.root, 'PutKeyPolicy', { KeyId, Policy })
    const input = { KeyId, KeySpec: 'AES_256' }
    const good = recipientOf(await (await enclave()).attest())
    await call(kms.parent, 'GenerateDataKey', { ...input, ...good })
    const words = noKeyPolicy('kms:GenerateDataKey', arns.other)
    await refused(kms.parent, 'GenerateDataKey', input, words)
  })

  it('seals every answer with a content key and an IV of its own', async () => {
    // Enough answers for one document that keys which are made ahead have their turn.
    const input = { NumberOfBytes: 16, ...recipientOf(await (await enclave()).attest()) }
    const seen = { encryptedKey: new Set<string>(), iv: new Set<string>() }
    for (let round = 0; round < 300; round++) {
      const { body } = await answer(kms.root, 'GenerateRandom', input)
      const sealed = Buffer.from(String(body.CiphertextForRecipient), 'base64')
      const { encryptedKey, iv } = await decodeEnvelopedData(sealed)
      seen.encryptedKey.add(Buffer.from(encryptedKey).toString('hex'))
      seen.iv.add(Buffer.from(iv).toString('hex'))
      if (round % 50 === 49) assert.equal((await (await enclave()).open(sealed)).length, 16)
    }
    assert.equal(seen.encryptedKey.size, 300)
    assert.equal(seen.iv.size, 300)
  })

  it('is an ordinary call when the member is null', async () => {
    const blob = Buffer.from(CiphertextBlob).toString('base64')
    const { body } = await post(kms.url, 'Decrypt', { CiphertextBlob: blob, Recipient: null })
    assert.equal(body.Plaintext, plaintext.toString('base64'))
  })
})

describe('Recipients.believe', () => {
  const recipients = new Recipients({
    roots: ['simulated'],
    maxAgeMs: 300_000,
    futureSkewMs: 60_000,
  })

  it('gives the key and the facts of the document', async () => {
    const nowMs = Date.now()
    const { publicKey } = await enclave()
    const AttestationDocument = await documentFor(publicKey, { timestampMs: nowMs })
    const KeyEncryptionAlgorithm = 'RSAES_OAEP_SHA_256'
    const info = { KeyEncryptionAlgorithm, AttestationDocument }
    const { key, facts } = await recipients.believe(info, nowMs)
    assert.deepEqual(Buffer.from(key.spki), Buffer.from(publicKey))
    assert.equal(facts.pcrs.get(0), image.toString('hex'))
    assert.equal(facts.timestampMs, nowMs)
    assert.equal(facts.root, 'simulated')
  })
})

describe('sealAnswer', () => {
  const secret = Buffer.from('secret')

  async function recipient(): Promise<Recipient> {
    const spki = (await enclave()).publicKey
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
    return { key: { key, spki, bits: 2048 }, facts: {} as Recipient['facts'] }
  }

  it('puts the envelope in the place of the secret, and leaves out what the rule says', async () => {
    const rule = { secret: 'Plaintext', omits: ['KeyMaterialId'] } as const
    const given = { Plaintext: secret, KeyMaterialId: 'x', KeyId: 'y' }
    const sealed = sealAnswer(given, rule, await recipient()) as Record<string, Uint8Array>
    const members = Object.keys(sealed).filter((member) => sealed[member] !== undefined)
    assert.deepEqual(members, ['KeyId', 'CiphertextForRecipient'])
    const opened = await (await enclave()).open(sealed.CiphertextForRecipient!)
    assert.deepEqual(Buffer.from(opened), secret)
  })

  it('answers nothing rather than an answer without its secret', async () => {
    const whole = await recipient()
    for (const given of [{}, { Plaintext: undefined }, { SharedSecret: secret }]) {
      assert.throws(() => sealAnswer(given, { secret: 'Plaintext' }, whole), {
        message: 'answer without Plaintext',
      })
    }
  })
})
