/**
 * A JSON Web Key Set (RFC 7517): the public keys that a provider of web identities signs with. Refuses
 * what is no key set, keys that are no public RSA or elliptic curve keys are left out, as AWS does.
 */
import { createPublicKey, type JsonWebKey } from 'node:crypto'
import type { JWK } from 'jose'
import { DecodeError } from '../errors.ts'

/** AWS's own: 100 RSA keys and 100 elliptic curve keys. */
const maxKeys = 200
/** Ours. */
const maxCharacters = 262_144
/** RFC 7518, section 3.3. */
const minRsaBits = 2048

/** Throws DecodeError with the code JWKS. */
export function readKeySet(text: string): readonly JWK[] {
  if (text.length > maxCharacters) {
    throw new DecodeError('JWKS', `the key set has more than ${String(maxCharacters)} characters`)
  }
  const { keys } = parseObject(text)
  if (!Array.isArray(keys)) throw new DecodeError('JWKS', 'a key set has a list of keys')
  if (keys.length > maxKeys) {
    throw new DecodeError('JWKS', `the key set has more than ${String(maxKeys)} keys`)
  }
  return keys.flatMap((key: unknown, index) => readKey(key, index) ?? [])
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new DecodeError('JWKS', 'the key set is not JSON')
  }
  if (isObject(value)) return value
  throw new DecodeError('JWKS', 'a key set is a JSON object')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readKey(jwk: unknown, index: number): JWK | undefined {
  const at = `keys[${String(index)}]`
  if (!isObject(jwk)) throw new DecodeError('JWKS', `${at} is no JSON object`)
  if (jwk.kty !== 'RSA' && jwk.kty !== 'EC') return undefined
  if (jwk.use !== undefined && jwk.use !== 'sig') return undefined
  if (jwk.d !== undefined) throw new DecodeError('JWKS', `${at} is a private key`)
  if (bitsOf(jwk, at) < minRsaBits) {
    throw new DecodeError('JWKS', `${at} has fewer than ${String(minRsaBits)} bits`)
  }
  return jwk
}

/** Of an RSA key its own; an elliptic curve key is never too short. */
function bitsOf(jwk: JsonWebKey, at: string): number {
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    return key.asymmetricKeyDetails?.modulusLength ?? Infinity
  } catch {
    throw new DecodeError('JWKS', `${at} cannot be read`)
  }
}
