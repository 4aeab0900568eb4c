/**
 * The openssl command as the second opinion: it runs in a folder of its own, with the given files in
 * it, which its arguments name.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Material } from '../../lib/crypto/material.ts'

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0

/** `describe` where there is an openssl command; elsewhere a skip that says why. */
export function describeWithOpenssl(title: string, tests: () => void): void {
  if (hasOpenssl) describe(title, tests)
  else describe.skip(`${title} (skipped: no openssl command)`, tests)
}

/** ML-DSA and ML-KEM are there from OpenSSL 3.5 on. */
const hasPostQuantum =
  hasOpenssl &&
  spawnSync('openssl', ['list', '-kem-algorithms']).stdout.toString().includes('ML-KEM-512')

/** The same where that command has ML-DSA and ML-KEM. */
export function describeWithPostQuantumOpenssl(title: string, tests: () => void): void {
  if (hasPostQuantum) describe(title, tests)
  else describe.skip(`${title} (skipped: no openssl command with ML-DSA and ML-KEM)`, tests)
}

type Files = Readonly<Record<string, Uint8Array | string>>

/** What openssl writes to stdout; throws when it fails. */
export function openssl(args: readonly string[], files: Files): Buffer {
  return inFolder(files, (run) => run(args))
}

/** What openssl writes to the files of these names; throws when it fails. */
export function opensslFiles<const Names extends readonly string[]>(
  args: readonly string[],
  files: Files,
  names: Names,
): { [K in keyof Names]: Buffer } {
  return inFolder(files, (run, folder) => {
    run(args)
    return names.map((name) => readFileSync(join(folder, name)))
  }) as { [K in keyof Names]: Buffer }
}

function inFolder<T>(
  files: Files,
  work: (run: (args: readonly string[]) => Buffer, folder: string) => T,
): T {
  const folder = mkdtempSync(join(tmpdir(), 'enclave-kms-openssl-'))
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    const run = (args: readonly string[]) =>
      execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    return work(run, folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Whether openssl exits with 0. */
export function opensslAgrees(args: readonly string[], files: Files): boolean {
  try {
    openssl(args, files)
    return true
  } catch {
    return false
  }
}

export function privatePem({ bytes }: Material): string {
  return pem('PRIVATE KEY', bytes)
}

export async function publicPem(material: Material): Promise<string> {
  return pem('PUBLIC KEY', await material.publicKeyInfo())
}

/** RFC 7468. */
export function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
