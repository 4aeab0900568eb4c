/**
 * The OpenID Connect providers of a config, whose tokens AssumeRoleWithWebIdentity takes. Refuses a
 * key set that cannot be read.
 */
import { DecodeError } from '../errors.ts'
import { readKeySet } from '../sts/json-web-keys.ts'
import type { WebIdentityProvider } from '../sts/web-identity.ts'
import { withoutByteOrderMark } from './files.ts'
import { readDocument } from './policies.ts'
import { inside, record, text, wrong, type Place } from './read.ts'

interface ProviderMembers {
  readonly issuer: string
  /** A JSON Web Key Set, as JSON text. */
  readonly jwks: string
  readonly audience: string
}

const nonEmpty = text('a text that is not empty', /\S/)

const readMembers = record<ProviderMembers>({
  issuer: nonEmpty,
  jwks: (value, place) => withoutByteOrderMark(readDocument(value, place).text),
  audience: nonEmpty,
})

export function readWebIdentityProvider(value: unknown, place: Place): WebIdentityProvider {
  const { issuer, jwks, audience } = readMembers(value, place)
  try {
    return { issuer, keys: readKeySet(jwks), audience }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw wrong(inside(place, 'jwks'), error.message)
  }
}
