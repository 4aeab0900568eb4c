import assert from 'node:assert/strict'
import type { IncomingMessage, RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { selfSigned } from '../../lib/http/tls.ts'
import { XksClient, type XksClientOptions } from '../../lib/http/xks-client.ts'
import { credential, serve } from '../support/custom-key-stores.ts'
import { signedHeaders } from '../support/xks-signer.ts'

const path = '/example/kms/xks/v1/keys/a.key_1-A/encrypt'
const body = '{"requestMetadata":{}}'

function send(uriEndpoint: string, options: XksClientOptions = {}) {
  const { AccessKeyId: accessKeyId, RawSecretAccessKey: secretAccessKey } = credential
  const proxy = { uriEndpoint, credential: { accessKeyId, secretAccessKey } }
  const client = new XksClient({ timeoutMs: 10_000, ...options })
  return client.send({ proxy, path, region: 'us-east-1', body })
}

const failure = (message: string) => ({ name: 'XksFailure', message })

describe('XksClient', () => {
  const open: { close(): unknown }[] = []
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close()
  })

  async function http(listener: RequestListener): Promise<string> {
    const server = await serve(listener)
    open.push(server)
    return server.url
  }

  async function listening(server: Server): Promise<number> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    open.push({
      close: () =>
        new Promise((resolve) => {
          server.close(resolve)
          if ('closeAllConnections' in server) (server.closeAllConnections as () => void)()
        }),
    })
    return (server.address() as AddressInfo).port
  }

  it('posts JSON, signed as the AWS SDK signs it', async () => {
    let seen: { request: IncomingMessage; body: string } | undefined
    const url = await http((request, response) => {
      void buffer(request).then((bytes) => {
        seen = { request, body: bytes.toString() }
        response.writeHead(418).end('answer')
      })
    })
    const reply = await send(url)
    assert.deepEqual(reply, { status: 418, body: Buffer.from('answer') })
    assert.ok(seen)
    const { method, headers, url: asked } = seen.request
    assert.deepEqual([method, asked, seen.body], ['POST', path, body])
    assert.equal(headers['content-type'], 'application/json')
    const time = String(headers['x-amz-date'])
    assert.match(time, /^\d{8}T\d{6}Z$/)
    const date = new Date(time.replace(/^(....)(..)(..T..)(..)(..)Z$/, '$1-$2-$3:$4:$5Z'))
    assert.ok(Math.abs(date.getTime() - Date.now()) < 60_000)
    const { authorization } = await signedHeaders({ host: url.slice(7), path, body, date })
    assert.equal(headers.authorization, authorization)
  })

  it('uses one connection for many requests, and another where that was closed', async () => {
    const ports = new Set<number | undefined>()
    const url = await http(({ socket }, response) => {
      ports.add(socket.remotePort)
      // Closed behind the answer, without having said so: the next request finds it gone.
      response.end('{}', () => {
        if (ports.size === 1 && closes) setTimeout(() => socket.destroy(), 5)
      })
    })
    let closes = false
    const { AccessKeyId: accessKeyId, RawSecretAccessKey: secretAccessKey } = credential
    const proxy = { uriEndpoint: url, credential: { accessKeyId, secretAccessKey } }
    const client = new XksClient({ timeoutMs: 10_000 })
    const request = { proxy, path, region: 'us-east-1', body }
    await client.send(request)
    await client.send(request)
    assert.equal(ports.size, 1)
    closes = true
    await client.send(request)
    await client.send(request)
  })

  it('asks again, once, where a kept connection is reset under the request', async () => {
    let requests = 0
    const url = await http(({ socket }, response) => {
      requests += 1
      if (requests === 2) socket.resetAndDestroy()
      else response.end('{}')
    })
    const { AccessKeyId: accessKeyId, RawSecretAccessKey: secretAccessKey } = credential
    const proxy = { uriEndpoint: url, credential: { accessKeyId, secretAccessKey } }
    const client = new XksClient({ timeoutMs: 10_000 })
    const request = { proxy, path, region: 'us-east-1', body }
    await client.send(request)
    assert.equal((await client.send(request)).status, 200)
    assert.equal(requests, 3)
  })

  it('gives up on a proxy that is silent, and on one that stops within its answer', async () => {
    const silent = await http(() => undefined)
    await assert.rejects(send(silent, { timeoutMs: 50 }), failure('timeout'))
    const slow = await http((_, response) => {
      response.writeHead(200, { 'content-length': '10' })
      response.write('{')
    })
    await assert.rejects(send(slow, { timeoutMs: 50 }), failure('timeout'))
  })

  it('gives a proxy 250 ms unless told', async () => {
    const late = await http((_, response) => setTimeout(() => response.end('{}'), 5_000).unref())
    const client = new XksClient()
    const { AccessKeyId: accessKeyId, RawSecretAccessKey: secretAccessKey } = credential
    const proxy = { uriEndpoint: late, credential: { accessKeyId, secretAccessKey } }
    const before = Date.now()
    await assert.rejects(
      client.send({ proxy, path, region: 'us-east-1', body }),
      failure('timeout'),
    )
    assert.ok(Date.now() - before >= 240)
  })

  it('takes no answer over 64 KiB, whatever length it says', async () => {
    const long = await http((_, response) => response.end('x'.repeat(65_537)))
    await assert.rejects(send(long), failure('malformed'))
    const endless = await http((_, response) => {
      const more = () => {
        while (response.write('x'.repeat(16_384)));
        response.once('drain', more)
      }
      more()
    })
    await assert.rejects(send(endless), failure('malformed'))
    const most = await http((_, response) => response.end('x'.repeat(65_536)))
    assert.equal((await send(most)).body.length, 65_536)
  })

  it('follows no redirect', async () => {
    let followed = false
    const target = await http((_, response) => {
      followed = true
      response.end('{}')
    })
    const url = await http((_, response) => response.writeHead(307, { location: target }).end())
    assert.equal((await send(url)).status, 307)
    assert.equal(followed, false)
  })

  it('takes no change of protocol for an answer', async () => {
    const port = await listening(
      createTcpServer((socket) => {
        const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x'
        socket.once('data', () => socket.end(`${upgrade}\r\n\r\n`))
      }),
    )
    await assert.rejects(send(`http://127.0.0.1:${String(port)}`), failure('malformed'))
  })

  it('finds nobody there, and what does not speak HTTP', async () => {
    const port = await listening(createTcpServer())
    for (const one of open.splice(0)) await one.close()
    await assert.rejects(send(`http://127.0.0.1:${String(port)}`), failure('noConnection'))
    const echo = await listening(
      createTcpServer((socket) => socket.resume().end('hello, who is there?\n')),
    )
    await assert.rejects(send(`http://127.0.0.1:${String(echo)}`), failure('malformed'))
  })

  it('speaks TLS to a proxy whose certificate it trusts, and to no other', async () => {
    const { key, cert } = await selfSigned(['localhost'])
    const server = createTlsServer({ key, cert }, (_, response) => response.end('{}'))
    const port = await listening(server)
    const url = `https://localhost:${String(port)}`
    assert.equal((await send(url, { ca: cert })).status, 200)
    await assert.rejects(send(url), failure('noTls'))
    const other = await selfSigned(['elsewhere.example.com'])
    await assert.rejects(send(url, { ca: other.cert }), failure('noTls'))
    const plain = await http((_, response) => response.end('{}'))
    await assert.rejects(send(plain.replace('http:', 'https:'), { ca: cert }), failure('noTls'))
  })

  it('speaks TLS to a proxy of that name alone, and in 1.2 at least', async () => {
    const forged = await selfSigned(['elsewhere.example.com'])
    const server = createTlsServer(forged, (_, response) => response.end('{}'))
    const port = await listening(server)
    // The certificate has 127.0.0.1 and no name of the host that was asked for.
    const url = `https://localhost:${String(port)}`
    await assert.rejects(send(url, { ca: forged.cert }), failure('noTls'))
    const old = createTlsServer(
      { ...forged, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' },
      (_, response) => response.end('{}'),
    )
    const oldUrl = `https://127.0.0.1:${String(await listening(old))}`
    await assert.rejects(send(oldUrl, { ca: forged.cert }), failure('noTls'))
  })
})
