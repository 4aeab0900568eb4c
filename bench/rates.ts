/**
 * The rounds: in each of them everything is measured once, one after the other, so that what else
 * the machine does in a while hits all of it.
 */
import type { Enclave } from '../lib/enclave/enclave.ts'
import { Caller } from './caller.ts'
import { send } from './load.ts'
import {
  bareHttp,
  dataKeyRequest,
  decrypt,
  decryptRequest,
  freshDocuments,
  generateDataKey,
  rawVerification,
  repeatedDocument,
  type Measurement,
} from './measurements.ts'
import type { Options } from './options.ts'
import { peerMeasurements } from './peers.ts'
import type { Comparison, Found } from './report.ts'
import { appKeyId, pinnedKeyId, roleKey } from './scene.ts'
import { bareServer, enclaveKms, startServer, type RunningServer } from './servers.ts'

export const rateComparisons: readonly Comparison[] = [
  { of: 'GenerateDataKey', to: 'bare node:http', target: { atLeast: 0.3 } },
  { of: 'Decrypt', to: 'bare node:http', target: { atLeast: 0.3 } },
  {
    of: 'attested Decrypt, fresh documents',
    to: 'raw P-384 verification, one core',
    target: { atLeast: 0.8 },
  },
  { of: 'attested Decrypt, repeated document', to: 'Decrypt', target: { atLeast: 0.6 } },
]

/** Takes the config file of the measured server, and the enclave that its pinned key is for. */
export async function measureRates(
  options: Options,
  config: string,
  enclave: Enclave,
): Promise<Found[]> {
  const servers: RunningServer[] = []
  try {
    const kms = await startServer([enclaveKms, 'serve', '--port', '0', '--config', config])
    servers.push(kms)
    const caller = new Caller(kms, roleKey)
    await requireDecisions(caller)
    const { body } = await send(kms.endpoint, dataKeyRequest(caller, appKeyId))
    const bare = await startServer([bareServer, String(body.length)])
    servers.push(bare)

    const raw = rawVerification()
    const { perSecond } = await raw.run({ ...options, seconds: 0.5 })
    const measurements = [
      bareHttp(bare, caller, appKeyId),
      generateDataKey('GenerateDataKey', caller, appKeyId),
      decrypt('Decrypt', caller, appKeyId),
      raw,
      // More than one core may be verifying.
      freshDocuments(caller, pinnedKeyId, enclave, 2 * perSecond),
      repeatedDocument(caller, pinnedKeyId, enclave),
      ...(await Promise.all(options.peers.map(peerMeasurements))).flat(),
    ]
    return await runRounds(measurements, options)
  } finally {
    for (const server of servers) await server.stop()
  }
}

/** A server that allows everything, or nothing, is not what is to be measured. */
async function requireDecisions(caller: Caller): Promise<void> {
  const request = await decryptRequest(caller, pinnedKeyId)
  const { status, body } = await send(caller.server.endpoint, request)
  if (status === 400 && body.includes('AccessDeniedException')) return
  throw new Error(`Decrypt without a document was answered ${status}: ${body.toString()}`)
}

async function runRounds(
  measurements: readonly Measurement[],
  { rounds, ...extent }: Options,
): Promise<Found[]> {
  const found = measurements.map(({ name }) => ({
    name,
    rounds: [] as number[],
    cpuMicros: [] as number[],
    generatorBusy: [] as number[],
  }))
  // The first round lets every program compile what is hot, and does not count.
  for (let round = 0; round <= rounds; round++) {
    console.error(round === 0 ? 'warming up' : `round ${round} of ${rounds}`)
    for (const [at, { run }] of measurements.entries()) {
      const { perSecond, cpuMicros, generatorBusy } = await run(extent)
      if (round === 0) continue
      found[at]?.rounds.push(perSecond)
      found[at]?.cpuMicros.push(cpuMicros)
      found[at]?.generatorBusy.push(generatorBusy)
    }
  }
  return found
}
