/**
 * The `grants` of a cases file. Members are CreateGrant's and ListGrants', in AWS's spelling or with
 * a small first letter, as the file's own members are.
 */
import { inside, list, mapOf, optional, record, text, wrong, type Place } from '../config/read.ts'
import type { Grant, GrantConstraints } from '../iam/grant.ts'

interface Members {
  readonly granteePrincipal: string | undefined
  readonly granteeServicePrincipal: string | undefined
  readonly retiringPrincipal: string | undefined
  readonly retiringServicePrincipal: string | undefined
  readonly operations: readonly string[]
  readonly constraints: Constraints | undefined
  readonly issuingAccount: string | undefined
  readonly name: string | undefined
  readonly grantId: string | undefined
}

interface Constraints {
  readonly encryptionContextEquals: Readonly<Record<string, string>> | undefined
  readonly encryptionContextSubset: Readonly<Record<string, string>> | undefined
  readonly sourceArn: string | undefined
}

const constraints = record<Constraints>({
  encryptionContextEquals: optional(mapOf(text())),
  encryptionContextSubset: optional(mapOf(text())),
  sourceArn: optional(text()),
})

const readMembers = record<Members>({
  granteePrincipal: optional(text()),
  granteeServicePrincipal: optional(text()),
  retiringPrincipal: optional(text()),
  retiringServicePrincipal: optional(text()),
  operations: list(text('a text: an operation, like Decrypt', /^[A-Z]\w*$/)),
  constraints: optional((value, place) => constraints(withSmallLetters(value), place)),
  issuingAccount: optional(text()),
  name: optional(text()),
  grantId: optional(text()),
})

export function readGrant(value: unknown, place: Place): Grant {
  const given = readMembers(withSmallLetters(value), place)
  const granteePrincipal = given.granteePrincipal ?? given.granteeServicePrincipal
  if (granteePrincipal === undefined) {
    throw wrong(inside(place, 'granteePrincipal'), 'want a text, got nothing')
  }
  const retiringPrincipal = given.retiringPrincipal ?? given.retiringServicePrincipal
  return {
    grantId: given.grantId ?? given.name ?? place.path,
    granteePrincipal,
    operations: given.operations,
    ...(given.constraints && { constraints: withoutAbsent(given.constraints) }),
    ...(retiringPrincipal !== undefined && { retiringPrincipal }),
    ...(given.issuingAccount !== undefined && { issuingAccount: given.issuingAccount }),
  }
}

function withoutAbsent(given: Constraints): GrantConstraints {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

/** What is no map is left for the reader to refuse. */
function withSmallLetters(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const entries = Object.entries(value).map(([name, member]): [string, unknown] => [
    name.slice(0, 1).toLowerCase() + name.slice(1),
    member,
  ])
  return Object.fromEntries(entries)
}
