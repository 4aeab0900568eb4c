#!/usr/bin/env node
/**
 * The command `enclave-kms`. Data goes to stdout and words to stderr; a mistake of the caller is one
 * line and exit code 2.
 */
import { inspect } from 'node:util'
import { CommanderError } from 'commander'
import { buildCommand } from './command.ts'
import { Exit } from './exit.ts'
import { complain, say } from './words.ts'

// Whoever read stdout has heard enough (`attest | head -c 0`): there is nobody left to tell.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  process.exit(code === 'EPIPE' ? 0 : 1)
})

try {
  await buildCommand().parseAsync()
} catch (error) {
  if (error instanceof CommanderError) {
    // Help and the version are what was asked for; everything else is a wrong call.
    process.exitCode = error.exitCode === 0 ? 0 : 2
  } else if (error instanceof Exit) {
    if (error.message !== '') complain(error.message)
    process.exitCode = error.code
  } else {
    // A mistake of ours: with its stack, but in lines of words like all others.
    for (const line of inspect(error).split('\n')) say(line)
    process.exitCode = 1
  }
}
