/**
 * The content keys of envelopes: 32 random bytes, encrypted to a recipient's RSA key, each used once.
 * For a recipient that comes again and again they are made ahead on another thread, because the RSA
 * encryption is most of what sealing costs.
 */
import { constants, publicEncrypt, type KeyObject } from 'node:crypto'
import { offload } from './offload.ts'
import type { RandomSource } from './random.ts'

export interface ContentKey {
  readonly contentKey: Uint8Array
  /** RSAES-OAEP with SHA-256, MGF1 with SHA-256 and an empty label. */
  readonly encryptedKey: Uint8Array
}

/** A recipient that was sealed for so many times is one that comes again. */
const usesBeforeAhead = 32
/** How many are there or on their way. */
const ahead = 64
/** So few at once that whoever waits for the thread's core waits less than a millisecond. */
const batch = 16

export function newContentKey(key: KeyObject, random: RandomSource): ContentKey {
  const contentKey = random(32)
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  return {
    contentKey,
    encryptedKey: publicEncrypt({ key, padding, oaepHash: 'sha256' }, contentKey),
  }
}

interface Supply {
  uses: number
  ready: ContentKey[]
  /** How many are on their way. */
  expected: number
}

const supplies = new WeakMap<KeyObject, Supply>()

/** A content key that was made ahead, or a new one where there is none. */
export function takeContentKey(key: KeyObject, random: RandomSource): ContentKey {
  let supply = supplies.get(key)
  if (!supply) supplies.set(key, (supply = { uses: 0, ready: [], expected: 0 }))
  supply.uses += 1
  const taken = supply.ready.pop()
  if (supply.uses > usesBeforeAhead && supply.ready.length + supply.expected <= ahead - batch) {
    void refill(key, supply)
  }
  return taken ?? newContentKey(key, random)
}

async function refill(key: KeyObject, supply: Supply): Promise<void> {
  supply.expected += batch
  try {
    const { contentKeys, encryptedKeys } = await offload('contentKeys', key, batch)
    const bytes = encryptedKeys.length / batch
    for (let i = 0; i < batch; i += 1) {
      supply.ready.push({
        contentKey: contentKeys.subarray(32 * i, 32 * (i + 1)),
        encryptedKey: encryptedKeys.subarray(bytes * i, bytes * (i + 1)),
      })
    }
  } catch {
    // A thread that ended takes nothing with it: whoever comes next makes his own.
  } finally {
    supply.expected -= batch
  }
}
