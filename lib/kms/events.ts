/** CloudTrail's events: so far their ids, which GetKeyLastUsage answers with. */
import { createHash } from 'node:crypto'

/**
 * The id of the event that a request leaves in an account: a UUID of RFC 9562's version 8, made of
 * both, so that nobody has to remember it. A request on keys of two accounts leaves one in each.
 */
export function eventId(requestId: string, account: string): string {
  const hash = createHash('sha256').update(`enclave-kms event\0${requestId}\0${account}`).digest()
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6)
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8)
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
