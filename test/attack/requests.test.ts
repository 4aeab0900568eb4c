/**
 * Requests that are not what they seem: a signature turned to another operation, members that
 * JavaScript's objects would swallow, a clock between two milliseconds.
 */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { useKms } from '../support/scene.ts'

const keys = { id: 'AKIAADMIN000000000', secret: 'admin-secret' }

/** A ListKeys request of the admin role, signed over these headers; sent with that target. */
async function send(url: string, signedNames: readonly string[], target: string) {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = `${time.slice(0, 8)}/us-east-1/kms/aws4_request`
  const headers: Readonly<Record<string, string>> = {
    host: new URL(url).host,
    'x-amz-date': time,
    'x-amz-target': 'TrentService.ListKeys',
  }
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  const canonical = [
    'POST\n/\n',
    ...signedNames.map((name) => `${name}:${String(headers[name])}`),
    `\n${signedNames.join(';')}\n${sha256('{}')}`,
  ].join('\n')
  let key: Buffer = Buffer.from(`AWS4${keys.secret}`)
  for (const part of scope.split('/')) key = createHmac('sha256', key).update(part).digest()
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`
  const signature = createHmac('sha256', key).update(text).digest('hex')
  const response = await fetch(url, {
    method: 'POST',
    body: '{}',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-date': time,
      'x-amz-target': target,
      authorization: `AWS4-HMAC-SHA256 Credential=${keys.id}/${scope}, SignedHeaders=${signedNames.join(';')}, Signature=${signature}`,
    },
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('a signature', () => {
  const kms = useKms()
  const all = ['host', 'x-amz-date', 'x-amz-target']

  it('that covers the target is good for it', async () => {
    assert.equal((await send(kms.url, all, 'TrentService.ListKeys')).status, 200)
  })

  it('that covers the target is good for no other', async () => {
    const { body } = await send(kms.url, all, 'TrentService.CreateKey')
    assert.equal(body.__type, 'InvalidSignatureException')
  })

  for (const target of ['TrentService.ListKeys', 'TrentService.CreateKey']) {
    it(`that leaves the target out is good for nothing, ${target} included`, async () => {
      assert.deepEqual(await send(kms.url, ['host', 'x-amz-date'], target), {
        status: 400,
        body: {
          __type: 'InvalidSignatureException',
          message: "'X-Amz-Target' must be a 'SignedHeader'.",
        },
      })
    })
  }
})

describe('a control call', () => {
  const kms = useKms()
  const post = async (body: string) => {
    const url = `${kms.url}/_/attestation-documents`
    const response = await fetch(url, { method: 'POST', body })
    return [response.status, await response.json()]
  }

  it('does not lose a register named __proto__', async () => {
    const body = `{"pcrs":{"__proto__":"${'00'.repeat(48)}"}}`
    assert.deepEqual(await post(body), [400, { error: 'pcrs.__proto__: want a register number' }])
  })

  it('wants registers by their numbers, not in a list', async () => {
    assert.deepEqual(await post('{"pcrs":[]}'), [
      400,
      { error: 'pcrs: expected an object of hex values' },
    ])
  })

  it('that advances the clock by a part of a millisecond leaves minting as it is', async () => {
    await kms.control('PUT', '/_/clock', { advanceSeconds: 0.000_5 })
    await kms.control('POST', '/_/attestation-documents', {})
  })
})
