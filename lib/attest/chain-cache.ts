/**
 * What is known of certificates, by the SHA-256 of their DER: how they parse, their keys, and who
 * signed them, so that a new document of a known enclave costs one P-384 verification. It holds
 * nothing that depends on time, and refuses a signature that is not the issuer's.
 */
import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto'
import type { AttestationDocument } from '../codec/document.ts'
import { decodeCertificate } from '../codec/x509.ts'
import { DecodeError, TrustError } from '../errors.ts'
import { positions, type Chain, type ChainCertificate } from './chain.ts'
import { LeastRecentlyUsed } from './least-recently-used.ts'

/** Certificates kept: two for each enclave that is about, and three for each zone. Ours. */
const maxCertificates = 1024

interface Known {
  readonly certificate: ChainCertificate
  readonly key: KeyObject
  /** SHA-256 of the certificate whose key verified this one; null for a root, which is pinned. */
  readonly signedBy: string | null
}

export class ChainCache {
  readonly #known = new LeastRecentlyUsed<Known>(maxCertificates)

  /** Parses a document's certificates. Codes: DER_* and CERTIFICATE_*. */
  read({ cabundle, certificate }: Pick<AttestationDocument, 'cabundle' | 'certificate'>): Chain {
    return {
      authorities: cabundle.map((der, index) => this.#parse(der, `cabundle[${index}]`)),
      leaf: this.#parse(certificate, 'certificate'),
    }
  }

  /**
   * Verifies that each certificate is signed by the one before it, off the main thread. The first
   * one's own signature says nothing, so it is not looked at: it is pinned.
   * Codes: CHAIN_SIGNATURE and CHAIN_KEY.
   */
  async checkSignatures(chain: Chain): Promise<void> {
    let issuer: Known | undefined
    for (const [where, certificate] of positions(chain)) {
      issuer = this.#signed(certificate, issuer) ?? (await this.#verify(certificate, issuer, where))
    }
  }

  /** The key of a certificate, wherever it stands. Code: CHAIN_KEY. */
  key(certificate: ChainCertificate, where: string): KeyObject {
    return this.#known.get(certificate.sha256)?.key ?? importKey(certificate, where)
  }

  #parse(der: Uint8Array, where: string): ChainCertificate {
    const sha256 = hash('sha256', der, 'hex')
    const known = this.#known.get(sha256)
    if (known) return known.certificate
    try {
      // A copy: what is kept must not keep a whole document.
      return { ...decodeCertificate(new Uint8Array(der)), sha256 }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      throw new DecodeError(error.code, `${where}: ${error.message}`, error.facts)
    }
  }

  /** What is known of a certificate, if it is known that this issuer signed it. */
  #signed({ sha256 }: ChainCertificate, issuer: Known | undefined): Known | undefined {
    const known = this.#known.get(sha256)
    return known?.signedBy === (issuer?.certificate.sha256 ?? null) ? known : undefined
  }

  async #verify(
    certificate: ChainCertificate,
    issuer: Known | undefined,
    where: string,
  ): Promise<Known> {
    const { tbs, signature, sha256 } = certificate
    if (issuer && !(await verifySignature(tbs, issuer.key, signature, 'der'))) {
      throw new TrustError('CHAIN_SIGNATURE', `${where} is not signed by the certificate before it`)
    }
    const signedBy = issuer?.certificate.sha256 ?? null
    const known = { certificate, key: importKey(certificate, where), signedBy }
    this.#known.set(sha256, known)
    return known
  }
}

/** ECDSA with SHA-384 on Node's thread pool. What cannot be verified is not: never an exception. */
export function verifySignature(
  data: Uint8Array,
  key: KeyObject,
  signature: Uint8Array,
  dsaEncoding: 'der' | 'ieee-p1363',
): Promise<boolean> {
  return new Promise((resolve) => {
    verify('sha384', data, { key, dsaEncoding }, signature, (error, isValid) =>
      resolve(error === null && isValid),
    )
  })
}

/** OpenSSL's reading of the key, which refuses a point that is not on the curve. */
function importKey({ publicKey }: ChainCertificate, where: string): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(publicKey.spki), format: 'der', type: 'spki' })
  } catch {
    throw new TrustError('CHAIN_KEY', `${where} has a key that is not on its curve`)
  }
}
