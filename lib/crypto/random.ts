/**
 * Random bytes of the operating system's generator, drawn in blocks: a call of its own for twelve
 * bytes costs more than the encryption that they are for.
 */
import { randomFillSync } from 'node:crypto'

/** Gives so many fresh random bytes. */
export type RandomSource = (bytes: number) => Buffer

const block = Buffer.alloc(4096)
let used = block.length

export const systemRandom: RandomSource = (bytes) => {
  if (bytes > block.length) return randomFillSync(Buffer.alloc(bytes))
  if (used + bytes > block.length) {
    randomFillSync(block)
    used = 0
  }
  const drawn = block.subarray(used, used + bytes)
  used += bytes
  const fresh = Buffer.from(drawn)
  // Some of what is drawn becomes key material: nothing of it stays here.
  drawn.fill(0)
  return fresh
}
