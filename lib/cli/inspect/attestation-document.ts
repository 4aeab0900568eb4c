/**
 * An attestation document: every check of the verifier, and what the document says. A file that
 * begins as a CBOR array or tag is judged as one.
 */
import type { Inspection } from '../../attest/inspect.ts'
import { describePublicKey } from '../../attest/recipient-key.ts'
import { trustAnchors, type TrustAnchor } from '../../attest/roots.ts'
import { Verifier } from '../../attest/verify.ts'
import { decodeCoseSign1 } from '../../codec/cose.ts'
import {
  decodeAttestationDocument,
  isDebug,
  type AttestationDocument,
} from '../../codec/document.ts'
import { readFromDisk } from '../../config/disk.ts'
import { DecodeError } from '../../errors.ts'
import { defaults } from '../../kms/defaults.ts'
import { Exit } from '../exit.ts'
import type { Describer, InspectSettings } from './settings.ts'

export const attestationDocument: Describer = {
  recognizes([first = 0]) {
    const majorType = first >> 5
    return majorType === 4 || majorType === 6
  },

  async describe(bytes, settings) {
    const inspection = await examine(bytes, settings)
    const { valid, code, checks, document, kmsUsable, kmsUnusableBecause } = inspection
    const report = {
      kind: 'attestation-document',
      valid,
      code,
      checks,
      document: document && contentOf(document),
      kmsUsable,
      kmsUnusableBecause,
    }
    return { report, text: printed(inspection) }
  },
}

async function examine(bytes: Buffer, { atMs, root }: InspectSettings): Promise<Inspection> {
  const verifier = new Verifier({ anchors: anchorsOf(root), ...defaults.attestation })
  if (atMs !== null) return verifier.inspect(bytes, atMs)
  return verifier.inspect(bytes, timestampOf(bytes), { ignoreFreshness: true })
}

function anchorsOf(root: InspectSettings['root']): TrustAnchor[] {
  try {
    return trustAnchors([root], readFromDisk)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Exit(2, `--root: ${reason}`)
  }
}

/** The document's own time; of one that cannot be read the time does not matter. */
function timestampOf(bytes: Buffer): number {
  try {
    return decodeAttestationDocument(decodeCoseSign1(bytes).payload).timestampMs
  } catch (error) {
    if (error instanceof DecodeError) return Date.now()
    throw error
  }
}

function contentOf(document: AttestationDocument) {
  const { moduleId, platform, digest, timestampMs, publicKey, userData, nonce } = document
  return {
    moduleId,
    platform,
    digest,
    timestamp: new Date(timestampMs).toISOString(),
    pcrs: registersOf(document),
    debug: isDebug(document),
    publicKey: publicKey && describePublicKey(publicKey),
    userData: userData && Buffer.from(userData).toString('base64'),
    nonce: nonce && Buffer.from(nonce).toString('base64'),
  }
}

function registersOf({ pcrs }: AttestationDocument): Record<string, string> {
  return Object.fromEntries(
    [...pcrs].map(([index, value]) => [String(index), Buffer.from(value).toString('hex')]),
  )
}

const indent = '  '

function printed(inspection: Inspection): string {
  const { valid, code, checks, document, kmsUsable, kmsUnusableBecause } = inspection
  return [
    valid ? 'attestation document: valid' : `attestation document: NOT valid: ${String(code)}`,
    ...checks.map(({ name, ok, detail }) => `${indent}${ok ? 'ok  ' : 'FAIL'} ${name}: ${detail}`),
    ...(document ? printedContent(document) : []),
    kmsUsable
      ? 'usable as a Recipient'
      : `not usable as a Recipient: ${String(kmsUnusableBecause)}`,
  ].join('\n')
}

function printedContent(document: AttestationDocument): string[] {
  const { moduleId, platform, timestamp, debug, publicKey } = contentOf(document)
  const registers = Object.entries(registersOf(document))
  const zero = registers.filter(([, value]) => /^0+$/.test(value)).map(([index]) => index)
  return [
    `${indent}${platform} ${moduleId}${debug ? ', in debug mode' : ''}`,
    `${indent}made ${timestamp}, public key: ${publicKey ?? 'none'}`,
    ...registers
      .filter(([index]) => !zero.includes(index))
      .map(([index, value]) => `${indent}PCR${index.padEnd(2)} ${value}`),
    ...(zero.length > 0 ? [`${indent}zero: PCR${zero.join(', ')}`] : []),
  ]
}
