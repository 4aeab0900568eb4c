/**
 * Mints attestation documents under the simulated root, in the bytes that the Nitro Secure Module
 * writes since June 2025: untagged, payload map of indefinite length, all nine keys. Refuses what no
 * real document could say.
 */
import { sign, type KeyObject } from 'node:crypto'
import { encodeCoseSign1, es384Header, sigStructure } from '../codec/cose.ts'
import { encodeAttestationDocument } from '../codec/document.ts'
import { settle, type MintOptions } from './mint-options.ts'
import type { SigningIdentity, SimulatedPki } from './pki.ts'
import type { Origin } from './profiles.ts'

export type { MintOptions } from './mint-options.ts'

/**
 * A signed document. Its chain is valid at its own timestamp, wherever that lies, so one with a
 * timestamp of long ago is believed by who asks about that time, and by nobody else.
 *
 * @throws DecodeError `MINT_OPTION`, whose fact `member` names the option
 */
export async function mintAttestationDocument(
  options: MintOptions,
  nowMs: number,
): Promise<Uint8Array> {
  const { origin, content } = settle(options, nowMs)
  const { privateKey, certificate, cabundle } = await identify(origin, content.timestampMs)
  const payload = encodeAttestationDocument(
    { ...content, certificate, cabundle },
    { indefinite: true },
  )
  const signature = await signEs384(sigStructure(es384Header, payload), privateKey)
  return encodeCoseSign1({ protectedBytes: es384Header, payload, signature })
}

let pki: Promise<SimulatedPki> | undefined

/** The chain that signs; the first call loads what issues it. */
async function identify(origin: Origin, atMs: number): Promise<SigningIdentity> {
  pki ??= import('./pki.ts').then(({ SimulatedPki }) => new SimulatedPki())
  return (await pki).identity(origin, atMs)
}

/** r and s, 48 bytes each, off the main thread. */
function signEs384(message: Uint8Array, key: KeyObject): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sign('sha384', message, { key, dsaEncoding: 'ieee-p1363' }, (error, signature) => {
      if (error) reject(error)
      else resolve(signature)
    })
  })
}
