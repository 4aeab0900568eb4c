/**
 * A request with other facts than it had: condition keys with other values, or another caller. Keys
 * that say the same thing change together, and what only the old caller had is gone with it.
 */
import { arnName } from './arn-pattern.ts'
import type { ContextValue, Principal, RequestContext } from './request.ts'

/** The values of condition keys, by canonical key; undefined for one that is taken away. */
export type ContextChanges = ReadonlyMap<string, ContextValue | undefined>

export interface RequestChanges {
  readonly context: ContextChanges
  /** Null: the caller stays. */
  readonly principal: Principal | null
}

const image = 'kms:recipientattestation:imagesha384'
const measurementForm = /^kms:recipientattestation:(?:imagesha384|(nitrotpm)?pcr\d+)$/
const encryptionContext = 'kms:encryptioncontext:'
const encryptionContextKeys = 'kms:encryptioncontextkeys'

/** ImageSha384 is another name of PCR0. */
export function canonicalKey(lowerCaseKey: string): string {
  return lowerCaseKey === image ? 'kms:recipientattestation:pcr0' : lowerCaseKey
}

/** The kind of document that has the key; null for a key that no document sets. */
export function platformOf(lowerCaseKey: string): 'nitro-enclave' | 'nitro-tpm' | null {
  const match = measurementForm.exec(lowerCaseKey)
  if (!match) return null
  return match[1] === undefined ? 'nitro-enclave' : 'nitro-tpm'
}

/** What a caller's ARN and account say, and what nobody knows of another caller. */
const principalKeys: Readonly<Record<string, (principal: Principal) => string | undefined>> = {
  'aws:principalaccount': ({ account }) => account,
  'aws:principalarn': ({ arn, roleArn }) => roleArn ?? arn,
  'aws:principalisawsservice': ({ type }) => String(type === 'Service'),
  'aws:principaltype': ({ type }) => type,
  'aws:userid': () => undefined,
  'aws:username': ({ type, arn }) => (type === 'User' ? arnName(arn) : undefined),
  'kms:calleraccount': ({ account }) => account,
}
const tagPrefix = 'aws:principaltag/'

/** Whether another caller has another value of the key. */
export function isOfCaller(lowerCaseKey: string): boolean {
  return Object.hasOwn(principalKeys, lowerCaseKey) || lowerCaseKey.startsWith(tagPrefix)
}

export class ChangedContext implements RequestContext {
  readonly #base: RequestContext
  readonly #changes: RequestChanges
  readonly #platform: ReturnType<typeof platformOf>

  constructor(base: RequestContext, changes: RequestChanges) {
    this.#base = base
    this.#changes = changes
    this.#platform = platformOfChanges(changes.context)
  }

  get(lowerCaseKey: string): ContextValue | undefined {
    const { context, principal } = this.#changes
    const key = canonicalKey(lowerCaseKey)
    if (context.has(key)) return context.get(key)
    // A request carries one document.
    const platform = this.#platform && platformOf(key)
    if (platform && platform !== this.#platform) return undefined
    if (key === encryptionContextKeys) return this.#encryptionContextKeys()
    if (principal && isOfCaller(key)) return principalKeys[key]?.(principal)
    return this.#base.get(lowerCaseKey)
  }

  /** Whether the value of a key may be another than the request's. */
  touches(lowerCaseKey: string): boolean {
    const { context, principal } = this.#changes
    const key = canonicalKey(lowerCaseKey)
    if (context.has(key)) return true
    if (principal && isOfCaller(key)) return true
    return (
      (this.#platform !== null && platformOf(key) !== null) ||
      (key === encryptionContextKeys && context.size > 0)
    )
  }

  /** The keys of the request that it has now, whatever they were called. */
  *entries(): Generator<readonly [key: string, value: ContextValue]> {
    const seen = new Set<string>()
    for (const [key] of this.#base.entries()) {
      const lower = key.toLowerCase()
      seen.add(canonicalKey(lower))
      const value = this.get(lower)
      if (value !== undefined) yield [key, value]
    }
    for (const [key, value] of this.#changes.context) {
      if (value !== undefined && !seen.has(key)) yield [key, value]
    }
  }

  /** The names that the request had, less those taken away and more those added. */
  #encryptionContextKeys(): ContextValue | undefined {
    const before = this.#base.get(encryptionContextKeys) ?? []
    const names = new Map([before].flat().map((name) => [name.toLowerCase(), name]))
    for (const [key, value] of this.#changes.context) {
      if (!key.startsWith(encryptionContext)) continue
      const name = key.slice(encryptionContext.length)
      if (value === undefined) names.delete(name)
      else if (!names.has(name)) names.set(name, name)
    }
    return names.size > 0 ? [...names.values()] : undefined
  }
}

function platformOfChanges(context: ContextChanges): ReturnType<typeof platformOf> {
  for (const [key, value] of context) {
    const platform = value === undefined ? null : platformOf(key)
    if (platform) return platform
  }
  return null
}

const arnForm =
  /^arn:(aws[a-z-]*):(?:iam|sts)::(\d{12}):(root|user|role|assumed-role|federated-user)(?:\/([^*?]+))?$/

/**
 * The caller that a policy's principal names: for an account its root user, for a role a session of
 * it. Null for a name that is not one caller's, `*` among them.
 */
export function principalNamed(name: string, sessionName: string): Principal | null {
  if (/^\d{12}$/.test(name)) return principalNamed(`arn:aws:iam::${name}:root`, sessionName)
  if (/^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/.test(name)) {
    return { type: 'Service', arn: name, account: '' }
  }
  const [, partition, account, kind, path] = arnForm.exec(name) ?? []
  if (!partition || !account || !kind) return null
  if (kind === 'root') return path ? null : { type: 'Account', arn: name, account }
  if (!path) return null
  if (kind === 'user') return { type: 'User', arn: name, account }
  if (kind === 'federated-user') return { type: 'FederatedUser', arn: name, account }
  if (kind === 'role') {
    const session = `arn:${partition}:sts::${account}:assumed-role/${arnName(name)}/${sessionName}`
    return { type: 'AssumedRole', arn: session, account, roleArn: name }
  }
  const roleArn = `arn:${partition}:iam::${account}:role/${path.slice(0, path.indexOf('/'))}`
  return { type: 'AssumedRole', arn: name, account, roleArn }
}
