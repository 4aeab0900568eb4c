/**
 * The log of a process: JSON lines on stderr. It is loaded with its first line, because most starts
 * have nothing to say. When nobody reads stderr, lines are dropped: requests do not wait for them.
 */
import { createRequire } from 'node:module'
import type { Logger } from 'pino'
import type { Log } from '../kms/log.ts'

/** What may wait for a reader of stderr, in characters. */
const maxWaiting = 1024 * 1024

export function processLog(level: string): Log {
  let logger: Logger | undefined
  const open = () => (logger ??= load(level))
  return {
    info: (fields, message) => {
      open().info(fields, message)
    },
    warn: (fields, message) => {
      open().warn(fields, message)
    },
    error: (fields, message) => {
      open().error(fields, message)
    },
  }
}

function load(level: string): Logger {
  const { pino } = createRequire(import.meta.url)('pino') as typeof import('pino')
  // A reader that went away is no reason to stop.
  process.stderr.on('error', () => undefined)
  const write = (line: string) => {
    if (process.stderr.writableLength < maxWaiting) process.stderr.write(line)
  }
  return pino({ level, base: null }, { write })
}
