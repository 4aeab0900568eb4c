/**
 * What a careful reader of AWS's documentation would keep on paper while calling KMS: keys, aliases,
 * grants and the time. It shares no code with the server, and is as simple as it can be.
 */

const daySeconds = 86_400

export type Kind = 'symmetric' | 'hmac' | 'signing'

export interface Sealed {
  readonly keyId: string
  readonly blob: string
  readonly plaintext: string
  readonly context: Readonly<Record<string, string>>
}

/** A signature or a MAC. */
export interface Proof {
  readonly keyId: string
  readonly kind: Kind
  readonly value: string
  readonly message: string
}

export interface ModelGrant {
  readonly id: string
  readonly token: string
  readonly name: string
  readonly operations: readonly string[]
}

export interface ModelKey {
  readonly id: string
  readonly arn: string
  readonly kind: Kind
  state: 'Enabled' | 'Disabled' | 'PendingDeletion'
  description: string
  readonly tags: Map<string, string>
  grants: ModelGrant[]
  deletedAt: number | null
  /** Automatic rotation: every so many days, and when next. */
  rotation: { readonly days: number; next: number } | null
  onDemand: number
  automatic: number
  lastUse: string | null
}

export class Model {
  /** What the clock was advanced by. */
  seconds = 0
  readonly keys = new Map<string, ModelKey>()
  /** Ids of keys that are no more. */
  readonly gone: string[] = []
  readonly aliases = new Map<string, string>()
  sealed: Sealed[] = []
  proofs: Proof[] = []
  steps = 0

  clear(): void {
    this.gone.push(...this.keys.keys())
    this.keys.clear()
    this.aliases.clear()
    this.sealed = []
    this.proofs = []
    this.seconds = 0
  }

  add(id: string, arn: string, kind: Kind): void {
    this.keys.set(id, {
      id,
      arn,
      kind,
      state: 'Enabled',
      description: '',
      tags: new Map(),
      grants: [],
      deletedAt: null,
      rotation: null,
      onDemand: 0,
      automatic: 0,
      lastUse: null,
    })
  }

  schedule(key: ModelKey, days: number): void {
    key.state = 'PendingDeletion'
    key.deletedAt = this.seconds + days * daySeconds
  }

  rotateEvery(key: ModelKey, period: number | undefined): void {
    const days = period ?? key.rotation?.days ?? 365
    if (key.rotation?.days === days) return
    key.rotation = { days, next: this.seconds + days * daySeconds }
  }

  /** A rotation that came due while the key was disabled is made when it is enabled. */
  enable(key: ModelKey): void {
    key.state = 'Enabled'
    if (!key.rotation || key.rotation.next > this.seconds) return
    key.automatic += 1
    key.rotation.next = this.seconds + key.rotation.days * daySeconds
  }

  advance(days: number): void {
    this.seconds += days * daySeconds
    for (const key of [...this.keys.values()]) {
      if (key.deletedAt !== null && key.deletedAt <= this.seconds) this.#remove(key)
      else if (key.state === 'Enabled') this.#rotate(key)
    }
  }

  #rotate(key: ModelKey): void {
    while (key.rotation && key.rotation.next <= this.seconds) {
      key.automatic += 1
      key.rotation.next += key.rotation.days * daySeconds
    }
  }

  #remove({ id }: ModelKey): void {
    this.keys.delete(id)
    this.gone.push(id)
    for (const [name, target] of this.aliases) if (target === id) this.aliases.delete(name)
  }
}
