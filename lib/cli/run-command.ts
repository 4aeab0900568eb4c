/**
 * One run of the command line. Data goes to stdout and words to stderr; a mistake of the caller is
 * one line and exit code 2.
 */
import { inspect } from 'node:util'
import { CommanderError } from 'commander'
import { buildCommand } from './command.ts'
import { Exit } from './exit.ts'
import { complain, say } from './words.ts'

/** Runs what the arguments say, without the program's name, and sets the exit code. */
export async function runCommand(args: readonly string[]): Promise<void> {
  try {
    await buildCommand().parseAsync(args, { from: 'user' })
  } catch (error) {
    process.exitCode = codeOf(error)
  }
}

function codeOf(error: unknown): number {
  // Help and the version are what was asked for; everything else is a wrong call.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof Exit) {
    if (error.message !== '') complain(error.message)
    return error.code
  }
  // A mistake of ours: with its stack, but in lines of words like all others.
  for (const line of inspect(error).split('\n')) say(line)
  return 1
}
