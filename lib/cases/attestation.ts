/**
 * The `attestation` of a case: registers, an image, a debug enclave, or a document. Refuses registers
 * that no document has, an image that no enclave starts from, and a document that could not have been
 * believed when it was made.
 */
import type { VerifiedDocument } from '../attest/verify.ts'
import { debugPcrs, enclavePcrs, pcrBytes, zeroPcr } from '../attest/pcr.ts'
import { decodeCoseSign1 } from '../codec/cose.ts'
import { decodeAttestationDocument, isDebug, type Platform } from '../codec/document.ts'
import { readBytesFile } from '../config/files.ts'
import {
  inside,
  mapOf,
  oneOf,
  optional,
  record,
  text,
  withDefault,
  wants,
  wrong,
  type Place,
} from '../config/read.ts'
import { DecodeError, TrustError } from '../errors.ts'
import { attestationFacts, type AttestationFacts } from '../kms/recipient/attestation-facts.ts'
import { readImage, registersOfImage } from './image.ts'

/** What policies ask of a document. One that a case only describes is of the time of the test. */
export type CaseAttestation = Omit<AttestationFacts, 'timestampMs'> & {
  readonly timestampMs?: number
}

interface Members {
  readonly pcrs: ReadonlyMap<number, Uint8Array> | undefined
  readonly platform: Platform
  readonly debug: boolean
  readonly document: Uint8Array | undefined
  /** The registers that an image gives. */
  readonly eif: ReadonlyMap<number, Uint8Array> | undefined
}

const hexOfRegister = text(
  `a text of ${pcrBytes * 2} hex digits`,
  new RegExp(`^[0-9a-f]{${pcrBytes * 2}}$`, 'i'),
)

const readMembers = record<Members>({
  pcrs: optional(readRegisters),
  platform: withDefault(oneOf('nitro-enclave', 'nitro-tpm'), 'nitro-enclave'),
  debug: withDefault(readBoolean, false),
  document: optional((value, place) =>
    readBytesFile(text('a text: a path', /\S/)(value, place), place),
  ),
  eif: optional(readImage),
})

function readRegisters(value: unknown, place: Place): ReadonlyMap<number, Uint8Array> {
  const registers = new Map<number, Uint8Array>()
  for (const [name, hex] of Object.entries(mapOf(hexOfRegister)(value, place))) {
    if (!/^(?:\d|[12]\d|3[01])$/.test(name)) {
      throw wrong(inside(place, name), 'want a register from 0 to 31')
    }
    registers.set(Number(name), Buffer.from(hex, 'hex'))
  }
  return registers
}

function readBoolean(value: unknown, place: Place): boolean {
  if (typeof value === 'boolean') return value
  throw wants(place, 'true or false', value)
}

/** Throws ConfigError at once, or, for a document, when what it returns is called. */
export function readAttestation(value: unknown, place: Place): () => Promise<CaseAttestation> {
  const { document, ...members } = readMembers(value, place)
  if (document !== undefined) {
    const [other] = Object.keys(value as object).filter((name) => name !== 'document')
    if (other !== undefined) throw wrong(inside(place, other), 'a document says this itself')
    return () => believe(document, inside(place, 'document'))
  }
  const { eif, pcrs, debug } = members
  if (eif === undefined && pcrs === undefined && !debug) {
    throw wrong(place, 'want pcrs, an eif, debug: true or a document')
  }
  const described = describe(members, place)
  return () => Promise.resolve(described)
}

/** The facts of a document that nobody made. */
function describe(
  { platform, pcrs, eif, debug }: Omit<Members, 'document'>,
  place: Place,
): CaseAttestation {
  if (platform === 'nitro-tpm') {
    if (debug) throw wrong(inside(place, 'debug'), 'a NitroTPM has no debug mode')
    if (eif) throw wrong(inside(place, 'eif'), 'a NitroTPM does not measure an enclave image')
    const beyond = [...(pcrs?.keys() ?? [])].find((index) => index > 23)
    if (beyond !== undefined) {
      throw wrong(inside(place, `pcrs.${beyond}`), 'a NitroTPM has the registers 0 to 23')
    }
  }
  const twice = [...(pcrs?.keys() ?? [])].find((index) => eif?.has(index))
  if (twice !== undefined) throw wrong(inside(place, `pcrs.${twice}`), 'the image says this itself')
  const registers = eif ? registersOfImage(eif, pcrs) : new Map(pcrs ?? enclavePcrs())
  if (debug) for (const index of debugPcrs) registers.set(index, zeroPcr())
  return {
    platform,
    moduleId: 'policy case',
    pcrs: new Map([...registers].map(([index, value]) => [index, hexOf(value)])),
    debug: isDebug({ platform, pcrs: registers }),
    root: 'policy case',
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/**
 * Judged at its own time, under AWS's root or the simulated one. Whether KMS could encrypt for its
 * public key is not asked: that is no matter of policies.
 */
async function believe(file: Uint8Array, place: Place): Promise<CaseAttestation> {
  try {
    return attestationFacts(await verify(fromBase64(file)))
  } catch (error) {
    if (!(error instanceof DecodeError || error instanceof TrustError)) throw error
    throw wrong(place, `the document is not valid: ${error.code}: ${error.message}`)
  }
}

async function verify(bytes: Uint8Array): Promise<VerifiedDocument> {
  const [{ Verifier }, { trustAnchors }] = await Promise.all([
    import('../attest/verify.ts'),
    import('../attest/roots.ts'),
  ])
  const { timestampMs } = decodeAttestationDocument(decodeCoseSign1(bytes).payload)
  const verifier = new Verifier({
    anchors: trustAnchors(['simulated', 'aws']),
    maxAgeMs: 0,
    futureSkewMs: 0,
  })
  return verifier.verify(bytes, timestampMs)
}

/** `enclave-kms attest` prints base64. A document begins with a CBOR array or tag, as no text does. */
function fromBase64(file: Uint8Array): Uint8Array {
  const isText = (file[0] ?? 0) < 0x80
  return isText ? Buffer.from(Buffer.from(file).toString('latin1'), 'base64') : file
}
