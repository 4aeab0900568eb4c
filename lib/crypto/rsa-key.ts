/**
 * Generation of RSA key pairs from random primes, FIPS 186-5 appendix A.1.3, in steps of some
 * milliseconds on Node's pool. OpenSSL's own generation is one step of seconds that nothing can
 * stop: a process that ends would wait for it, and so would the pool's other work.
 */
import { checkPrime, createPrivateKey, randomBytes, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

/** Miller-Rabin, 64 rounds and more, OpenSSL's least; what is not prime fails the first. */
const isPrime = promisify<bigint, boolean>(checkPrime)

/** KMS's, of every RSA key. */
export const publicExponent = 65_537n

/** @param modulusBits A multiple of 16. */
export async function generateRsaKey(modulusBits: number): Promise<KeyObject> {
  const bits = modulusBits / 2
  for (;;) {
    const p = await randomPrime(bits)
    const q = await randomPrime(bits)
    if (areApart(p, q, bits)) return keyOf(p, q)
  }
}

/** Step 5.4: primes whose first 100 bits agree could be found from their product. */
function areApart(p: bigint, q: bigint, bits: number): boolean {
  const distance = p > q ? p - q : q - p
  return distance >> BigInt(bits - 100) > 0n
}

/** A prime of so many bits, the first two of them set, that is not 1 modulo the public exponent. */
async function randomPrime(bits: number): Promise<bigint> {
  for (;;) {
    const start = randomOdd(bits)
    for (const step of stepsToCandidates(start)) {
      const candidate = start + 2n * BigInt(step)
      if (candidate % publicExponent === 1n || candidate >> BigInt(bits) !== 0n) continue
      if (await isPrime(candidate)) return candidate
    }
  }
}

/** With both first bits set the product of two has twice the bits. */
function randomOdd(bits: number): bigint {
  const bytes = randomBytes(bits / 8)
  bytes[0] = (bytes[0] ?? 0) | 0xc0
  return BigInt(`0x${bytes.toString('hex')}`) | 1n
}

/** Ours: what one random number is good for; a prime of 2048 bits is some 700 steps away. */
const maxSteps = 4_096

/** The primes that candidates are divided by before the test: what is left is one in nine. */
const smallPrimes = primesBelow(10_000)

/** How often 2 is added to an odd number to get one that no small prime divides. */
function* stepsToCandidates(start: bigint): Generator<number> {
  const divided = new Uint8Array(maxSteps)
  for (const prime of smallPrimes) {
    const rest = Number(start % BigInt(prime))
    // The least step for which rest + 2 * step is a multiple of the prime.
    const missing = (prime - rest) % prime
    const first = missing % 2 === 0 ? missing / 2 : (missing + prime) / 2
    for (let step = first; step < maxSteps; step += prime) divided[step] = 1
  }
  for (let step = 0; step < maxSteps; step++) if (divided[step] === 0) yield step
}

/** The odd ones. */
function primesBelow(limit: number): number[] {
  const primes: number[] = []
  for (let odd = 3; odd < limit; odd += 2) {
    if (primes.every((prime) => odd % prime !== 0)) primes.push(odd)
  }
  return primes
}

/** RFC 8017 section 3.2, the private exponent as FIPS 186-5 has it; a JSON Web Key, RFC 7518. */
function keyOf(p: bigint, q: bigint): KeyObject {
  const d = inverse(publicExponent, leastCommonMultiple(p - 1n, q - 1n))
  const members = { n: p * q, e: publicExponent, d, p, q }
  const factors = { dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) }
  const entries = Object.entries({ ...members, ...factors }).map(
    ([name, value]) => [name, encode(value)] as const,
  )
  return createPrivateKey({ key: { kty: 'RSA', ...Object.fromEntries(entries) }, format: 'jwk' })
}

/** Whether the members of a private key are what RFC 8017 section 3.2 says of each other. */
export function isRsaKey(key: KeyObject): boolean {
  const { n, e, d, p, q, dp, dq, qi } = membersOf(key)
  if (p <= 1n || q <= 1n || n !== p * q) return false
  const isInverse = [p, q].every((prime) => (e * d) % (prime - 1n) === 1n)
  const areFactors = dp === d % (p - 1n) && dq === d % (q - 1n) && (qi * q) % p === 1n
  return isInverse && areFactors && qi < p
}

const memberNames = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const

function membersOf(key: KeyObject): Record<(typeof memberNames)[number], bigint> {
  const members = key.export({ format: 'jwk' })
  const entries = memberNames.map((name) => [name, decode(String(members[name]))] as const)
  return Object.fromEntries(entries) as Record<(typeof memberNames)[number], bigint>
}

function decode(text: string): bigint {
  return BigInt(`0x0${Buffer.from(text, 'base64url').toString('hex')}`)
}

function encode(value: bigint): string {
  const hex = value.toString(16)
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url')
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  let [divisor, rest] = [a, b]
  while (rest !== 0n) [divisor, rest] = [rest, divisor % rest]
  return (a / divisor) * b
}

/** Of a number and a modulus that share no divisor: the extended Euclidean algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [rest, next] = [modulus, value % modulus]
  let [factor, nextFactor] = [0n, 1n]
  while (next !== 0n) {
    const quotient = rest / next
    ;[rest, next] = [next, rest - quotient * next]
    ;[factor, nextFactor] = [nextFactor, factor - quotient * nextFactor]
  }
  return ((factor % modulus) + modulus) % modulus
}
