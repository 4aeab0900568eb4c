/**
 * The keys of the config: put into the store at the start and after a reset. A key that the store
 * already has is left as it is.
 */
import { generateMaterial } from '../crypto/material.ts'
import type { KeySpec, KeyUsage } from '../crypto/specs.ts'
import type { KeyRecord, Scope, Store } from '../store/store.ts'
import { firstMaterial } from './materials.ts'
import { defaultPolicy } from './policy.ts'

export interface KeySeed extends Scope {
  readonly id: string
  /** `alias/…` */
  readonly aliases: readonly string[]
  readonly spec: KeySpec
  readonly usage: KeyUsage
  /** The key policy; absent: KMS's default one. */
  readonly policy?: string | undefined
  /** Raw secret or PKCS#8 DER, checked; absent: new material at every start. */
  readonly material?: Buffer | undefined
  readonly tags: Readonly<Record<string, string>>
  readonly description: string
}

/** A seed that has its material: the same at every reset. */
export type ReadySeed = KeySeed & { readonly material: Buffer }

export function withMaterial(seeds: readonly KeySeed[]): Promise<ReadySeed[]> {
  return Promise.all(
    seeds.map(async (one) => ({
      ...one,
      material: one.material ?? (await generateMaterial(one.spec)).bytes,
    })),
  )
}

/**
 * Puts the seeds into the store, and says which of them it already had; `anew` empties it first.
 */
export function seed(
  store: Store,
  seeds: readonly ReadySeed[],
  nowMs: number,
  { anew = false } = {},
): Promise<string[]> {
  return store.transact(async (writer) => {
    const kept: string[] = []
    if (anew) writer.clear()
    for (const one of seeds) {
      const record = recordOf(one, nowMs)
      if (!anew && (await writer.key(record, record.id))) {
        kept.push(record.id)
        continue
      }
      writer.putKey(record)
      const { account, region, id: keyId } = record
      for (const name of one.aliases) {
        writer.putAlias({ account, region, name, keyId, createdMs: nowMs, updatedMs: nowMs })
      }
    }
    return kept
  })
}

function recordOf(given: ReadySeed, nowMs: number): KeyRecord {
  const { account, region, id, spec, usage, tags, description, material: bytes } = given
  return {
    account,
    region,
    id,
    spec,
    usage,
    origin: 'AWS_KMS',
    state: 'Enabled',
    description,
    createdMs: nowMs,
    policy: given.policy ?? defaultPolicy({ account, region }),
    tags,
    ...(id.startsWith('mrk-') && { primaryRegion: region }),
    materials: firstMaterial(id, bytes),
  }
}
