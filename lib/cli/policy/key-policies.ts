/**
 * Which JSON files are key policies by their look, for a folder that is searched: each has a Statement
 * with a Principal and an action of KMS. Leaves out policies of identities and of other services, and
 * what is too long for a key policy.
 */
import { statSync } from 'node:fs'
import { readFromDisk } from '../../config/disk.ts'

/** Ours: AWS stores 32 KiB, and a file may have more spaces than that. */
const maxPolicyFileBytes = 128 * 1024

/** Of files that are there; one that cannot be read is none. */
export function keyPoliciesAmong(paths: readonly string[]): string[] {
  return paths.filter((path) => {
    try {
      if (statSync(path).size > maxPolicyFileBytes) return false
      return looksLikeKeyPolicy(Buffer.from(readFromDisk(path, maxPolicyFileBytes)).toString())
    } catch {
      return false
    }
  })
}

export function looksLikeKeyPolicy(text: string): boolean {
  // Most JSON is something else, and need not be parsed for that.
  if (!text.includes('"Statement"')) return false
  const { Statement: statements } = membersOf(parsed(text))
  return [statements].flat().map(membersOf).some(isOfKeyPolicy)
}

type Members = Readonly<Record<string, unknown>>

/** `*` is an action of KMS where no resource says that it is another service's. */
function isOfKeyPolicy({ Principal, NotPrincipal, ...statement }: Members): boolean {
  if (Principal === undefined && NotPrincipal === undefined) return false
  const actions = [statement.Action, statement.NotAction].flat()
  const isAnywhere = [statement.Resource].flat().every((one) => one === '*')
  return actions.some(
    (action) =>
      typeof action === 'string' && (/^kms:/i.test(action) || (action === '*' && isAnywhere)),
  )
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {}
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch {
    return undefined
  }
}
