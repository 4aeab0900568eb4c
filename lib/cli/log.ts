/**
 * The log of a process: JSON lines on stderr. It is loaded with its first line, because most starts
 * have nothing to say.
 */
import { createRequire } from 'node:module'
import type { Logger } from 'pino'
import type { Log } from '../kms/log.ts'

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
  return pino({ level, base: null }, pino.destination({ fd: 2, sync: true }))
}
