/**
 * `attest`: mints an attestation document under the simulated root, for scripts that have no
 * enclave. Base64 goes to stdout, or the bytes to a file.
 */
import { createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { mintAttestationDocument, type MintOptions } from '../../attest/mint.ts'
import { launchPcrs } from '../../enclave/measure-launch.ts'
import { DecodeError } from '../../errors.ts'
import { Exit } from '../exit.ts'
import { readEif } from '../eif-file.ts'
import { readInput } from '../files.ts'

export interface AttestFlags {
  readonly pcr: ReadonlyMap<number, Buffer>
  readonly eif?: string
  readonly debug?: boolean
  readonly roleArn?: string
  readonly instanceId?: string
  readonly platform?: 'nitro-enclave' | 'nitro-tpm'
  readonly publicKey?: string
  readonly generateKey?: string
  readonly nonce?: string
  readonly userData?: string
  readonly timestamp?: string
  readonly out?: string
}

export async function attest(flags: AttestFlags): Promise<void> {
  const options: MintOptions = {
    pcrs: await registersOf(flags),
    debug: flags.debug,
    roleArn: flags.roleArn,
    instanceId: flags.instanceId,
    platform: flags.platform,
    nonce: flags.nonce === undefined ? undefined : readHex('--nonce', flags.nonce),
    userData: flags.userData === undefined ? undefined : await readInput(flags.userData, 2),
    timestampMs: flags.timestamp === undefined ? undefined : readTime(flags.timestamp),
    publicKey: await publicKeyOf(flags),
  }
  try {
    const document = await mintAttestationDocument(options, Date.now())
    if (flags.out === undefined) {
      process.stdout.write(`${Buffer.from(document).toString('base64')}\n`)
    } else write(flags.out, document)
  } catch (error) {
    if (error instanceof DecodeError) throw new Exit(2, error.message)
    throw error
  }
}

/** The image's registers and the named ones; a register that is named wins. */
async function registersOf({ eif, pcr, platform }: AttestFlags) {
  if (eif === undefined) return pcr
  if (platform === 'nitro-tpm') throw new Exit(2, '--eif: an image is measured for enclaves only')
  return new Map([...(await readEif(eif, launchPcrs)), ...pcr])
}

/** SubjectPublicKeyInfo DER of the key to attest. */
async function publicKeyOf(flags: AttestFlags): Promise<Buffer | undefined> {
  if (flags.generateKey !== undefined) {
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
    write(flags.generateKey, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600)
    return spkiOf(createPublicKey(privateKey))
  }
  if (flags.publicKey === undefined) return undefined
  const bytes = await readInput(flags.publicKey, 2)
  // What is no PEM is attested as it is: an enclave may put any bytes there.
  if (!bytes.includes('-----BEGIN')) return bytes
  try {
    return spkiOf(createPublicKey(bytes))
  } catch {
    throw new Exit(2, `${flags.publicKey}: expected a public key, PEM or DER`)
  }
}

function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' })
}

function write(path: string, content: string | Uint8Array, mode = 0o644): void {
  try {
    writeFileSync(path, content, { mode })
  } catch (error) {
    throw new Exit(
      2,
      `${path}: cannot be written: ${String((error as NodeJS.ErrnoException).code)}`,
    )
  }
}

function readHex(flag: string, text: string): Buffer {
  if (!/^([0-9a-f]{2})*$/i.test(text)) throw new Exit(2, `${flag}: expected hex digits`)
  return Buffer.from(text, 'hex')
}

function readTime(text: string): number {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw new Exit(2, '--timestamp: expected an ISO 8601 time')
  return ms
}
