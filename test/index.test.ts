import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { existsSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { ListKeysCommand } from '@aws-sdk/client-kms'
import express from 'express'
import {
  ConfigError,
  createKms,
  Enclave,
  startServer,
  TrustError,
  verifyAttestationDocument,
} from '../lib/index.ts'
import { kmsClient } from './support/sdk.ts'

describe('enclave-kms as a library', () => {
  it('starts a server with a config', async () => {
    const id = '1234abcd-12ab-34cd-56ef-1234567890ab'
    const server = await startServer({ port: 0, config: { keys: [{ id }] } })
    const client = kmsClient(server.url)
    const { Keys } = await client.send(new ListKeysCommand({}))
    assert.deepEqual(
      Keys?.map(({ KeyId }) => KeyId),
      [id],
    )
    client.destroy()
    await server.close()
  })

  it('refuses a config that is wrong', async () => {
    await assert.rejects(startServer({ port: 0, config: { colour: 'red' } }), ConfigError)
    await assert.rejects(startServer({ port: 70_000 }), ConfigError)
    await assert.rejects(startServer({ config: 'nowhere.yaml' }), ConfigError)
  })

  it('mounts in an express app', async () => {
    const kms = await createKms()
    const app = express().use(kms.middleware)
    const server = createServer(app)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const client = kmsClient(`http://127.0.0.1:${String(port)}`)
    assert.deepEqual((await client.send(new ListKeysCommand({}))).Keys, [])
    client.destroy()
    server.close()
  })

  it('mounts with the auth that the config says, and refuses what is not built yet', async () => {
    await assert.rejects(createKms({ config: { data: './state' } }), ConfigError)
    const kms = await createKms({ config: { auth: 'strict' } })
    const server = createServer(express().use(kms.middleware))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const client = kmsClient(`http://127.0.0.1:${String(port)}`)
    await assert.rejects(client.send(new ListKeysCommand({})), {
      name: 'UnrecognizedClientException',
    })
    client.destroy()
    server.close()
  })

  it('answers, and does not wait, where something else has read the body', async () => {
    const kms = await createKms()
    const server = createServer(express().use(express.json({ type: () => true }), kms.middleware))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const client = kmsClient(`http://127.0.0.1:${String(port)}`)
    await assert.rejects(client.send(new ListKeysCommand({})), { name: 'KMSInternalException' })
    client.destroy()
    server.close()
  })

  describe('verifyAttestationDocument', () => {
    it('believes a document under the root that it is told', async () => {
      const enclave = await Enclave.start({ pcrs: { 0: 'ab'.repeat(48) } })
      const bytes = await enclave.attest()
      const { document, debug } = await verifyAttestationDocument(bytes, { roots: ['simulated'] })
      assert.equal(document.platform, 'nitro-enclave')
      assert.equal(debug, false)
      await assert.rejects(verifyAttestationDocument(bytes), TrustError)
      const nowMs = document.timestampMs + 300_001
      await assert.rejects(
        verifyAttestationDocument(bytes, { roots: ['simulated'], nowMs }),
        TrustError,
      )
    })

    const document = new URL(
      '../../shared/corpus/attestation/yawn-nitro-attest-20250106-19b717.cose',
      import.meta.url,
    )
    const present = existsSync(document)
    it(`believes AWS's own${present ? '' : ' (skipped: no corpus beside the project)'}`, async function () {
      if (!present) this.skip()
      const nowMs = Date.parse('2025-01-06T16:07:06Z')
      const { root } = await verifyAttestationDocument(readFileSync(document), { nowMs })
      assert.equal(root.name, 'aws')
    })
  })
})
