/**
 * Trust anchors: the roots that a chain may start from, each pinned by the SHA-256 of its DER. A
 * file is refused unless it is one certificate that can be read.
 */
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { decodeHex, encodeHex } from '../codec/bytes.ts'
import { decodeCertificate, decodeCertificatePem } from '../codec/x509.ts'
import { DecodeError } from '../errors.ts'

export interface TrustAnchor {
  /** `simulated`, `aws`, the file's path, or `sha256:` and the digest. */
  readonly name: string
  /** Of the root's DER: 64 digits of lower-case hex. */
  readonly sha256: string
  /** Absent where only the digest is known, which is enough: the bundle has the root. */
  readonly der?: Uint8Array
}

/** One entry of `roots` in the configuration. */
export type RootSpec = 'simulated' | 'aws' | RootFile | { readonly sha256: string }

export interface RootFile {
  readonly file: string
  /** What is in it, where that has been read already: a pipe is read once. */
  readonly content?: Uint8Array
}

/**
 * AWS Nitro Enclaves Root-G1, as AWS publishes it:
 * https://docs.aws.amazon.com/enclaves/latest/user/verify-root.html
 */
const awsRootSha256 = '641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b'

/** certs/ stands beside lib/ and beside dist/. */
const simulatedRootFile = fileURLToPath(new URL('../../certs/simulated-root.pem', import.meta.url))

const sha256Bytes = 32

/**
 * Errors of readFile pass through; DecodeError where a file is not one certificate (PEM or DER), or
 * a digest is not 32 bytes of hex (colons may stand between them, as AWS prints it).
 */
export function trustAnchors(
  specs: readonly RootSpec[],
  readFile: (path: string) => Uint8Array = readFileSync,
): TrustAnchor[] {
  return specs.map((spec) => {
    if (spec === 'aws') return { name: 'aws', sha256: awsRootSha256 }
    if (spec === 'simulated') return anchor('simulated', readFile(simulatedRootFile))
    if ('file' in spec) return anchor(spec.file, spec.content ?? readFile(spec.file))
    const sha256 = readDigest(spec.sha256)
    return { name: `sha256:${sha256}`, sha256 }
  })
}

/** The simulated root's certificate as it is in certs/: what `roots: [simulated]` trusts. */
export function simulatedRootPem(): string {
  return readFileSync(simulatedRootFile, 'utf8')
}

/** A DER certificate begins with a SEQUENCE, which no PEM text does. */
function anchor(name: string, file: Uint8Array): TrustAnchor {
  const isDer = file[0] === 0x30
  const { der } = isDer
    ? decodeCertificate(file)
    : decodeCertificatePem(Buffer.from(file).toString('latin1'))
  return { name, sha256: hash('sha256', der, 'hex'), der }
}

function readDigest(text: string): string {
  const digest = decodeHex(text.replaceAll(':', ''))
  if (digest.length !== sha256Bytes) {
    throw new DecodeError('ROOT_DIGEST', `a SHA-256 has ${sha256Bytes} bytes, not ${digest.length}`)
  }
  return encodeHex(digest)
}
