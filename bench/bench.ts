/**
 * `npm run bench`: the built server beside what its speed is measured by, in one run: a bare
 * node:http server, P-384 verification, and other KMS endpoints; and what the hardest decisions take.
 * README.md says how to read it.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Enclave } from '../lib/enclave/enclave.ts'
import { readOptions, type Options, type Part } from './options.ts'
import { peerComparisons } from './peers.ts'
import { measurePolicies, policyComparisons } from './policies.ts'
import { measureRates, rateComparisons } from './rates.ts'
import { listDecisions, listRates, listRatios, listStarts, ratiosOf, type Ratio } from './report.ts'
import { config, image } from './scene.ts'
import { measureStarts, startComparisons } from './startup.ts'

async function bench(options: Options, folder: string): Promise<void> {
  const { seconds, rounds, connections, peers } = options
  const enclave = await Enclave.start({ pcrs: new Map([[0, image]]) })
  const configFile = join(folder, 'config.json')
  const documentFile = join(folder, 'document.bin')
  await writeFile(configFile, JSON.stringify(config))
  await writeFile(documentFile, await enclave.attest())

  const isWanted = (part: Part): boolean => options.only === undefined || options.only === part
  const lists: string[] = []
  const ratios: Ratio[] = []
  const add = (list: string, compared: readonly Ratio[]): void => {
    lists.push(list, listRatios(compared))
    ratios.push(...compared)
  }
  if (isWanted('policies')) {
    const decisions = measurePolicies()
    add(listDecisions(decisions), ratiosOf(policyComparisons, decisions))
  }
  if (isWanted('starts')) {
    const starts = await measureStarts(configFile, documentFile)
    add(listStarts(starts), ratiosOf(startComparisons, starts))
  }
  if (isWanted('rates')) {
    const rates = await measureRates(options, configFile, enclave)
    const comparisons = [...rateComparisons, ...peers.flatMap(peerComparisons)]
    add(listRates(rates), ratiosOf(comparisons, rates))
  }
  const head =
    `node ${process.version}, ${availableParallelism()} cores; ` +
    `connections: ${connections}, rounds: ${rounds}, seconds each: ${seconds}\n`
  process.stdout.write([head, ...lists].join('\n'))
  if (options.check && ratios.some(({ isMissed }) => isMissed)) process.exitCode = 1
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
