/**
 * `open`: opens a CiphertextForRecipient, raw or in base64, with the enclave's RSA private key;
 * exactly the plaintext goes to stdout.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { openEnvelope } from '../../crypto/envelope.ts'
import { DecodeError } from '../../errors.ts'
import { Exit } from '../exit.ts'
import { fromBase64, readInput } from '../files.ts'

export async function open(file: string, flags: { key: string }): Promise<void> {
  const key = readPrivateKey(flags.key, await readInput(flags.key, 1))
  const input = await readInput(file, 1)
  if (input.length === 0) throw new Exit(1, `${file}: nothing was there to open`)
  const envelope = fromBase64(input)
  try {
    process.stdout.write(await openEnvelope(envelope, key))
  } catch (error) {
    if (error instanceof DecodeError) throw new Exit(1, `${file}: ${error.message}`)
    throw error
  }
}

function readPrivateKey(path: string, bytes: Buffer): KeyObject {
  for (const type of ['pkcs8', 'pkcs1'] as const) {
    try {
      const key = bytes.includes('-----BEGIN')
        ? createPrivateKey(bytes)
        : createPrivateKey({ key: bytes, format: 'der', type })
      if (key.asymmetricKeyType === 'rsa') return key
    } catch {
      // Tried as the other type next; the cause would describe a secret.
    }
  }
  throw new Exit(1, `${path}: expected an RSA private key, PKCS#8 or PKCS#1, PEM or DER`)
}
