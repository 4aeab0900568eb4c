/**
 * An enclave to play in tests: its registers, its RSA key, attestation documents under the simulated
 * root, and the answers that AWS KMS sealed for it. Refuses registers that no enclave can have, and
 * envelopes that are not its own.
 */
import {
  createPublicKey,
  generateKeyPair,
  randomBytes,
  type KeyObject,
  type RSAKeyPairKeyObjectOptions,
} from 'node:crypto'
import { promisify } from 'node:util'
import { enclaveModuleId, settle } from '../attest/mint-options.ts'
import { mintAttestationDocument, type MintOptions } from '../attest/mint.ts'
import { openEnvelope } from '../crypto/envelope.ts'
import { DecodeError } from '../errors.ts'

export interface EnclaveOptions extends Pick<
  MintOptions,
  'platform' | 'pcrs' | 'debug' | 'roleArn' | 'instanceId' | 'region'
> {
  /** Modulus of the enclave's key; 2048 unless said. */
  readonly rsaBits?: 2048 | 3072 | 4096 | undefined
  /** Milliseconds since 1970: where documents have their timestamps from; the machine's unless said. */
  readonly clock?: (() => number) | undefined
}

/** What an enclave says in one document. Each at most 1024 bytes. */
export interface AttestOptions {
  readonly nonce?: Uint8Array | undefined
  readonly userData?: Uint8Array | undefined
  /** The enclave's own key, as SubjectPublicKeyInfo, unless said; null for a document without one. */
  readonly publicKey?: Uint8Array | null | undefined
}

/** The parameter `Recipient` of AWS KMS. */
export interface Recipient {
  readonly KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256'
  readonly AttestationDocument: Uint8Array
}

/** AWS KMS takes these. */
const rsaSizes: readonly number[] = [2048, 3072, 4096]

const generateRsaKey: (
  type: 'rsa',
  options: RSAKeyPairKeyObjectOptions,
) => Promise<{ privateKey: KeyObject }> = promisify(generateKeyPair)

export class Enclave {
  /** `i-…-enc…`, or `i-…-tpm…` */
  readonly moduleId: string
  /** DER of the SubjectPublicKeyInfo of the enclave's key. */
  readonly publicKey: Uint8Array
  readonly #privateKey: KeyObject
  readonly #identity: MintOptions
  readonly #clock: () => number

  private constructor(
    moduleId: string,
    privateKey: KeyObject,
    identity: MintOptions,
    clock: () => number,
  ) {
    this.moduleId = moduleId
    this.publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
    this.#privateKey = privateKey
    this.#identity = { ...identity, moduleId }
    this.#clock = clock
  }

  /**
   * Launches an enclave: a new RSA key, and a module id that says when.
   *
   * @throws DecodeError `MINT_OPTION`, whose fact `member` names the option
   */
  static async start(options: EnclaveOptions = {}): Promise<Enclave> {
    const { rsaBits = 2048, clock = Date.now, ...identity } = options
    const member = 'rsaBits'
    if (!rsaSizes.includes(rsaBits)) {
      throw new DecodeError('MINT_OPTION', `${member}: want ${rsaSizes.join(', ')}`, { member })
    }
    const launchMs = clock()
    const { origin } = settle(identity, launchMs)
    const moduleId =
      identity.platform === 'nitro-tpm'
        ? origin.moduleId
        : enclaveModuleId(origin.instanceId, launchMs, randomBytes(2))
    const { privateKey } = await generateRsaKey('rsa', { modulusLength: rsaBits })
    return new Enclave(moduleId, privateKey, identity, clock)
  }

  /**
   * A document of this moment, signed under the simulated root.
   *
   * @throws DecodeError `MINT_OPTION` for a field over 1024 bytes
   */
  attest(options: AttestOptions = {}): Promise<Uint8Array> {
    const { publicKey = this.publicKey, nonce, userData } = options
    return mintAttestationDocument(
      { ...this.#identity, publicKey: publicKey ?? undefined, nonce, userData },
      this.#clock(),
    )
  }

  /** What a call to AWS KMS carries so that the answer is sealed for this enclave. */
  async recipient(): Promise<Recipient> {
    return {
      KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
      AttestationDocument: await this.attest(),
    }
  }

  /**
   * The plaintext in a `CiphertextForRecipient`.
   *
   * @throws DecodeError `CMS_…` or `ENVELOPE_…`, as openEnvelope
   */
  open(ciphertextForRecipient: Uint8Array): Promise<Uint8Array> {
    return openEnvelope(ciphertextForRecipient, this.#privateKey)
  }
}
