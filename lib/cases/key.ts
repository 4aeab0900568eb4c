/**
 * The `key` of a cases file, and the KMS key that its cases are decided on. Refuses an ARN that is no
 * key's, and a usage that the spec does not have.
 */
import { inside, oneOf, optional, record, text, withDefault, wrong } from '../config/read.ts'
import type { Place } from '../config/read.ts'
import { readTags } from '../config/tags.ts'
import { keyUsages, specs, type KeySpec, type KeyUsage } from '../crypto/specs.ts'
import { parseKeyName } from '../kms/arn.ts'
import { Key } from '../kms/key.ts'
import type { Scope } from '../store/store.ts'

export interface CaseKey extends Scope {
  /** A UUID, or `mrk-` and 32 hex digits. */
  readonly id: string
  readonly spec: KeySpec
  /** Undefined where it follows from the action. */
  readonly usage: KeyUsage | undefined
  readonly tags: Readonly<Record<string, string>>
}

interface Members extends Pick<CaseKey, 'spec' | 'usage' | 'tags'> {
  readonly arn: string
}

const readMembers = record<Members>({
  arn: text('a text: the ARN of a key'),
  spec: withDefault(oneOf(...(Object.keys(specs) as KeySpec[])), 'SYMMETRIC_DEFAULT'),
  usage: optional(oneOf(...keyUsages)),
  tags: withDefault(readTags, {}),
})

export function readKey(value: unknown, place: Place): CaseKey {
  const { arn, spec, usage, tags } = readMembers(value, place)
  const named = parseKeyName(arn)
  if (named?.kind !== 'key' || !named.scope) {
    throw wrong(inside(place, 'arn'), 'want arn:aws:kms:REGION:ACCOUNT:key/ID')
  }
  const usages = usagesOf(spec)
  if (usage !== undefined && !usages.includes(usage)) {
    throw wrong(inside(place, 'usage'), `want one of the usages of ${spec}: ${usages.join(', ')}`)
  }
  return { ...named.scope, id: named.name, spec, usage, tags }
}

/** The key with a policy. Ours: where nothing says the usage, it is the first that the spec has. */
export function keyOf(
  { usage, ...key }: CaseKey,
  policy: string,
  wanted: KeyUsage | undefined,
): Key {
  const usages = usagesOf(key.spec)
  const followed = wanted !== undefined && usages.includes(wanted) ? wanted : usages[0]
  return Key.of({
    ...key,
    usage: usage ?? followed ?? 'ENCRYPT_DECRYPT',
    origin: 'AWS_KMS',
    state: 'Enabled',
    description: '',
    createdMs: 0,
    policy,
    ...(key.id.startsWith('mrk-') && { primaryRegion: key.region }),
    materials: [],
  })
}

function usagesOf(spec: KeySpec): KeyUsage[] {
  return Object.keys(specs[spec].usages) as KeyUsage[]
}
