/**
 * A KMS key as operations use it: its record with the parsed key policy and the ready key objects,
 * both made once per record.
 */
import { specs, type KeySpec, type KeySpecRow, type KeyUsage } from '../crypto/specs.ts'
import { materialFromBytes, type Material } from '../crypto/material.ts'
import { parsePolicy, type PolicyDocument } from '../iam/document.ts'
import type { KeyRecord, KeyState, MaterialRecord, Origin } from '../store/store.ts'
import { keyArn } from './arn.ts'

/** Key material that is ready for use, and AWS's id of it. */
export interface MaterialVersion {
  readonly id: string
  readonly material: Material
}

/** What condition keys ask of a key. Decisions keep it, so there is no material in it. */
export type KeyFacts = Pick<
  Key,
  'spec' | 'usage' | 'origin' | 'multiRegion' | 'multiRegionKeyType' | 'tags'
>

export class Key {
  readonly record: KeyRecord
  readonly arn: string
  #policy: PolicyDocument | undefined
  #facts: KeyFacts | undefined
  readonly #versions = new Map<string, MaterialVersion>()

  private constructor(record: KeyRecord) {
    this.record = record
    this.arn = keyArn(record, record.id)
  }

  static readonly #known = new WeakMap<KeyRecord, Key>()

  static of(record: KeyRecord): Key {
    let key = Key.#known.get(record)
    if (!key) Key.#known.set(record, (key = new Key(record)))
    return key
  }

  get id(): string {
    return this.record.id
  }

  get account(): string {
    return this.record.account
  }

  get spec(): KeySpec {
    return this.record.spec
  }

  get row(): KeySpecRow {
    return specs[this.record.spec]
  }

  /** What AWS calls the type of a key. */
  get type(): 'symmetric' | 'HMAC' | 'asymmetric' {
    if (this.spec === 'SYMMETRIC_DEFAULT') return 'symmetric'
    return this.row.material.kind === 'secret' ? 'HMAC' : 'asymmetric'
  }

  /** The algorithms that the key has for its usage. */
  get algorithms(): readonly string[] {
    return this.row.usages[this.usage] ?? []
  }

  get usage(): KeyUsage {
    return this.record.usage
  }

  get origin(): Origin {
    return this.record.origin
  }

  get state(): KeyState {
    return this.record.state
  }

  get tags(): Readonly<Record<string, string>> {
    return this.record.tags
  }

  get multiRegion(): boolean {
    return this.record.primaryRegion !== undefined
  }

  get multiRegionKeyType(): 'PRIMARY' | 'REPLICA' | undefined {
    const { primaryRegion, region } = this.record
    if (primaryRegion === undefined) return undefined
    return primaryRegion === region ? 'PRIMARY' : 'REPLICA'
  }

  get facts(): KeyFacts {
    const { spec, usage, origin, multiRegion, multiRegionKeyType, tags } = this
    return (this.#facts ??= { spec, usage, origin, multiRegion, multiRegionKeyType, tags })
  }

  get policy(): PolicyDocument {
    return (this.#policy ??= parsePolicy(this.record.policy, 'key'))
  }

  /** The material that new ciphertexts, signatures and codes are made with. */
  get current(): Material {
    return this.currentVersion.material
  }

  get currentVersion(): MaterialVersion {
    const version = this.#ready(this.record.materials.find(isCurrent))
    if (!version) throw new Error(`key without material in use: ${this.arn}`)
    return version
  }

  /** Whether there is material to work with: a key that waits for its import has none. */
  get hasMaterial(): boolean {
    return this.record.materials.find(isCurrent)?.bytes !== undefined
  }

  get currentMaterialId(): string | undefined {
    return this.record.materials.find(isCurrent)?.id
  }

  /** The version of the material that a ciphertext was made with, by its id or its beginning. */
  version(idPrefix: string): MaterialVersion | undefined {
    return this.#ready(this.record.materials.find(({ id }) => id.startsWith(idPrefix)))
  }

  /** Undefined where there is none: what was imported may have been deleted or have expired. */
  #ready(record: MaterialRecord | undefined): MaterialVersion | undefined {
    if (!record?.bytes) return undefined
    let version = this.#versions.get(record.id)
    if (!version) {
      const material = materialFromBytes(this.record.spec, record.bytes)
      this.#versions.set(record.id, (version = { id: record.id, material }))
    }
    return version
  }
}

function isCurrent({ state }: MaterialRecord): boolean {
  return state === 'CURRENT'
}
