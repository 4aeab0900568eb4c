/**
 * The condition keys that go on with a name of the request's own: tags, pairs of an encryption
 * context, registers of an attestation document. The name's case does not count.
 * Source: IAM user guide, "AWS global condition context keys"; KMS developer guide, "AWS KMS
 * condition keys".
 */
import type { AttestationFacts } from '../recipient/attestation-facts.ts'
import { Fault } from '../faults.ts'
import type { Facts } from './facts.ts'

export interface Family {
  readonly prefix: string
  readonly members: (facts: Facts) => Iterable<readonly [suffix: string, value: string]>
}

export const families: readonly Family[] = [
  { prefix: 'aws:PrincipalTag/', members: ({ caller }) => Object.entries(caller.tags) },
  { prefix: 'aws:RequestTag/', members: ({ conditions }) => pairs(conditions.requestTags) },
  {
    prefix: 'aws:ResourceTag/',
    members: ({ key, conditions }) => pairs(key ? key.tags : conditions.newKeyTags),
  },
  {
    prefix: 'kms:EncryptionContext:',
    members: ({ conditions }) => pairs(conditions.encryptionContext),
  },
  {
    prefix: 'kms:RecipientAttestation:PCR',
    members: ({ attestation }) => registers(attestation, 'nitro-enclave'),
  },
  {
    prefix: 'kms:RecipientAttestation:NitroTPMPCR',
    members: ({ attestation }) => registers(attestation, 'nitro-tpm'),
  },
]

const byLowerCasePrefix = families.map(
  ({ prefix, members }) => [prefix.toLowerCase(), members] as const,
)

/** A family's values by name in lower case; null where names that differ only by case have several. */
type Values = ReadonlyMap<string, string | null>

/** The families of one request; the names of each are gathered when a policy first asks for one. */
export class FamilyValues {
  readonly #facts: Facts
  readonly #byPrefix = new Map<string, Values>()

  constructor(facts: Facts) {
    this.#facts = facts
  }

  /**
   * The value of a key of some family. Names of a family may differ only by case, but the condition
   * key that a policy asks for is one: no value of the two could be the right one for an Allow and
   * for a Deny.
   */
  get(lowerCaseKey: string): string | undefined {
    for (const [prefix, members] of byLowerCasePrefix) {
      if (!lowerCaseKey.startsWith(prefix)) continue
      let values = this.#byPrefix.get(prefix)
      if (!values) this.#byPrefix.set(prefix, (values = byLowerCaseName(members(this.#facts))))
      const value = values.get(lowerCaseKey.slice(prefix.length))
      if (value !== null) return value
      throw new Fault(
        'ValidationException',
        `${lowerCaseKey} is ambiguous: the request has names that differ only by case.`,
      )
    }
    return undefined
  }
}

function byLowerCaseName(members: ReturnType<Family['members']>): Values {
  const values = new Map<string, string | null>()
  for (const [suffix, value] of members) {
    const name = suffix.toLowerCase()
    const before = values.get(name)
    values.set(name, before === undefined || before === value ? value : null)
  }
  return values
}

function pairs(map: Readonly<Record<string, string>> | undefined): [string, string][] {
  return map ? Object.entries(map) : []
}

function* registers(
  attestation: AttestationFacts | null,
  platform: AttestationFacts['platform'],
): Generator<readonly [string, string]> {
  if (attestation?.platform !== platform) return
  for (const [index, value] of attestation.pcrs) yield [String(index), value]
}
