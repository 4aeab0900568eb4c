import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { ListKeysCommand } from '@aws-sdk/client-kms'
import express from 'express'
import type { AddressInfo } from 'node:net'
import { createServer, get } from 'node:http'
import { KmsHandler, startServer } from '../../lib/http/server.ts'
import { kmsClient } from '../support/sdk.ts'
import { beginRequest, post, rawRequest, unverified } from './raw.ts'

describe('startServer', () => {
  it('picks a port for 0 and answers from then on', async () => {
    const server = await startServer({ port: 0 })
    const client = kmsClient(server.url)
    assert.deepEqual((await client.send(new ListKeysCommand({}))).Keys, [])
    client.destroy()
    await server.close()
  })

  it('refuses a port in use', async () => {
    const first = await startServer({ port: 0 })
    const port = Number(new URL(first.url).port)
    await assert.rejects(startServer({ port }), { code: 'EADDRINUSE' })
    await first.close()
  })

  it('listens on loopback unless told otherwise', async () => {
    const server = await startServer({ port: 0 })
    assert.equal(new URL(server.url).hostname, '127.0.0.1')
    await server.close()
  })

  it('finishes what is under way before it closes', async () => {
    const server = await startServer({ port: 0 })
    const [head = '', body = ''] = post('{}', {
      ...unverified('111122223333'),
      'X-Amz-Target': 'TrentService.ListKeys',
      Connection: 'close',
    })
    const halves = [head, String(body).slice(0, 1)]
    const { answer, finish } = beginRequest(server.url, halves.join(''))
    await answer.begun
    const closing = server.close()
    finish(String(body).slice(1))
    assert.match(await answer.text, /^HTTP\/1\.1 200 [^]*"Keys":\[\]/)
    await closing
  })

  it('answers any other path with 404', async () => {
    const server = await startServer({ port: 0 })
    for (const line of ['GET /nothing', 'POST /nothing', 'PUT /', 'GET /']) {
      const answer = await rawRequest(server.url, [
        `${line} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`,
      ])
      assert.equal(answer.status, 404, line)
    }
    await server.close()
  })

  it('serves HTTPS with a certificate for this machine', async () => {
    const server = await startServer({ port: 0, tls: true })
    const { hostname, port, protocol } = new URL(server.url)
    assert.equal(protocol, 'https:')
    const { connect } = await import('node:tls')
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false })
    await new Promise((resolve) => socket.once('secureConnect', resolve))
    const { subjectaltname = '', raw } = socket.getPeerCertificate()
    assert.match(subjectaltname, /DNS:localhost, IP Address:127\.0\.0\.1/)
    socket.destroy()
    if (hasOpenssl()) {
      const text = execFileSync('openssl', ['x509', '-inform', 'DER', '-noout', '-text'], {
        input: raw,
      }).toString()
      assert.match(text, /Subject: CN ?= ?enclave-kms/)
    }
    await server.close()
  })
})

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'])
    return true
  } catch {
    return false
  }
}

describe('KmsHandler.middleware', () => {
  it('answers KMS in another express app, at the root or below a path', async () => {
    const kms = await KmsHandler.create({})
    const app = express()
    app.use('/kms', kms.middleware)
    app.use(kms.middleware)
    app.get('/own', (_request, response) => {
      response.send('mine')
    })
    const server = createServer(app)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const url = `http://127.0.0.1:${String(port)}`
    for (const endpoint of [url, `${url}/kms`]) {
      const client = kmsClient(endpoint)
      assert.deepEqual((await client.send(new ListKeysCommand({}))).Keys, [], endpoint)
      client.destroy()
    }
    const own = await new Promise<string>((resolve) => {
      get(`${url}/own`, (response) => {
        response.setEncoding('utf8').on('data', resolve)
      })
    })
    assert.equal(own, 'mine')
    server.close()
  })
})
