/**
 * What is measured, one function each: makes requests, has them answered for some seconds, and then
 * looks into one answer, because a fast wrong answer is worth nothing.
 */
import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto'
import type { Enclave } from '../lib/enclave/enclave.ts'
import { blob, outputOf, type Caller, type Output } from './caller.ts'
import { drive } from './load.ts'
import { encryptionContext } from './scene.ts'
import type { Server } from './servers.ts'

export interface Extent {
  readonly seconds: number
  readonly connections: number
}

export interface Rate {
  readonly perSecond: number
  /** Processor time of the server for one answer, in microseconds; NaN where it is not known. */
  readonly cpuMicros: number
  /** The share of one core that the load generator used, from 0 to 1. */
  readonly generatorBusy: number
}

export interface Measurement {
  readonly name: string
  readonly run: (extent: Extent) => Promise<Rate>
}

interface Work {
  readonly requests: readonly Buffer[]
  /** Sends each request once; all of them take turns unless said. */
  readonly once?: boolean
  /** Throws when an answer's body is wrong. */
  readonly check: (body: Buffer) => unknown
}

function overHttp(
  name: string,
  { endpoint, cpuMs }: Server,
  prepare: (seconds: number) => Work | Promise<Work>,
): Measurement {
  return {
    name,
    run: async (extent) => {
      const { requests, once = false, check } = await prepare(extent.seconds)
      const cpuMsBefore = cpuMs() ?? NaN
      const reading = await drive({ endpoint, requests, once, ...extent })
      const cpuMsUsed = (cpuMs() ?? NaN) - cpuMsBefore
      await check(reading.sample)
      return {
        perSecond: (reading.answers * 1000) / reading.elapsedMs,
        cpuMicros: (cpuMsUsed * 1000) / reading.answers,
        generatorBusy: reading.generatorBusy,
      }
    },
  }
}

/** So many requests take turns, so that no answer can be that of the request before. */
const turns = 64

const secret = randomBytes(32)

/** A server that does nothing, sent what GenerateDataKey is sent. */
export function bareHttp(server: Server, caller: Caller, keyId: string): Measurement {
  return overHttp('bare node:http', server, () => ({
    requests: repeat(turns, () => dataKeyRequest(caller, keyId)),
    check: outputOf,
  }))
}

export function generateDataKey(name: string, caller: Caller, keyId: string): Measurement {
  return overHttp(name, caller.server, () => ({
    requests: repeat(turns, () => dataKeyRequest(caller, keyId)),
    async check(body) {
      const { CiphertextBlob, ...dataKey } = outputOf(body)
      const opened = await caller.call('Decrypt', {
        KeyId: keyId,
        CiphertextBlob,
        EncryptionContext: encryptionContext,
      })
      requireSame(name, blob(opened, 'Plaintext'), blob(dataKey, 'Plaintext'))
    },
  }))
}

export function decrypt(name: string, caller: Caller, keyId: string): Measurement {
  return overHttp(name, caller.server, async () => {
    return {
      requests: await Promise.all(repeat(turns, () => decryptRequest(caller, keyId))),
      check: (body) => {
        requireSame(name, blob(outputOf(body), 'Plaintext'), secret)
      },
    }
  })
}

/** One document in every request: the first call verifies it, the others find it verified. */
export function repeatedDocument(caller: Caller, keyId: string, enclave: Enclave): Measurement {
  return overHttp('attested Decrypt, repeated document', caller.server, async () => {
    const input = await decryptInput(caller, keyId)
    const document = await enclave.attest()
    return {
      requests: repeat(turns, () => attestedRequest(caller, input, document)),
      check: (body) => requireSealed(body, enclave),
    }
  })
}

/** A document of its own in every request, all of one enclave: each costs one verification. */
export function freshDocuments(
  caller: Caller,
  keyId: string,
  enclave: Enclave,
  documentsPerSecond: number,
): Measurement {
  return overHttp('attested Decrypt, fresh documents', caller.server, async (seconds) => {
    const input = await decryptInput(caller, keyId)
    const documents = await mint(enclave, Math.ceil(documentsPerSecond * seconds))
    return {
      requests: documents.map((document) => attestedRequest(caller, input, document)),
      once: true,
      check: (body) => requireSealed(body, enclave),
    }
  })
}

/** Node's own verification of a text as long as a document, one after the other on one core. */
export function rawVerification(): Measurement {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const message = randomBytes(4500)
  const dsaEncoding = 'ieee-p1363'
  const signature = sign('sha384', message, { key: privateKey, dsaEncoding })
  return {
    name: 'raw P-384 verification, one core',
    run: ({ seconds }) => {
      const startedMs = performance.now()
      const usedBefore = process.cpuUsage()
      let verified = 0
      let elapsedMs = 0
      while (elapsedMs < seconds * 1000) {
        if (!verify('sha384', message, { key: publicKey, dsaEncoding }, signature)) {
          throw new Error('a right signature was found wrong')
        }
        verified++
        elapsedMs = performance.now() - startedMs
      }
      const { user, system } = process.cpuUsage(usedBefore)
      return Promise.resolve({
        perSecond: (verified * 1000) / elapsedMs,
        cpuMicros: (user + system) / verified,
        generatorBusy: NaN,
      })
    },
  }
}

export function dataKeyRequest(caller: Caller, keyId: string): Buffer {
  const input = { KeyId: keyId, KeySpec: 'AES_256', EncryptionContext: encryptionContext }
  return caller.request('GenerateDataKey', input)
}

export async function decryptRequest(caller: Caller, keyId: string): Promise<Buffer> {
  return caller.request('Decrypt', await decryptInput(caller, keyId))
}

/** What decrypts the secret. */
async function decryptInput(caller: Caller, keyId: string): Promise<Output> {
  const { CiphertextBlob } = await caller.call('Encrypt', {
    KeyId: keyId,
    Plaintext: secret.toString('base64'),
    EncryptionContext: encryptionContext,
  })
  return { KeyId: keyId, CiphertextBlob, EncryptionContext: encryptionContext }
}

function attestedRequest(caller: Caller, input: Output, document: Uint8Array): Buffer {
  return caller.request('Decrypt', {
    ...input,
    Recipient: {
      KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
      AttestationDocument: Buffer.from(document).toString('base64'),
    },
  })
}

/** Documents that differ in their nonce; a batch at a time, because signing uses all cores. */
async function mint(enclave: Enclave, count: number): Promise<Uint8Array[]> {
  const documents: Uint8Array[] = []
  while (documents.length < count) {
    const batch = Math.min(256, count - documents.length)
    const minted = repeat(batch, () => enclave.attest({ nonce: randomBytes(16) }))
    documents.push(...(await Promise.all(minted)))
  }
  return documents
}

/** The secret is sealed for the enclave, and nowhere in plaintext. */
async function requireSealed(body: Buffer, enclave: Enclave): Promise<void> {
  const output = outputOf(body)
  if ('Plaintext' in output) throw new Error('an answer for an enclave has a Plaintext')
  const opened = await enclave.open(blob(output, 'CiphertextForRecipient'))
  requireSame('attested Decrypt', opened, secret)
}

function requireSame(what: string, found: Uint8Array, wanted: Uint8Array): void {
  if (!Buffer.from(found).equals(wanted)) throw new Error(`${what}: a wrong plaintext`)
}

function repeat<Value>(times: number, make: () => Value): Value[] {
  return Array.from({ length: times }, make)
}
