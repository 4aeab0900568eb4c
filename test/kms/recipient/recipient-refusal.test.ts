import assert from 'node:assert/strict'
import { trustAnchors } from '../../../lib/attest/roots.ts'
import { startServer } from '../../../lib/http/server.ts'
import type { Decision } from '../../../lib/kms/decision.ts'
import { Fault } from '../../../lib/kms/faults.ts'
import { whereToLook } from '../../../lib/kms/recipient/recipient-hints.ts'
import {
  explainRefusal,
  type RecipientRefusal,
} from '../../../lib/kms/recipient/recipient-refusal.ts'
import { Recipients } from '../../../lib/kms/recipient/recipient.ts'
import { call, outcome, post, type Exchange } from '../../support/call.ts'
import { badDocuments, documentFor, enclave, image, recipientOf } from '../../support/enclaves.ts'
import { faults } from '../../support/faults.ts'
import { forge, registers } from '../../support/forge.ts'
import {
  aliasOf,
  arnOf,
  arns,
  keyIds,
  nobodysKeyId,
  parentSessionArn,
  useKms,
} from '../../support/scene.ts'
import * as cbor from '../../support/write-cbor.ts'

const KeyEncryptionAlgorithm = 'RSAES_OAEP_SHA_256'
const plaintext = Buffer.from('the plaintext of this test')

async function spki(): Promise<Buffer> {
  return Buffer.from((await enclave()).publicKey)
}

async function madeBy(faultName: string): Promise<Uint8Array> {
  const row = faults.find(({ name }) => name === faultName)
  if (!row) throw new Error(`no fault ${faultName}`)
  return row.forge(await spki(), Date.now())
}

function ago(seconds: number) {
  return async () => documentFor(await spki(), { timestampMs: Date.now() - seconds * 1000 })
}

interface Refused {
  readonly name: string
  readonly make: () => Promise<Uint8Array>
  readonly code: string
  readonly hint: RegExp
  /** What the decision says of the root; no attestation at all where it is not here. */
  readonly root?: string | null
}

const refused: readonly Refused[] = [
  {
    name: 'a stale document',
    make: ago(425),
    code: 'DOCUMENT_STALE',
    hint: /^the document is 7 min \d+ s old, and maxAgeSeconds is 300: /,
    root: 'simulated',
  },
  {
    name: 'a document from the future',
    make: ago(-125),
    code: 'DOCUMENT_FROM_THE_FUTURE',
    hint: /^the document is 2 min \d s ahead of the server, and futureSkewSeconds is 60: /,
    root: 'simulated',
  },
  {
    name: 'a document under a root of one’s own',
    make: () => madeBy('a root of the same name with another key'),
    code: 'CHAIN_ROOT_UNTRUSTED',
    hint: /root that the config does not trust .* roots: \[\{ sha256: [0-9a-f]{64} \}\]$/,
    root: null,
  },
  {
    name: 'a document with an expired certificate',
    make: () => madeBy('an expired leaf certificate'),
    code: 'CHAIN_EXPIRED',
    hint: /^a certificate of the document is not valid at the server's time, /,
    root: null,
  },
  {
    name: 'a document with a damaged signature',
    make: badDocuments[0]!.make,
    code: 'DOCUMENT_SIGNATURE',
    hint: /^the document is not signed by its certificate's key: it was damaged /,
    root: null,
  },
  {
    name: 'a document cut short',
    make: async () => (await (await enclave()).attest()).subarray(0, 1000),
    code: 'CBOR_TRUNCATED',
    hint: /^the document ends too early: it was cut short /,
  },
  {
    name: 'a document followed by a line end',
    make: async () => Buffer.concat([await (await enclave()).attest(), Buffer.from('\n')]),
    code: 'CBOR_TRAILING_BYTES',
    hint: /^there are bytes after the end of the document: a line end/,
  },
  {
    name: 'a document in base64 twice',
    make: async () => Buffer.from(Buffer.from(await (await enclave()).attest()).toString('base64')),
    code: 'CBOR_TRAILING_BYTES',
    hint: /sent as base64 text, encoded once too often: /,
  },
  {
    name: 'the name of a file',
    make: () => Promise.resolve(Buffer.from('fileb://document.bin')),
    code: 'CBOR_TRAILING_BYTES',
    hint: /AttestationDocument@=fileb:\/\/FILE sends the file, and without the @ its name$/,
  },
  {
    name: 'a document without a public key',
    make: () => madeBy('a public key that is null'),
    code: 'RECIPIENT_KEY_ABSENT',
    hint: /^the document has no public key .* --generate-key/,
    root: 'simulated',
  },
  {
    name: 'a document with an EC key',
    make: () => madeBy('a public key that is a P-256 key'),
    code: 'RECIPIENT_KEY_EC',
    hint: /public_key has to be the DER of a SubjectPublicKeyInfo of RSA 2048, 3072 or 4096$/,
    root: 'simulated',
  },
  {
    name: 'a document with a PKCS#1 key',
    make: () => madeBy('a public key that is a PKCS#1 key'),
    code: 'RECIPIENT_KEY_PKCS1',
    hint: /^the document's public key is a PKCS#1 RSAPublicKey: /,
    root: 'simulated',
  },
  {
    name: 'a document with a key in PEM',
    make: () => madeBy('a public key that is PEM text'),
    code: 'RECIPIENT_KEY_PEM',
    hint: /^the document's public key is PEM text: /,
    root: 'simulated',
  },
]

describe('a refused Recipient', () => {
  const kms = useKms(['symmetric'])
  let CiphertextBlob: Uint8Array

  before(async () => {
    const input = { KeyId: keyIds.symmetric, Plaintext: plaintext }
    CiphertextBlob = (await call(kms.root, 'Encrypt', input)).CiphertextBlob!
  })

  async function decisionOf({ requestId, body }: Exchange): Promise<Decision> {
    assert.equal(body.__type, 'ValidationException')
    const decision = (await kms.control('GET', `/_/decisions/${requestId}`)) as Decision
    assert.equal(decision.requestId, requestId)
    assert.equal(decision.message, body.message)
    assert.equal(decision.effect, 'IMPLICIT_DENY')
    assert.deepEqual(decision.evaluations, [])
    assert.deepEqual(decision.requestContext, {})
    return decision
  }

  async function decrypt(document: Uint8Array, client = kms.parent): Promise<Decision> {
    const input = { CiphertextBlob, ...recipientOf(document) }
    return decisionOf(await outcome(client, 'Decrypt', input))
  }

  for (const { name, make, code, hint, root } of refused) {
    it(`has a decision that says why: ${name}`, async () => {
      const { message, hints, attestation } = await decrypt(await make())
      const start = `The attestation document is not valid: ${code}: `
      assert.equal(message.slice(0, start.length), start)
      assert.match(hints[0]!, hint)
      assert.deepEqual(hints.slice(1), [whereToLook(code)])
      if (root === undefined) assert.equal(attestation, null)
      else assert.equal(attestation?.root, root)
    })
  }

  it('has a decision of the shape that every decision has', async () => {
    const beforeMs = Date.now()
    const decision = await decrypt(await ago(600)())
    assert.deepEqual(Object.keys(decision).sort(), [
      'action',
      'attestation',
      'effect',
      'evaluations',
      'hints',
      'message',
      'nearestMiss',
      'principal',
      'requestContext',
      'requestId',
      'resource',
      'time',
    ])
    assert.equal(decision.action, 'kms:Decrypt')
    assert.equal(decision.resource, arns.symmetric)
    assert.equal(decision.principal, parentSessionArn)
    assert.ok(Date.parse(decision.time) >= beforeMs)
    const { attestation } = decision
    assert.deepEqual(Object.keys(attestation ?? {}).sort(), [
      'debug',
      'moduleId',
      'pcrs',
      'platform',
      'root',
      'timestamp',
    ])
    assert.equal(attestation?.platform, 'nitro-enclave')
    assert.match(attestation.moduleId, /^i-[0-9a-f]{17}-enc[0-9a-f]{16}$/)
    assert.equal(attestation.pcrs['0'], image.toString('hex'))
    assert.equal(attestation.debug, false)
    const age = beforeMs - Date.parse(attestation.timestamp)
    assert.ok(age > 590_000 && age < 610_000, String(age))
  })

  it('is the newest decision', async () => {
    const { requestId } = await decrypt(Buffer.from('no document'))
    const last = (await kms.control('GET', '/_/decisions/last')) as Decision
    assert.equal(last.requestId, requestId)
  })

  it('follows the server’s clock', async () => {
    const document = await (await enclave()).attest()
    // Less than the 58 minutes for which every chain is still valid.
    await kms.control('PUT', '/_/clock', { advanceSeconds: 1800 })
    try {
      // The parent's signature would be as old.
      const { hints, time } = await decrypt(document, kms.root)
      assert.match(hints[0]!, /^the document is 30 min (?:\d+ s )?old, /)
      assert.ok(Date.parse(time) > Date.now() + 1_700_000)
    } finally {
      await kms.control('PUT', '/_/clock', { reset: true })
    }
  })

  it('names the key that the call names', async () => {
    const bad = recipientOf(Buffer.from('no document'))
    const dataKey = { KeySpec: 'AES_256' }
    for (const [operation, input, resource] of [
      ['Decrypt', { CiphertextBlob }, arns.symmetric],
      ['Decrypt', { CiphertextBlob: Buffer.from('no blob') }, '*'],
      ['Decrypt', { CiphertextBlob, KeyId: arns.symmetric }, arns.symmetric],
      ['GenerateDataKey', { KeyId: keyIds.symmetric, ...dataKey }, arns.symmetric],
      ['GenerateDataKey', { KeyId: nobodysKeyId, ...dataKey }, arnOf(nobodysKeyId)],
      ['GenerateDataKey', { KeyId: aliasOf('symmetric'), ...dataKey }, arns.symmetric],
      ['GenerateDataKey', { KeyId: 'alias/nobody', ...dataKey }, '*'],
      ['GenerateDataKey', { KeyId: 'no key', ...dataKey }, '*'],
      ['GenerateRandom', { NumberOfBytes: 1 }, '*'],
    ] as const) {
      const decision = await decisionOf(await outcome(kms.parent, operation, { ...input, ...bad }))
      assert.equal(decision.action, `kms:${operation}`)
      assert.equal(decision.resource, resource, JSON.stringify(input))
    }
  })

  it('has a decision when it lacks a member', async () => {
    const AttestationDocument = await (await enclave()).attest()
    const algorithm = /^Recipient needs KeyEncryptionAlgorithm: RSAES_OAEP_SHA_256, /
    const document = /^Recipient needs AttestationDocument: /
    for (const [Recipient, message, want, facts] of [
      [{}, 'Recipient has no KeyEncryptionAlgorithm', [algorithm, document], false],
      [{ AttestationDocument }, 'Recipient has no KeyEncryptionAlgorithm', [algorithm], true],
      [{ KeyEncryptionAlgorithm }, 'Recipient has no AttestationDocument', [document], false],
    ] as const) {
      const input = { CiphertextBlob, Recipient }
      const decision = await decisionOf(await outcome(kms.root, 'Decrypt', input))
      assert.equal(decision.message, message)
      assert.equal(decision.hints.length, want.length)
      for (const [index, pattern] of want.entries()) assert.match(decision.hints[index]!, pattern)
      assert.equal(decision.attestation !== null, facts)
      // Nothing of it was verified.
      assert.equal(decision.attestation?.root ?? null, null)
    }
  })

  it('has a decision that keeps neither secret nor the document', async () => {
    const document = Buffer.from(await ago(600)())
    const text = JSON.stringify(await decrypt(document))
    for (const bytes of [document, CiphertextBlob, plaintext, await spki()]) {
      for (const encoding of ['base64', 'hex'] as const) {
        const start = Buffer.from(bytes).toString(encoding).slice(0, 32)
        assert.equal(text.includes(start), false)
      }
    }
  })

  it('has a small decision, whatever a stranger writes', async () => {
    const document = forge(await spki(), Date.now(), {
      members: (members) => {
        members.set('module_id', cbor.text('é'.repeat(4_000)))
        members.set('pcrs', registers(32))
      },
      signature: (signature) => Buffer.alloc(signature.length, 1),
    })
    const decision = await decrypt(document)
    assert.equal(decision.attestation?.moduleId, `${'é'.repeat(128)}…`)
    assert.equal(Object.keys(decision.attestation.pcrs).length, 32)
    assert.ok(JSON.stringify(decision).length < 6_000)
  })

  it('has no decision where AWS’s own constraints refuse it', async () => {
    for (const document of [Buffer.alloc(0), Buffer.alloc(262_145)]) {
      const input = { CiphertextBlob, ...recipientOf(document) }
      const { requestId } = await outcome(kms.root, 'Decrypt', input)
      await assert.rejects(kms.control('GET', `/_/decisions/${requestId}`), { message: /404/ })
    }
  })
})

describe('a caller who is not known', () => {
  it('leaves no decision, whatever the document', async () => {
    const server = await startServer({ port: 0, auth: 'strict' })
    try {
      const AttestationDocument = Buffer.from('no document').toString('base64')
      const Recipient = { KeyEncryptionAlgorithm, AttestationDocument }
      const { body, requestId } = await post(server.url, 'GenerateRandom', { Recipient })
      assert.equal(body.__type, 'UnrecognizedClientException')
      for (const id of [requestId, 'last']) {
        assert.equal((await fetch(`${server.url}/_/decisions/${id}`)).status, 404)
      }
    } finally {
      await server.close()
    }
  })
})

describe('the log of a refused Recipient', () => {
  async function logged(Recipient: object): Promise<unknown[]> {
    const lines: unknown[] = []
    const note = (fields: object, message: string) => lines.push({ ...fields, message })
    const log = { info: note, warn: note, error: note }
    const server = await startServer({ port: 0, log })
    try {
      const input = { NumberOfBytes: 1, Recipient }
      const { requestId } = await post(server.url, 'GenerateRandom', input)
      assert.ok(lines.every((line) => (line as { requestId: string }).requestId === requestId))
      return lines
    } finally {
      await server.close()
    }
  }

  it('is one line, with the check that failed', async () => {
    const document = Buffer.from(await ago(425)())
    const AttestationDocument = document.toString('base64')
    const [line, ...more] = await logged({ KeyEncryptionAlgorithm, AttestationDocument })
    assert.deepEqual(more, [])
    const { requestId, failing, ...rest } = line as {
      requestId: string
      failing: { code: string; message: string }
    }
    assert.match(requestId, /^[0-9a-f-]{36}$/)
    assert.deepEqual(rest, {
      action: 'kms:GenerateRandom',
      principal: 'arn:aws:iam::111122223333:root',
      resource: '*',
      effect: 'IMPLICIT_DENY',
      message: 'recipient refused',
    })
    assert.equal(failing.code, 'DOCUMENT_STALE')
    assert.match(failing.message, /^The attestation document is not valid: DOCUMENT_STALE: /)
    assert.equal(JSON.stringify(line).includes(AttestationDocument.slice(0, 32)), false)
  })

  it('is one line, without a code, where a member is missing', async () => {
    const lines = (await logged({ KeyEncryptionAlgorithm })) as { failing: object }[]
    assert.deepEqual(
      lines.map(({ failing }) => failing),
      [{ code: null, message: 'Recipient has no AttestationDocument' }],
    )
  })
})

describe('explainRefusal', () => {
  const limits = { maxAgeMs: 300_000, futureSkewMs: 60_000 }
  const recipients = new Recipients({ roots: ['simulated'], ...limits })

  async function refusalOf(
    bytes: Uint8Array,
    by = recipients,
    nowMs = Date.now(),
  ): Promise<RecipientRefusal> {
    const info = { KeyEncryptionAlgorithm, AttestationDocument: bytes }
    const fault = await by.believe(info, nowMs).then(
      () => assert.fail('it was believed'),
      (error: unknown) => error,
    )
    assert.ok(fault instanceof Fault)
    return explainRefusal(info, fault, await by.anchors())
  }

  it('names the check, and the root for what is signed under it alone', async () => {
    const signed = new Set<string>()
    const oneOfEach = new Map(faults.map((row) => [row.code, row]))
    for (const { name, code, forge: make } of oneOfEach.values()) {
      const {
        code: found,
        hints,
        attestation,
      } = await refusalOf(await make(await spki(), Date.now()))
      assert.equal(found, code, name)
      assert.ok(hints.length >= 1, name)
      assert.equal(hints.at(-1), whereToLook(code), name)
      if (attestation?.root === 'simulated') signed.add(code)
      else assert.equal(attestation?.root ?? null, null, name)
    }
    assert.ok(signed.size > 5)
    assert.deepEqual(
      [...signed].filter((code) => !/^(?:RECIPIENT_KEY_|DOCUMENT_(?:STALE|FROM_))/.test(code)),
      [],
    )
  })

  it('says the same of a document that was believed before', async () => {
    const { publicKey } = await enclave()
    const nowMs = Date.now()
    const AttestationDocument = await documentFor(publicKey, { timestampMs: nowMs })
    await recipients.believe({ KeyEncryptionAlgorithm, AttestationDocument }, nowMs)
    const { code, attestation } = await refusalOf(AttestationDocument, recipients, nowMs + 301_000)
    assert.equal(code, 'DOCUMENT_STALE')
    assert.equal(attestation?.root, 'simulated')
  })

  it('tells a minted document from one that anybody made', async () => {
    const onlyAws = new Recipients({ roots: ['aws'], ...limits })
    const { hints, attestation } = await refusalOf(await documentFor(await spki()), onlyAws)
    assert.match(hints[0]!, /calls simulated, .* want roots: \[simulated\]$/)
    assert.equal(attestation?.root, null)
    assert.equal(attestation.pcrs.get(0), image.toString('hex'))
  })

  it('says of a debug document, and of a NitroTPM’s, what they are', async () => {
    const pcrs = (key: string) => async () =>
      forge(await spki(), Date.now() - 600_000, {
        members: (members) => {
          members.delete('pcrs')
          members.set(key, cbor.map([0, 1, 2].map((n) => [cbor.unsigned(n), zeroRegister])))
        },
      })
    const debug = await refusalOf(await pcrs('pcrs')())
    assert.equal(debug.attestation?.debug, true)
    const tpm = await refusalOf(await pcrs('nitrotpm_pcrs')())
    assert.equal(tpm.attestation?.platform, 'nitro-tpm')
    assert.equal(tpm.attestation.debug, false)
  })

  it('has no anchor to name where none is given', async () => {
    const bytes = await ago(600)()
    const info = { KeyEncryptionAlgorithm, AttestationDocument: bytes }
    const fault = await recipients.believe(info, Date.now()).catch((error: unknown) => error)
    const { attestation } = explainRefusal(info, fault as Fault, trustAnchors(['aws']))
    assert.equal(attestation?.root, null)
  })
})

const zeroRegister = cbor.bytes(Buffer.alloc(48))
