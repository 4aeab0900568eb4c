/** The bench's flags. Refuses, naming the flag, whatever it does not know. */
import { parseArgs } from 'node:util'
import { endpointOf } from './servers.ts'
import type { Endpoint } from './load.ts'

export interface Options {
  /** How long each measurement of a round takes. */
  readonly seconds: number
  readonly rounds: number
  readonly connections: number
  readonly peers: readonly Peer[]
  /** The one part that is run; all of them unless said. */
  readonly only: Part | undefined
  /** Whether a missed target is a failure. */
  readonly check: boolean
}

const parts = ['policies', 'rates', 'starts'] as const
export type Part = (typeof parts)[number]

/** Another KMS endpoint. */
export interface Peer {
  readonly name: string
  readonly endpoint: Endpoint
}

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '5' },
      connections: { type: 'string', default: '16' },
      peer: { type: 'string', multiple: true, default: [] },
      only: { type: 'string' },
      check: { type: 'boolean', default: false },
    },
  })
  return {
    seconds: positive('--seconds', values.seconds),
    rounds: whole('--rounds', values.rounds),
    connections: whole('--connections', values.connections),
    peers: values.peer.map(readPeer),
    only: values.only === undefined ? undefined : readPart(values.only),
    check: values.check,
  }
}

function positive(flag: string, text: string): number {
  const value = Number(text)
  if (!(value > 0 && value < Infinity)) throw new Error(`${flag}: want a number above 0`)
  return value
}

function whole(flag: string, text: string): number {
  const value = positive(flag, text)
  if (!Number.isInteger(value)) throw new Error(`${flag}: want a whole number`)
  return value
}

function readPart(text: string): Part {
  const part = parts.find((one) => one === text)
  if (part === undefined) throw new Error(`--only: want one of ${parts.join(', ')}`)
  return part
}

function readPeer(text: string): Peer {
  const equals = text.indexOf('=')
  if (equals < 1) throw new Error('--peer: want name=http://host:port')
  return { name: text.slice(0, equals), endpoint: endpointOf(text.slice(equals + 1)) }
}
