/**
 * Grant tokens: each says which grant of which key it stands for, so that every process can read it,
 * and each one is another. A token proves nothing: whether its holder may do something is asked of
 * the grant that it names, and here every grant is known everywhere at once, so that a token adds
 * nothing to a call. Source: KMS developer guide, "Using a grant token"; AWS's tokens are opaque, and
 * the form of these is ours.
 */
import { randomBytes } from 'node:crypto'
import { parseKeyName } from '../arn.ts'
import { Fault } from '../faults.ts'

/** The grant that a token stands for. */
export interface NamedGrant {
  readonly keyArn: string
  /** 64 lower-case hex digits. */
  readonly grantId: string
}

/** The first byte. A token then never begins with a hyphen, which command lines take for a flag. */
const version = 1
const idBytes = 32
const noiseBytes = 16
const headBytes = 1 + idBytes + noiseBytes

/** In base64url without padding, as AWS's example has it. */
export function encodeGrantToken({ keyArn, grantId }: NamedGrant): string {
  return Buffer.concat([
    Buffer.of(version),
    Buffer.from(grantId, 'hex'),
    randomBytes(noiseBytes),
    Buffer.from(keyArn),
  ]).toString('base64url')
}

/** Refuses what is no token of this form; whether its grant is there is not asked. */
export function decodeGrantToken(token: string): NamedGrant {
  const bytes = Buffer.from(token, 'base64url')
  const keyArn = bytes.subarray(headBytes).toString('latin1')
  const isToken =
    bytes[0] === version &&
    bytes.toString('base64url') === token &&
    keyArn.startsWith('arn:') &&
    parseKeyName(keyArn)?.kind === 'key'
  if (!isToken) throw new Fault('InvalidGrantTokenException', 'the grant token cannot be read')
  return { keyArn, grantId: bytes.subarray(1, 1 + idBytes).toString('hex') }
}

/** Refuses a request with a GrantTokens parameter in which something is no token. */
export function checkGrantTokens(input: object): void {
  const { GrantTokens } = input as { GrantTokens?: readonly string[] }
  for (const token of GrantTokens ?? []) decodeGrantToken(token)
}
