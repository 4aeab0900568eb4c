/**
 * How long it takes to start, in milliseconds: a server until it has answered its first request, a
 * command until it has ended.
 */
import { Caller } from './caller.ts'
import { send } from './load.ts'
import type { Comparison, Found } from './report.ts'
import { roleKey } from './scene.ts'
import { bareServer, enclaveKms, startServer, timeCommand } from './servers.ts'

/** Starts are short, and one of them says little. */
const rounds = 9

export const startComparisons: readonly Comparison[] = [
  { of: 'enclave-kms serve', to: 'bare node:http', target: { below: 3 } },
  { of: 'enclave-kms serve --config', to: 'bare node:http' },
  { of: 'enclave-kms --version', to: 'node -e 0' },
  { of: 'enclave-kms inspect', to: 'node -e 0', target: { below: 3 } },
  { of: 'enclave-kms attest', to: 'node -e 0', target: { below: 3 } },
]

interface Start {
  readonly name: string
  readonly run: () => Promise<number>
}

/** Takes a config file and an attestation document to inspect. */
export async function measureStarts(config: string, document: string): Promise<Found[]> {
  const serve = [enclaveKms, 'serve', '--port', '0']
  const starts: Start[] = [
    serverStart('bare node:http', [bareServer]),
    serverStart('enclave-kms serve', serve),
    serverStart('enclave-kms serve --config', [...serve, '--config', config]),
    commandStart('node -e 0', ['-e', '0']),
    commandStart('enclave-kms --version', [enclaveKms, '--version']),
    commandStart('enclave-kms inspect', [enclaveKms, 'inspect', document]),
    commandStart('enclave-kms attest', [enclaveKms, 'attest']),
  ]
  const found = starts.map(({ name }) => ({ name, rounds: [] as number[] }))
  console.error(`starting everything ${rounds} times`)
  for (let round = 0; round < rounds; round++) {
    for (const [at, { run }] of starts.entries()) found[at]?.rounds.push(await run())
  }
  return found
}

function serverStart(name: string, args: readonly string[]): Start {
  return {
    name,
    async run() {
      const startedMs = performance.now()
      const server = await startServer(args)
      const request = new Caller(server, roleKey).request('ListKeys', {})
      const { status } = await send(server.endpoint, request)
      const tookMs = performance.now() - startedMs
      await server.stop()
      if (status !== 200) throw new Error(`${name}: the first answer is ${status}`)
      return tookMs
    },
  }
}

function commandStart(name: string, args: readonly string[]): Start {
  return { name, run: () => timeCommand(args) }
}
