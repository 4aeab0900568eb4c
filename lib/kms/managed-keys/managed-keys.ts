/**
 * AWS managed keys: every account has an alias `alias/aws/<service>` for each in every Region, and
 * the key is made when the alias is named for the first time. Who asks for it does not count: the
 * key's policy lets nobody but the service use it, and nobody change it.
 * Source: API reference, DescribeKey and ListAliases; KMS developer guide, "AWS managed keys".
 */
import { randomUUID } from 'node:crypto'
import { systemRandom } from '../../crypto/random.ts'
import type { AliasRecord, KeyRecord, MaybePromise, Page, Scope, Store } from '../../store/store.ts'
import { dayMs } from '../clock.ts'
import { managedKeyRows } from './managed-key-rows.ts'
import { firstMaterial } from '../materials.ts'
import { usualPeriodDays } from '../rotation.ts'

/** What only AWS's own aliases begin with. */
export const reservedPrefix = 'alias/aws/'

/** An alias as ListAliases shows it; AWS's own has no key before its first use. */
export type ListedAlias = AliasRecord | (Pick<AliasRecord, 'name'> & Scope)

const aliasNames = Object.keys(managedKeyRows)
  .map((service) => reservedPrefix + service)
  .sort()

/** The alias's record, with a key that is made now if it has none; undefined for other names. */
export async function managedAlias(
  store: Store,
  scope: Scope,
  name: string,
  nowMs: number,
): Promise<AliasRecord | undefined> {
  if (!aliasNames.includes(name)) return undefined
  const key = newManagedKey(scope, name.slice(reservedPrefix.length), nowMs)
  const alias = { ...scope, name, keyId: key.id, createdMs: nowMs, updatedMs: nowMs }
  return store.transact(async (writer) => {
    // Another call may have been the first.
    const there = await writer.alias(scope, name)
    if (there) return there
    writer.putKey(key)
    writer.putAlias(alias)
    return alias
  })
}

/** A page of the account's aliases, AWS's own among them whether they have a key or not. */
export async function withPredefined(
  scope: Scope,
  page: Page,
  read: (page: Page) => MaybePromise<readonly AliasRecord[]>,
): Promise<readonly ListedAlias[]> {
  const { after = '', limit } = page
  const records = await read(page)
  const there = new Set(records.map(({ name }) => name))
  const predefined = aliasNames
    .filter((name) => name > after && !there.has(name))
    .map((name) => ({ ...scope, name }))
  return [...records, ...predefined].sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, limit)
}

function newManagedKey(scope: Scope, service: string, nowMs: number): KeyRecord {
  const row = managedKeyRows[service]
  if (!row) throw new Error(`no AWS managed key for ${service}`)
  const id = randomUUID()
  const policy = {
    Version: '2012-10-17',
    Id: row.policyId,
    Statement: row.statements.map((statement) => statement(scope)),
  }
  return {
    ...scope,
    id,
    manager: 'AWS',
    spec: 'SYMMETRIC_DEFAULT',
    usage: 'ENCRYPT_DECRYPT',
    origin: 'AWS_KMS',
    state: 'Enabled',
    description: `Default key that protects my ${row.protects} when no other key is defined`,
    createdMs: nowMs,
    rotation: { periodDays: usualPeriodDays, nextMs: nowMs + usualPeriodDays * dayMs },
    policy: layOut(policy),
    tags: {},
    materials: firstMaterial(id, systemRandom(32)),
  }
}

/** JSON as AWS lays its own policies out: a list in one line, but for the members of its maps. */
function layOut(value: unknown, indent = ''): string {
  if (Array.isArray(value)) return `[ ${value.map((item) => layOut(item, indent)).join(', ')} ]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = `${indent}  `
  const members = Object.entries(value).map(
    ([name, member]) => `${inner}${JSON.stringify(name)} : ${layOut(member, inner)}`,
  )
  return `{\n${members.join(',\n')}\n${indent}}`
}
