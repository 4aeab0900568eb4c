/**
 * `npm run bench`: the built server beside what its speed is measured by, in one run: a bare
 * node:http server, P-384 verification, and other KMS endpoints. README.md says how to read it.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Enclave } from '../lib/enclave/enclave.ts'
import { readOptions, type Options } from './options.ts'
import { peerComparisons } from './peers.ts'
import { measureRates, rateComparisons } from './rates.ts'
import { listRates, listRatios, listStarts, ratiosOf } from './report.ts'
import { config, image } from './scene.ts'
import { measureStarts, startComparisons } from './startup.ts'

async function bench(options: Options, folder: string): Promise<void> {
  const { seconds, rounds, connections, peers } = options
  const enclave = await Enclave.start({ pcrs: new Map([[0, image]]) })
  const configFile = join(folder, 'config.json')
  const documentFile = join(folder, 'document.bin')
  await writeFile(configFile, JSON.stringify(config))
  await writeFile(documentFile, await enclave.attest())

  const starts = await measureStarts(configFile, documentFile)
  const rates = await measureRates(options, configFile, enclave)
  const startRatios = ratiosOf(startComparisons, starts)
  const rateRatios = ratiosOf([...rateComparisons, ...peers.flatMap(peerComparisons)], rates)

  const parts = [
    `node ${process.version}, ${availableParallelism()} cores; ` +
      `connections: ${connections}, rounds: ${rounds}, seconds each: ${seconds}\n`,
    listRates(rates),
    listRatios(rateRatios),
    listStarts(starts),
    listRatios(startRatios),
  ]
  process.stdout.write(parts.join('\n'))
  const isMissed = [...rateRatios, ...startRatios].some((ratio) => ratio.isMissed)
  if (options.check && isMissed) process.exitCode = 1
}

let options: Options
try {
  options = readOptions(process.argv.slice(2))
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(2)
}
const folder = await mkdtemp(join(tmpdir(), 'enclave-kms-bench-'))
try {
  await bench(options, folder)
} finally {
  await rm(folder, { recursive: true })
}
