/** The address of a peer, as people write it: IPv4 is IPv4 on a socket for both families too. */
import type { Socket } from 'node:net'

const mapped = '::ffff:'

export function peerAddress({ remoteAddress = '' }: Socket): string {
  return remoteAddress.startsWith(mapped) ? remoteAddress.slice(mapped.length) : remoteAddress
}
