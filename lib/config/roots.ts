/**
 * Trust anchors in a config: the simulated root, AWS's, a certificate file, or the digest of a
 * root's DER.
 */
import { resolve } from 'node:path'
import type { RootSpec } from '../attest/roots.ts'
import { messageOf, readBytesFile } from './files.ts'
import { inside, record, text, wants, wrong, type Place } from './read.ts'

const fileForm = record<{ file: string }>({ file: text('a text: a path', /\S/) })
const digestForm = record<{ sha256: string }>({
  sha256: text('a text of 64 hex digits', /^[0-9a-f]{2}(?::?[0-9a-f]{2}){31}$/i),
})

export function readRoot(value: unknown, place: Place): RootSpec {
  if (value === 'simulated' || value === 'aws') return value
  if (typeof value === 'string' || typeof value !== 'object' || value === null) {
    throw wants(place, 'simulated, aws, { file: path.pem } or { sha256: hex }', value)
  }
  if ('sha256' in value) return digestForm(value, place)
  const { file } = fileForm(value, place)
  return { file: resolve(place.baseDir, file), content: readBytesFile(file, inside(place, 'file')) }
}

/** What the files among the roots hold has to be a certificate each. */
export async function checkRootFiles(roots: readonly RootSpec[], place: Place): Promise<void> {
  if (!roots.some((root) => typeof root === 'object')) return
  const { trustAnchors } = await import('../attest/roots.ts')
  roots.forEach((root, index) => {
    if (typeof root === 'string') return
    try {
      trustAnchors([root])
    } catch (error) {
      throw wrong(inside(place, `roots[${String(index)}]`), messageOf(error))
    }
  })
}
