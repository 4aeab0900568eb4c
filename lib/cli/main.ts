#!/usr/bin/env node
/**
 * The command `enclave-kms` as a process: its arguments, and a stdout that may go away early.
 */
import { runCommand } from './run-command.ts'

// Whoever read stdout has heard enough (`attest | head -c 0`): there is nobody left to tell.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  process.exit(code === 'EPIPE' ? 0 : 1)
})

await runCommand(process.argv.slice(2))
