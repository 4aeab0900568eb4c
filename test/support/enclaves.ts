/**
 * The enclaves of the tests: one whose image key policies name, with RSA keys of every size, and
 * documents of it that must not be believed. Keys are made once for all tests of a run.
 */
import { generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { mintAttestationDocument } from '../../lib/attest/mint.ts'
import { Enclave } from '../../lib/enclave/enclave.ts'
import { faults } from './faults.ts'

/** The image that key policies name, and another one: PCR0, 48 bytes. */
export const image = Buffer.alloc(48, 0xa1)
export const otherImage = Buffer.alloc(48, 0xb2)

let started: Promise<Enclave> | undefined

/** The enclave that runs the image. */
export function enclave(): Promise<Enclave> {
  return (started ??= Enclave.start({ pcrs: new Map([[0, image]]) }))
}

/** A Recipient parameter as the SDK takes it. */
export function recipientOf(document: Uint8Array): object {
  return {
    Recipient: {
      KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
      AttestationDocument: document,
    },
  }
}

/** A document of the image for any public key, of this moment unless said. */
export function documentFor(
  publicKey: Uint8Array,
  { pcr0 = image, timestampMs = Date.now() } = {},
): Promise<Uint8Array> {
  return mintAttestationDocument(
    { pcrs: new Map([[0, pcr0]]), publicKey, timestampMs },
    timestampMs,
  )
}

const keys = new Map<number, Promise<KeyObject>>()

/** An enclave's private key that is not hidden in an Enclave, for openssl. */
export function rsaKey(modulusLength: 2048 | 3072 | 4096): Promise<KeyObject> {
  let key = keys.get(modulusLength)
  if (!key) {
    key = promisify(generateKeyPair)('rsa', { modulusLength }).then((pair) => pair.privateKey)
    keys.set(modulusLength, key)
  }
  return key
}

export interface BadDocument {
  readonly name: string
  readonly code: string
  readonly make: () => Promise<Uint8Array>
}

/** A document of the enclave for every reason not to believe one that has nothing to do with form. */
export const badDocuments: readonly BadDocument[] = [
  {
    name: 'a damaged document',
    code: 'DOCUMENT_SIGNATURE',
    async make() {
      const document = Buffer.from(await (await enclave()).attest())
      document[document.length - 1]! ^= 1
      return document
    },
  },
  {
    name: 'a document 301 s old',
    code: 'DOCUMENT_STALE',
    make: async () =>
      documentFor((await enclave()).publicKey, { timestampMs: Date.now() - 301_000 }),
  },
  {
    name: 'a document under a root of one’s own',
    code: 'CHAIN_ROOT_UNTRUSTED',
    async make() {
      const row = faults.find(({ name }) => name === 'a root of the same name with another key')
      if (!row) throw new Error('the faults have no such row')
      return row.forge((await enclave()).publicKey, Date.now())
    },
  },
]
