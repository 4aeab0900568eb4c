/** Other KMS endpoints: what of GenerateDataKey and Decrypt they can do is measured as well. */
import { Caller } from './caller.ts'
import { decrypt, generateDataKey, type Measurement } from './measurements.ts'
import type { Peer } from './options.ts'
import type { Comparison } from './report.ts'

/** Emulators take any access key. */
const anyKey = { accessKeyId: 'AKIAPEER000000000000', secretAccessKey: 'peer-secret' }

const operations = { GenerateDataKey: generateDataKey, Decrypt: decrypt }

/** Creates a key there, and tries everything once; what fails is said, and not measured. */
export async function peerMeasurements({ name, endpoint }: Peer): Promise<Measurement[]> {
  const caller = new Caller({ endpoint, cpuMs: () => undefined }, anyKey)
  const able: Measurement[] = []
  try {
    const { KeyMetadata } = await caller.call('CreateKey', {})
    const { KeyId } = KeyMetadata as { KeyId: string }
    for (const [operation, measurement] of Object.entries(operations)) {
      const one = measurement(`${name}: ${operation}`, caller, KeyId)
      await one.run({ seconds: 0.1, connections: 1 })
      able.push(one)
    }
  } catch (error) {
    console.error(`--peer ${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
  return able
}

export function peerComparisons({ name }: Peer): Comparison[] {
  return Object.keys(operations).map((of) => ({ of, to: `${name}: ${of}` }))
}
