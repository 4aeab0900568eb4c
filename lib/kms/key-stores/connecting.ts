/**
 * Connecting and disconnecting a custom key store: KMS answers at once, and goes on afterwards. An
 * attempt that has ended, or that the opposite has overtaken, changes nothing more.
 * Source: API reference, ConnectCustomKeyStore and DisconnectCustomKeyStore.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { ConnectionErrorCodeType } from '@aws-sdk/client-kms'
import type { CustomKeyStoreRecord } from '../../store/store.ts'
import type { Call } from '../call.ts'
import { checkCluster, connectionErrorOf } from './cloudhsm.ts'
import { requireConnection, requireCustomKeyStore, xksProber } from './custom-key-stores.ts'
import { putConnection } from './key-availability.ts'
import { checkHealth } from './xks-api.ts'
import { XksFailure } from './xks-failures.ts'

/** How long a simulated cluster takes, in milliseconds of the machine's clock; AWS's takes minutes. */
const clusterMs = 200

type Outcome = CustomKeyStoreRecord['connection']

/** Begins to connect a key store. One that is connected stays so. */
export async function startConnecting(call: Call, id: string): Promise<void> {
  const begun = await begin(call, id, 'CONNECTING', (record) => {
    requireConnection(record, 'CONNECTED', 'CONNECTING', 'DISCONNECTED')
    if (record.backing.type === 'AWS_CLOUDHSM') checkCluster(record.backing.clusterId, 'connect')
    return record.connection.state !== 'CONNECTED'
  })
  if (begun) later(call, begun, connect(call, begun))
}

export async function startDisconnecting(call: Call, id: string): Promise<void> {
  const begun = await begin(call, id, 'DISCONNECTING', (record) => {
    requireConnection(record, 'CONNECTED', 'CONNECTING', 'FAILED')
    return true
  })
  if (begun) later(call, begun, disconnect(begun))
}

/** The key store with its new attempt; undefined where there is nothing to do. */
function begin(
  call: Call,
  id: string,
  state: 'CONNECTING' | 'DISCONNECTING',
  check: (record: CustomKeyStoreRecord) => boolean,
): Promise<CustomKeyStoreRecord | undefined> {
  return call.store.transact(async (writer) => {
    const record = await requireCustomKeyStore(writer, call.scope, id)
    if (!check(record)) return undefined
    const { connection: before } = record
    // Asked again, one attempt has two who work on it: the first may be of a process that is gone.
    const attempt = (before.state === state ? before.attempt : undefined) ?? randomUUID()
    const connection = { state, attempt }
    await putConnection(writer, record, connection)
    return { ...record, connection }
  })
}

/** Nobody waits: an attempt that cannot be ended any more, its store being closed, stays open. */
function later(call: Call, begun: CustomKeyStoreRecord, working: Promise<Outcome>): void {
  end(call, begun, working).catch(() => undefined)
}

/** Writes what came of an attempt. */
async function end(
  { store }: Call,
  begun: CustomKeyStoreRecord,
  working: Promise<Outcome>,
): Promise<void> {
  const outcome = await working
  await store.transact(async (writer) => {
    const record = await writer.customKeyStore(begun, begun.id)
    if (record && record.connection.attempt === begun.connection.attempt) {
      await putConnection(writer, record, outcome)
    }
  })
}

async function connect(call: Call, { backing }: CustomKeyStoreRecord): Promise<Outcome> {
  if (backing.type === 'AWS_CLOUDHSM') {
    await workOfCluster()
    const errorCode = connectionErrorOf(backing)
    return errorCode ? failed(errorCode) : { state: 'CONNECTED' }
  }
  try {
    await checkHealth(xksProber(call, backing))
    return { state: 'CONNECTED' }
  } catch (error) {
    return failed(error instanceof XksFailure ? error.row.connection : 'INTERNAL_ERROR')
  }
}

async function disconnect({ backing }: CustomKeyStoreRecord): Promise<Outcome> {
  if (backing.type === 'AWS_CLOUDHSM') await workOfCluster()
  return { state: 'DISCONNECTED' }
}

function failed(errorCode: ConnectionErrorCodeType): Outcome {
  return { state: 'FAILED', errorCode }
}

/** Keeps no process alive. */
function workOfCluster(): Promise<void> {
  return delay(clusterMs, undefined, { ref: false })
}
