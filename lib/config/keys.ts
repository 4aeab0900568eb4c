/**
 * The keys of a config, as KMS is started with them. Refuses ids, aliases, specs, usages and key
 * material that CreateKey, CreateAlias or ImportKeyMaterial would refuse.
 */
import { importMaterial } from '../crypto/material.ts'
import { isOffered, keyUsages, specs, type KeySpec, type KeyUsage } from '../crypto/specs.ts'
import { DecodeError } from '../errors.ts'
import { isKeyId } from '../kms/arn.ts'
import type { KeySeed } from '../kms/seed.ts'
import type { Scope } from '../store/store.ts'
import { keyPolicyText } from './policies.ts'
import { list, oneOf, optional, record, text, withDefault, wrong, type Place } from './read.ts'
import { readTags } from './tags.ts'

interface KeyMembers {
  readonly id: string
  readonly aliases: readonly string[]
  readonly spec: KeySpec
  readonly usage: KeyUsage | undefined
  readonly policy: string | undefined
  readonly material: Buffer | undefined
  readonly tags: Readonly<Record<string, string>>
  readonly description: string
}

const specNames = Object.keys(specs) as KeySpec[]

/** An alias name, without those that AWS keeps for itself. */
const aliasForm = /^(?=.{7,256}$)alias\/(?!aws\/)[\w/-]+$/

const readMembers = record<KeyMembers>({
  id: readKeyId,
  aliases: withDefault(
    list(text('a text: alias/ and a name of letters, digits, / _ or -', aliasForm)),
    [],
  ),
  spec: withDefault(oneOf(...specNames), 'SYMMETRIC_DEFAULT'),
  usage: optional(oneOf(...keyUsages)),
  policy: optional(keyPolicyText),
  material: optional(readBase64),
  tags: withDefault(readTags, {}),
  description: withDefault(text('a text of at most 8192 characters', /^[^]{0,8192}$/), ''),
})

function readKeyId(value: unknown, place: Place): string {
  const want = 'a text: a UUID in lower case, or mrk- and 32 hex digits'
  const id = text(want)(value, place)
  if (!isKeyId(id)) throw wrong(place, `want ${want}`)
  return id
}

function readBase64(value: unknown, place: Place): Buffer {
  const encoded = text('a text: base64')(value, place).replace(/\s/g, '')
  const bytes = Buffer.from(encoded, 'base64')
  if (bytes.length === 0 || bytes.toString('base64') !== encoded) throw wrong(place, 'want base64')
  return bytes
}

/** A key of the config, before its material has been checked. */
export function readKey(value: unknown, place: Place): KeyMembers & { readonly usage: KeyUsage } {
  const members = readMembers(value, place)
  return { ...members, usage: usageOf(members, { ...place, path: `${place.path}.usage` }) }
}

/** CreateKey wants a usage for every spec but one; a spec with a single usage needs none here. */
function usageOf({ spec, usage }: KeyMembers, place: Place): KeyUsage {
  const usages = Object.keys(specs[spec].usages) as KeyUsage[]
  const [only, ...others] = usages
  if (usage === undefined && only !== undefined && others.length === 0) return only
  if (usage !== undefined && usages.includes(usage)) return usage
  throw wrong(place, `want one of the usages of ${spec}: ${usages.join(', ')}`)
}

/** The key as KMS takes it, its material proven to be what the spec says. */
export async function seedOf(
  { material, ...members }: ReturnType<typeof readKey>,
  scope: Scope,
  place: Place,
): Promise<KeySeed> {
  if (!isOffered(members.spec, scope.region)) {
    throw wrong({ ...place, path: `${place.path}.spec` }, `${scope.region} has no such keys`)
  }
  if (material === undefined) return { ...scope, ...members }
  try {
    const { bytes } = await importMaterial(members.spec, material)
    return { ...scope, ...members, material: bytes }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw wrong({ ...place, path: `${place.path}.material` }, error.message)
  }
}
