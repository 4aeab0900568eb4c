/**
 * KMS as a part of an express app of your own, beside its other routes, for tests that have a server
 * already.
 *
 * Run it with `npx tsx examples/javascript/express-app.ts`.
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { GenerateRandomCommand, KMSClient } from '@aws-sdk/client-kms'
import express from 'express'
import { createKms } from 'enclave-kms'

const kms = await createKms()
const app = express()
// Before whatever reads bodies: a signature is over the bytes that were sent.
app.use(kms.middleware)
app.get('/hello', (_request, response) => {
  response.send('hello')
})

const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`

const client = new KMSClient({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'anything', secretAccessKey: 'anything' },
})
const { Plaintext } = await client.send(new GenerateRandomCommand({ NumberOfBytes: 32 }))
console.log('KMS:', Plaintext?.length, 'random bytes')
console.log('the app:', await (await fetch(`${endpoint}/hello`)).text())

client.destroy()
server.close()
