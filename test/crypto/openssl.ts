/**
 * The openssl command as the second opinion: it runs in a folder of its own, with the given files in
 * it, which its arguments name.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Material } from '../../lib/crypto/material.ts'

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0

/** `describe` where there is an openssl command; elsewhere a skip that says why. */
export function describeWithOpenssl(title: string, tests: () => void): void {
  if (hasOpenssl) describe(title, tests)
  else describe.skip(`${title} (skipped: no openssl command)`, tests)
}

/** What openssl writes to stdout; throws when it fails. */
export function openssl(
  args: readonly string[],
  files: Readonly<Record<string, Uint8Array | string>>,
): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'enclave-kms-openssl-'))
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    return execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Whether openssl exits with 0. */
export function opensslAgrees(
  args: readonly string[],
  files: Readonly<Record<string, Uint8Array | string>>,
): boolean {
  try {
    openssl(args, files)
    return true
  } catch {
    return false
  }
}

export function privatePem({ key }: Material): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

export function publicPem({ publicKey }: Material): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString()
}
