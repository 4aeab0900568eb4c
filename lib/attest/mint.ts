/**
 * Mints attestation documents under the simulated root, in the bytes that the Nitro Secure Module
 * writes since June 2025: untagged, payload map of indefinite length, all nine keys. Refuses what no
 * real document could say.
 */
import { encodeCoseSign1, es384Header, sigStructure } from '../codec/cose.ts'
import { encodeAttestationDocument } from '../codec/document.ts'
import { settle, type MintOptions } from './mint-options.ts'
import { signP384 } from './p384.ts'
import { SimulatedPki } from './pki.ts'

export type { MintOptions } from './mint-options.ts'

/** One for the process: documents of one enclave share their chain. */
const pki = new SimulatedPki()

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
  const { privateKey, certificate, cabundle } = await pki.identity(origin, content.timestampMs)
  const payload = encodeAttestationDocument(
    { ...content, certificate, cabundle },
    { indefinite: true },
  )
  const signature = await signP384(sigStructure(es384Header, payload), privateKey, 'ieee-p1363')
  return encodeCoseSign1({ protectedBytes: es384Header, payload, signature })
}
