/**
 * A JSON Web Token, signed (RFC 7519 and 7515, compact form), which jose reads and verifies. Refuses
 * what is no such token, an algorithm that AWS does not take, a critical header, and a signature that
 * no key made.
 */
import type { JWK } from 'jose'

export type Claims = Readonly<Record<string, unknown>>

export interface Token {
  /** As it was sent. */
  readonly text: string
  readonly claims: Claims
  readonly namesKey: boolean
}

/** RFC 7518, section 3.1: those that AWS takes. */
const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']

/** Three parts of base64url, none of them empty; jose would take padding, too. */
const compactForm = /^[\w-]+\.[\w-]+\.[\w-]+$/

/** Loaded with the first token: most servers never see one. */
const loadJose = () => import('jose')

/** Reads a token, and believes nothing of it; null where it is none. */
export async function readToken(text: string): Promise<Token | null> {
  if (!compactForm.test(text)) return null
  const { decodeJwt, decodeProtectedHeader } = await loadJose()
  try {
    const { alg = '', crit, kid } = decodeProtectedHeader(text)
    // Of critical headers jose knows b64, which RFC 7797 keeps out of tokens.
    if (crit !== undefined || !algorithms.includes(alg)) return null
    return { text, claims: decodeJwt(text), namesKey: kid !== undefined }
  } catch {
    return null
  }
}

/** Whether one of the keys signed the token: the one that it names, or the only one. */
export async function isSignedBy(token: Token, keys: readonly JWK[]): Promise<boolean> {
  if (!token.namesKey && keys.length !== 1) return false
  const { compactVerify, createLocalJWKSet } = await loadJose()
  try {
    await compactVerify(token.text, createLocalJWKSet({ keys: [...keys] }), { algorithms })
    return true
  } catch {
    // Whatever went wrong, with a key of the config too, nothing was verified.
    return false
  }
}
