/**
 * Runs the slow primitives of slow.js on worker threads, so that no request waits for another's.
 * The threads start with the first call and do not keep the process alive.
 */
import type { KeyObject } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { MlDsaParameterSet, MlKemParameterSet, ParameterSet } from './parameter-sets.ts'

/** Both keys of an ML-DSA or ML-KEM pair, as FIPS 204 and FIPS 203 encode them. */
export interface ExpandedKeys {
  readonly publicKey: Uint8Array
  /** FIPS 203 calls it the decapsulation key. */
  readonly secretKey: Uint8Array
}

/** The slow primitives. Keys and bytes are copied to the thread and back. */
interface Slow {
  /** RSASP1, RFC 8017 section 5.2.1, on a block as long as the modulus. */
  rsaPrivate: (key: KeyObject, block: Uint8Array) => Uint8Array
  /** RSAES-OAEP-DECRYPT, RFC 8017 section 7.1.2; null for every "decryption error". */
  rsaDecryptOaep: (
    key: KeyObject,
    hash: 'sha1' | 'sha256',
    ciphertext: Uint8Array,
  ) => Uint8Array | null
  /** So many random content keys of 32 bytes, and their RSAES-OAEP encryptions (SHA-256), in rows. */
  contentKeys: (
    key: KeyObject,
    count: number,
  ) => { readonly contentKeys: Uint8Array; readonly encryptedKeys: Uint8Array }
  /** ECDH, NIST SP 800-56A section 5.7.1.2: the x coordinate, as long as the field. */
  ecdh: (privateKey: KeyObject, publicKey: KeyObject) => Uint8Array
  /** ECDSA over a digest, which node:crypto would hash again; DER. FIPS 186-5 section 6.4.1. */
  ecdsaSign: (key: KeyObject, digest: Uint8Array) => Uint8Array
  /** FIPS 186-5 section 6.4.2. */
  ecdsaVerify: (key: KeyObject, digest: Uint8Array, signature: Uint8Array) => boolean
  /** Ed25519ph, RFC 8032 section 5.1.6: hashes the message itself. */
  ed25519phSign: (key: KeyObject, message: Uint8Array) => Uint8Array
  /** RFC 8032 section 5.1.7. */
  ed25519phVerify: (key: KeyObject, message: Uint8Array, signature: Uint8Array) => boolean
  /** GB/T 32918.2 section 6.1 over a digest: r and s, 32 bytes each. */
  sm2Sign: (scalar: Uint8Array, digest: Uint8Array) => Uint8Array
  /** GB/T 32918.2 section 7.1. */
  sm2Verify: (point: Uint8Array, digest: Uint8Array, signature: Uint8Array) => boolean
  /** The points of GB/T 32918.4 section 6.1: C1, and k times the public key. */
  sm2Share: (point: Uint8Array) => { readonly point: Uint8Array; readonly shared: Uint8Array }
  /** The point of GB/T 32918.4 section 7.1, step B3; null for a C1 that is not on the curve. */
  sm2Open: (scalar: Uint8Array, point: Uint8Array) => Uint8Array | null
  /** ML-DSA.KeyGen_internal, FIPS 204 section 6.1; ML-KEM.KeyGen_internal, FIPS 203 section 6.1. */
  expandSeed: (set: ParameterSet, seed: Uint8Array) => ExpandedKeys
  /** ML-DSA.Sign_internal, FIPS 204 section 6.2, of μ; hedged with 32 random bytes. */
  mlDsaSign: (
    set: MlDsaParameterSet,
    secretKey: Uint8Array,
    mu: Uint8Array,
    random: Uint8Array,
  ) => Uint8Array
  /** ML-DSA.Verify_internal, FIPS 204 section 6.3, of μ and a signature of the right length. */
  mlDsaVerify: (
    set: MlDsaParameterSet,
    publicKey: Uint8Array,
    mu: Uint8Array,
    signature: Uint8Array,
  ) => boolean
  /** ML-KEM.Encaps_internal, FIPS 203 section 6.2, with 32 random bytes. */
  mlKemEncapsulate: (
    set: MlKemParameterSet,
    publicKey: Uint8Array,
    random: Uint8Array,
  ) => { readonly sharedSecret: Uint8Array; readonly cipherText: Uint8Array }
  /** ML-KEM.Decaps, FIPS 203 section 7.3, of a ciphertext of the right length. */
  mlKemDecapsulate: (
    set: MlKemParameterSet,
    secretKey: Uint8Array,
    ciphertext: Uint8Array,
  ) => Uint8Array
}

/** As many as libuv's own pool at most; one core is left for the event loop. */
const maxThreads = Math.max(1, Math.min(4, availableParallelism() - 1))

type Reply = { readonly id: number } & ({ readonly result: unknown } | { readonly error: unknown })

interface Waiting {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

const threads = new Set<Thread>()

/** Calls a slow primitive. Rejects with what it throws. */
export function offload<N extends keyof Slow>(
  name: N,
  ...args: Parameters<Slow[N]>
): Promise<ReturnType<Slow[N]>> {
  return idlest().run(name, args) as Promise<ReturnType<Slow[N]>>
}

function idlest(): Thread {
  let best: Thread | undefined
  for (const thread of threads) if (!best || thread.pending < best.pending) best = thread
  if (best && (best.pending === 0 || threads.size >= maxThreads)) return best
  return new Thread()
}

class Thread {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0

  constructor() {
    // Without the process's flags: a thread needs none, and some (--input-type) would stop it.
    this.#worker = new Worker(new URL('slow.js', import.meta.url), { execArgv: [] })
    this.#worker.unref()
    this.#worker.on('message', (reply: Reply) => this.#settle(reply))
    this.#worker.on('error', (error) => this.#end(error))
    this.#worker.on('messageerror', (error) => this.#end(error))
    this.#worker.on('exit', () => this.#end(new Error('a thread for slow primitives has ended')))
    threads.add(this)
  }

  get pending(): number {
    return this.#waiting.size
  }

  run(name: keyof Slow, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId
      this.#worker.postMessage({ id, name, args })
      this.#waiting.set(id, { resolve, reject })
      this.#worker.ref()
    })
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if (this.pending === 0) this.#worker.unref()
    if ('error' in reply) waiting?.reject(reply.error)
    else waiting?.resolve(reply.result)
  }

  #end(error: unknown): void {
    threads.delete(this)
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
