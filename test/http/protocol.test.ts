import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { ListKeysCommand } from '@aws-sdk/client-kms'
import { maxBodyBytes } from '../../lib/http/body.ts'
import { account, startKms, type TestKms } from '../support/kms.ts'
import { clientWith } from '../support/headers.ts'
import { post, rawRequest, unverified, type RawAnswer } from './raw.ts'
import { hasPythonModule } from './signing.ts'

const admin = { accessKeyId: 'AKIAADMIN000000000', secretAccessKey: 'admin-secret' }
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('Protocol', () => {
  let kms: TestKms
  before(async () => {
    kms = await startKms({ hosts: ['kms.test'] })
  })
  after(() => kms.close())

  const send = (
    operation: string | null,
    body: string | Buffer,
    headers: Record<string, string> = unverified(account),
  ): Promise<RawAnswer> => {
    const target = operation === null ? {} : { 'X-Amz-Target': `TrentService.${operation}` }
    return rawRequest(kms.url, post(body, { ...target, ...headers }))
  }
  const error = (answer: RawAnswer) => ({
    status: answer.status,
    ...(JSON.parse(answer.body) as object),
  })

  it('answers AWS JSON 1.1 with a request id', async () => {
    const answer = await send('ListKeys', '{}')
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('content-type'), 'application/x-amz-json-1.1')
    assert.match(answer.headers.get('x-amzn-requestid') ?? '', uuid)
    assert.deepEqual(JSON.parse(answer.body), { Keys: [], Truncated: false })
  })

  it('gives every answer a request id of its own', async () => {
    const ids = await Promise.all(
      [send('ListKeys', '{}'), send('ListKeys', 'no'), send('Nothing', '{}')].map(async (answer) =>
        (await answer).headers.get('x-amzn-requestid'),
      ),
    )
    assert.equal(new Set(ids).size, 3)
    for (const id of ids) assert.match(id ?? '', uuid)
  })

  it('answers with an empty body where AWS does', async () => {
    const created = JSON.parse((await send('CreateKey', '{}')).body) as {
      KeyMetadata: { KeyId: string; CreationDate: number }
    }
    assert.equal(typeof created.KeyMetadata.CreationDate, 'number')
    const answer = await send('DisableKey', JSON.stringify({ KeyId: created.KeyMetadata.KeyId }))
    assert.deepEqual([answer.status, answer.body], [200, ''])
  })

  const faults: [name: string, call: () => Promise<RawAnswer>, expected: object][] = [
    ['no target', () => send(null, '{}'), { status: 400, __type: 'UnknownOperationException' }],
    [
      'an unknown operation',
      () => send('Nothing', '{}'),
      { status: 400, __type: 'UnknownOperationException' },
    ],
    [
      "another service's target",
      () => send(null, '{}', { 'X-Amz-Target': 'DynamoDB_20120810.ListTables' }),
      { status: 400, __type: 'UnknownOperationException' },
    ],
    [
      'no signature',
      () => send('ListKeys', '{}', {}),
      {
        status: 400,
        __type: 'MissingAuthenticationTokenException',
        message: 'Missing Authentication Token',
      },
    ],
    [
      'a body that is not JSON',
      () => send('ListKeys', '{'),
      { status: 400, __type: 'SerializationException' },
    ],
    [
      'a body over 1 MiB',
      () => send('ListKeys', `{"Marker":"${'x'.repeat(maxBodyBytes)}"}`),
      {
        status: 413,
        __type: 'RequestEntityTooLargeException',
        message: 'The request is larger than 1 MiB.',
      },
    ],
  ]
  for (const [name, call, expected] of faults) {
    it(`refuses ${name}`, async () => assert.deepEqual(error(await call()), expected))
  }

  it('answers a body of many MiB without keeping the connection', async () => {
    const answer = await send('ListKeys', Buffer.alloc(12 * 1024 * 1024, 0x20))
    assert.equal(answer.status, 413)
    assert.equal(answer.headers.get('connection'), 'close')
  })

  it('reads a chunked body', async () => {
    const chunks = ['{"Lim', 'it":1}'].map((part) => `${part.length.toString(16)}\r\n${part}\r\n`)
    const answer = await rawRequest(kms.url, [
      [
        'POST / HTTP/1.1',
        'Host: localhost',
        'X-Amz-Target: TrentService.ListKeys',
        `Authorization: ${unverified(account).Authorization ?? ''}`,
        'Transfer-Encoding: chunked',
        '',
        '',
      ].join('\r\n'),
      ...chunks,
      '0\r\n\r\n',
    ])
    assert.equal(answer.status, 200)
  })

  it('refuses a chunked body over 1 MiB', async () => {
    const part = 'x'.repeat(64 * 1024)
    const chunk = `${part.length.toString(16)}\r\n${part}\r\n`
    const answer = await rawRequest(kms.url, [
      'POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: TrentService.ListKeys\r\n' +
        'Transfer-Encoding: chunked\r\n\r\n',
      ...Array.from({ length: 17 }, () => chunk),
      '0\r\n\r\n',
    ])
    assert.equal(answer.status, 413)
  })

  it("answers a form in STS's XML, errors too", async () => {
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const answer = await rawRequest(kms.url, post('Action=Nothing&Version=2011-06-15', form))
    assert.equal(answer.headers.get('content-type'), 'text/xml')
    assert.match(answer.body, /<Code>MissingAuthenticationToken<\/Code>/)
  })

  it('answers a request in absolute form, and one that is no HTTP, with a request id', async () => {
    const body = '{}'
    const absolute = await rawRequest(kms.url, [
      `POST http://localhost/ HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: TrentService.ListKeys\r\n` +
        `Authorization: ${unverified(account).Authorization ?? ''}\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body}`,
    ])
    assert.equal(absolute.status, 200)
    for (const [bytes, status] of [
      ['nonsense\r\n\r\n', 400],
      [`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
      ['POST / HTTP/1.1\r\nHost: x\r\nExpect: wonders\r\nContent-Length: 0\r\n\r\n', 417],
    ] as const) {
      const answer = await rawRequest(kms.url, [bytes])
      assert.equal(answer.status, status)
      assert.match(answer.headers.get('x-amzn-requestid') ?? '', uuid)
    }
  })

  const formType = { 'Content-Type': 'application/x-www-form-urlencoded' }

  it('refuses forms that are larger than any call', async () => {
    const action = 'Action=AssumeRoleWithWebIdentity&Version=2011-06-15'
    for (const form of [`${action}&x=${'x'.repeat(128 * 1024)}`, action + '&a'.repeat(1000)]) {
      const answer = await rawRequest(kms.url, post(form, formType))
      assert.equal(answer.status, 400)
      assert.match(answer.body, /<Code>ValidationError<\/Code>/)
      assert.match(answer.body, />The form has more than 131072 bytes or 1000 parameters\.</)
    }
    const most = await rawRequest(kms.url, post(action + '&a'.repeat(998), formType))
    assert.match(most.body, /'roleArn' failed/)
  })

  describe('of a web page', () => {
    const text = 'A web page of another origin is answered only with a verified signature.'
    const pages: readonly (readonly [headers: Record<string, string>, isTaken: boolean])[] = [
      [{ Origin: 'http://evil.example' }, false],
      [{ Origin: 'null' }, false],
      [{ Origin: 'http://localhost:3000' }, false],
      [{ Origin: 'https://localhost' }, false],
      // A name of the page's own, which points here.
      [{ Host: 'evil.example', Origin: 'http://evil.example' }, false],
      [{ 'Sec-Fetch-Site': 'cross-site' }, false],
      [{ Origin: 'http://localhost', 'Sec-Fetch-Site': 'cross-site' }, false],
      [{ Origin: 'http://localhost', 'Sec-Fetch-Site': 'same-origin' }, true],
      [{ Host: 'kms.test:4599', Origin: 'http://kms.test:4599' }, true],
      [{ Host: 'elsewhere.example' }, true],
    ]
    const getCallerIdentity = 'Action=GetCallerIdentity&Version=2011-06-15'
    for (const [headers, isTaken] of pages) {
      it(`${isTaken ? 'answers' : 'refuses'} ${JSON.stringify(headers)}`, async () => {
        const all = { ...unverified(account), ...headers }
        const answer = await send('ListKeys', '{}', all)
        const form = await rawRequest(kms.url, post(getCallerIdentity, { ...formType, ...all }))
        if (isTaken) {
          assert.deepEqual([answer.status, form.status], [200, 200])
          return
        }
        assert.deepEqual(error(answer), {
          status: 400,
          __type: 'AccessDeniedException',
          Message: text,
        })
        assert.equal(form.status, 403)
        assert.match(form.body, /<Code>AccessDenied<\/Code>/)
        assert.ok(form.body.includes(`<Message>${text}</Message>`))
      })
    }

    it('answers whoever signs, wherever the page is from', async () => {
      const client = clientWith(kms, { Origin: 'http://evil.example' }, admin)
      await client.send(new ListKeysCommand({}))
      const nobody = clientWith(kms, { Origin: 'http://evil.example' })
      await assert.rejects(nobody.send(new ListKeysCommand({})), {
        name: 'AccessDeniedException',
        message: text,
      })
    })

    it('gives no credentials for a link that nobody signed', async () => {
      const link = (action: string) => {
        const query = new URLSearchParams({
          ...{ Action: action, Version: '2011-06-15' },
          ...{ 'X-Amz-Algorithm': 'AWS4-HMAC-SHA256', 'X-Amz-SignedHeaders': 'host' },
          'X-Amz-Credential': `${account}/20260101/us-east-1/sts/aws4_request`,
          ...{ 'X-Amz-Date': '20260101T000000Z', 'X-Amz-Signature': '0' },
        })
        const request = `GET /?${query.toString()} HTTP/1.1\r\nHost: localhost\r\n\r\n`
        return rawRequest(kms.url, [request])
      }
      const refused = await link('GetSessionToken')
      assert.equal(refused.status, 403)
      assert.match(refused.body, />A link gives credentials only with a verified signature\.</)
      assert.equal((await link('GetCallerIdentity')).status, 200)
    })
  })

  const boto3 = hasPythonModule('boto3')
  const needs = boto3 ? '' : ' (skipped: python3 with boto3 is not here)'
  ;(boto3 ? it : it.skip)(
    `answers STS's signed links, by the method that they sign${needs}`,
    async () => {
      const script = `import boto3
sts = boto3.client('sts', region_name='us-east-1', endpoint_url='${kms.url}',
    aws_access_key_id='AKIAENCLAVEPARENT0', aws_secret_access_key='enclave-parent-secret')
print(sts.generate_presigned_url('get_caller_identity'))`
      const link = execFileSync('python3', ['-c', script]).toString().trim()
      for (const method of ['GET', 'POST']) {
        const answer = await fetch(link, { method })
        // The link signs its method, and boto3 makes it for POST.
        assert.equal(answer.status, method === 'POST' ? 200 : 403)
        if (answer.ok) assert.match(await answer.text(), /assumed-role\/enclave-parent\/worker-1/)
      }
    },
  )

  it('goes on after clients that went away in the middle of a body', async () => {
    for (let i = 0; i < 5; i += 1) {
      await rawRequest(kms.url, ['POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{'], {
        waitMs: 20,
      })
    }
    assert.equal((await send('ListKeys', '{}')).status, 200)
  })
})
