/**
 * The Recipient parameter: believes its attestation document only after verifying it, and seals the
 * answer for the public key in it. A document that cannot be believed is refused before anybody asks
 * who the caller is, and nothing is ever answered in plaintext in its place.
 *
 * AWS publishes no text for these refusals: they are ours, and docs/fidelity.md says so.
 */
import type { RecipientKey } from '../../attest/recipient-key.ts'
import type { RootSpec, TrustAnchor } from '../../attest/roots.ts'
import type { VerifiedDocument, Verifier } from '../../attest/verify.ts'
import { takeContentKey } from '../../crypto/content-keys.ts'
import { sealForRecipient } from '../../crypto/envelope.ts'
import { systemRandom } from '../../crypto/random.ts'
import { DecodeError, TrustError } from '../../errors.ts'
import { attestationFacts, type AttestationFacts } from './attestation-facts.ts'
import { Fault } from '../faults.ts'
import { misread } from './misread.ts'
import type { RecipientRule } from '../operation.ts'

/** The parameter, as the model has read it. */
export interface RecipientInfo {
  readonly KeyEncryptionAlgorithm?: string | undefined
  readonly AttestationDocument?: Uint8Array | undefined
}

/** Whoever an answer is sealed for. */
export interface Recipient {
  readonly key: RecipientKey
  readonly facts: AttestationFacts
}

export interface AttestationOptions {
  readonly roots: readonly RootSpec[]
  readonly maxAgeMs: number
  readonly futureSkewMs: number
}

/** What verifying needs, loaded with the first document: a start does not wait for it. */
interface Machinery {
  readonly anchors: readonly TrustAnchor[]
  readonly verifier: Verifier
  readonly recipientKey: (typeof import('../../attest/recipient-key.ts'))['recipientKey']
}

export class Recipients {
  readonly #options: AttestationOptions
  #machinery: Promise<Machinery> | undefined
  /** Of documents that are presented again. */
  readonly #recipients = new WeakMap<VerifiedDocument, Recipient>()

  constructor(options: AttestationOptions) {
    this.#options = options
  }

  /** A load that fails is not kept: the next document tries again. */
  #load(): Promise<Machinery> {
    return (this.#machinery ??= load(this.#options).catch((error: unknown) => {
      this.#machinery = undefined
      throw error
    }))
  }

  /** Throws a Fault, whose cause is what the document was refused with. */
  async believe(info: RecipientInfo, nowMs: number): Promise<Recipient> {
    if (info.KeyEncryptionAlgorithm === undefined) {
      throw new Fault('ValidationException', 'Recipient has no KeyEncryptionAlgorithm')
    }
    if (info.AttestationDocument === undefined) {
      throw new Fault('ValidationException', 'Recipient has no AttestationDocument')
    }
    const { verifier, recipientKey } = await this.#load()
    try {
      const verified = await verifier.verify(info.AttestationDocument, nowMs)
      let recipient = this.#recipients.get(verified)
      if (!recipient) {
        recipient = { key: recipientKey(verified.document), facts: attestationFacts(verified) }
        this.#recipients.set(verified, recipient)
      }
      return recipient
    } catch (error) {
      if (!(error instanceof DecodeError || error instanceof TrustError)) throw error
      const hint = misread(info.AttestationDocument)?.says ?? ''
      throw new Fault(
        'ValidationException',
        `The attestation document is not valid: ${error.code}: ${error.message}${hint}`,
        { cause: error },
      )
    }
  }

  /** The roots that documents are believed under. */
  async anchors(): Promise<readonly TrustAnchor[]> {
    return (await this.#load()).anchors
  }
}

async function load({ roots, maxAgeMs, futureSkewMs }: AttestationOptions): Promise<Machinery> {
  const [{ Verifier }, { trustAnchors }, { recipientKey }] = await Promise.all([
    import('../../attest/verify.ts'),
    import('../../attest/roots.ts'),
    import('../../attest/recipient-key.ts'),
  ])
  const anchors = trustAnchors(roots)
  return { anchors, verifier: new Verifier({ anchors, maxAgeMs, futureSkewMs }), recipientKey }
}

/** The answer with its secret sealed: never beside, and never in place of, its plaintext. */
export function sealAnswer(answer: object, rule: RecipientRule, { key }: Recipient): object {
  const sealed: Record<string, unknown> = { ...answer }
  const secret = sealed[rule.secret]
  if (!(secret instanceof Uint8Array)) throw new Error(`answer without ${rule.secret}`)
  sealed[rule.secret] = undefined
  for (const member of rule.omits ?? []) sealed[member] = undefined
  const content = takeContentKey(key.key, systemRandom)
  return { ...sealed, CiphertextForRecipient: sealForRecipient(secret, key, systemRandom, content) }
}
