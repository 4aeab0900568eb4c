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
/** How many are made ahead at once, and how few are left when the next are made. */
const ahead = 128
const low = 64

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
  underway: boolean
}

const supplies = new WeakMap<KeyObject, Supply>()

/** A content key that was made ahead, or a new one where there is none. */
export function takeContentKey(key: KeyObject, random: RandomSource): ContentKey {
  let supply = supplies.get(key)
  if (!supply) supplies.set(key, (supply = { uses: 0, ready: [], underway: false }))
  supply.uses += 1
  if (supply.uses > usesBeforeAhead && supply.ready.length < low && !supply.underway) {
    supply.underway = true
    void refill(key, supply)
  }
  return supply.ready.pop() ?? newContentKey(key, random)
}

async function refill(key: KeyObject, supply: Supply): Promise<void> {
  try {
    const { contentKeys, encryptedKeys } = await offload('contentKeys', key, ahead)
    const bytes = encryptedKeys.length / ahead
    for (let i = 0; i < ahead; i += 1) {
      supply.ready.push({
        contentKey: contentKeys.subarray(32 * i, 32 * (i + 1)),
        encryptedKey: encryptedKeys.subarray(bytes * i, bytes * (i + 1)),
      })
    }
  } catch {
    // A thread that ended takes nothing with it: whoever comes next makes his own.
  } finally {
    supply.underway = false
  }
}
