/**
 * What the shelf "recipient" of the five operations that take a Recipient has: the secret goes to
 * the enclave that the key policy names, sealed, and to nobody else.
 */
import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import type { KMSClient } from '@aws-sdk/client-kms'
import type { OperationName, Output } from '../../lib/kms/model/types.ts'
import { describeWithOpenssl, openssl } from '../crypto/openssl.ts'
import { answer, membersOf, outcome, refused, type Answer, type Refusal } from './call.ts'
import {
  badDocuments,
  documentFor,
  enclave,
  image,
  otherImage,
  recipientOf,
  rsaKey,
} from './enclaves.ts'

/** A statement's condition that only the image satisfies. */
export const onlyTheImage = {
  StringEqualsIgnoreCase: { 'kms:RecipientAttestation:ImageSha384': image.toString('hex') },
}

interface Subject<N extends OperationName> {
  /** Of a role that may make the call with a document of the image, and not otherwise. */
  readonly client: () => KMSClient
  /** AWS's words for the role without such a document. */
  readonly denial: Refusal
  readonly input: () => object | Promise<object>
  /** The members of a sealed answer beside CiphertextForRecipient, sorted. */
  readonly members: readonly string[]
  /** The member that is sealed. */
  readonly secret: 'Plaintext' | 'PrivateKeyPlaintext' | 'SharedSecret'
  /** Proves that what the enclave opened is what the call is for. */
  readonly check: (opened: Buffer, output: Output<N>) => void | Promise<void>
  /** Calls for openssl, whose secrets are of these lengths. */
  readonly secrets: readonly SecretOf[]
}

interface SecretOf {
  /** The length of the secret; null where it varies. */
  readonly bytes: number | null
  readonly title?: string
  readonly input: () => object | Promise<object>
}

const keySizes = [2048, 3072, 4096] as const

export function testRecipient<N extends OperationName>(
  kms: { readonly admin: KMSClient },
  operation: N,
  { client, denial, input, members, secret, check, secrets }: Subject<N>,
): void {
  before(async function () {
    // The three keys of openssl's tests.
    this.timeout(60_000)
    await Promise.all([enclave(), ...keySizes.map(rsaKey)])
  })

  async function sealed(document: Uint8Array): Promise<Answer<N>> {
    return answer(client(), operation, { ...(await input()), ...recipientOf(document) })
  }

  it('is answered with an envelope in the place of the secret', async () => {
    const got = await sealed(await (await enclave()).attest())
    assert.deepEqual(membersOf(got), [...members, 'CiphertextForRecipient'].sort())
    assert.equal(secret in got.body, false)
  })

  it('gives the enclave the secret, and nobody else', async () => {
    const { AttestationDocument } = await (await enclave()).recipient()
    const got = await sealed(AttestationDocument)
    const envelope = Buffer.from(String(got.body.CiphertextForRecipient), 'base64')
    const opened = Buffer.from(await (await enclave()).open(envelope))
    await check(opened, got.output)
    for (const encoding of ['base64', 'hex', 'latin1'] as const) {
      assert.equal(got.text.includes(opened.toString(encoding)), false, encoding)
    }
    assert.equal(envelope.includes(opened), false)
  })

  it('refuses a document of another image, in AWS’s words', async () => {
    const { publicKey } = await enclave()
    const document = await documentFor(publicKey, { pcr0: otherImage })
    await refused(client(), operation, { ...(await input()), ...recipientOf(document) }, denial)
  })

  it('refuses a call without a document, in the same words', async () => {
    await refused(client(), operation, await input(), denial)
  })

  it('refuses a Recipient that lacks a member', async () => {
    const { Recipient } = recipientOf(await (await enclave()).attest()) as {
      Recipient: Record<string, unknown>
    }
    const { KeyEncryptionAlgorithm, AttestationDocument } = Recipient
    const lacking = [
      [{}, 'KeyEncryptionAlgorithm'],
      [{ AttestationDocument }, 'KeyEncryptionAlgorithm'],
      [{ KeyEncryptionAlgorithm }, 'AttestationDocument'],
    ] as const
    for (const [given, member] of lacking) {
      await refused(client(), operation, { ...(await input()), Recipient: given }, [
        'ValidationException',
        `Recipient has no ${member}`,
      ])
    }
  })

  for (const { name, code, make } of badDocuments) {
    it(`refuses ${name}, even of who may do everything, and goes on`, async () => {
      const bad = { ...(await input()), ...recipientOf(await make()) }
      for (const caller of [client(), kms.admin]) {
        const { status, body } = await outcome(caller, operation, bad)
        assert.equal(status, 400)
        assert.deepEqual(Object.keys(body), ['__type', 'message'])
        assert.equal(body.__type, 'ValidationException')
        assert.match(
          String(body.message),
          new RegExp(`^The attestation document is not valid: ${code}: `),
        )
      }
      await sealed(await (await enclave()).attest())
    })
  }

  describeWithOpenssl('is opened by openssl', () => {
    for (const bits of keySizes) {
      for (const { bytes, title = `${String(bytes)} bytes`, input: make } of secrets) {
        it(`with RSA ${bits}: ${title}`, async () => {
          const key = await rsaKey(bits)
          const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
          const given = { ...(await make()), ...recipientOf(await documentFor(spki)) }
          const got = await answer(client(), operation, given)
          const envelope = Buffer.from(String(got.body.CiphertextForRecipient), 'base64')
          const args = 'cms -decrypt -binary -inform DER -in envelope -inkey key.pem'
          const opened = openssl(args.split(' '), {
            envelope,
            'key.pem': key.export({ type: 'pkcs8', format: 'pem' }),
          })
          assert.equal(opened.length, bytes ?? opened.length)
          await check(opened, got.output)
        })
      }
    }
  })
}
