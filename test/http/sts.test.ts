import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts'
import { authenticate } from '../../lib/http/sigv4.ts'
import { handleSts, stsFault } from '../../lib/http/sts.ts'
import { Callers, identityOf, type Caller } from '../../lib/kms/callers.ts'
import { Fault } from '../../lib/kms/faults.ts'
import { hasPythonModule } from './signing.ts'

const requestId = '01234567-89ab-cdef-0123-456789abcdef'
const keys = { accessKeyId: 'AKIAENCLAVEPARENT0', secretAccessKey: 'enclave-parent-secret' }
const caller = callerOf('arn:aws:iam::111122223333:role/team/enclave-parent')
const version = 'Version=2011-06-15'

function callerOf(arn: string): Caller {
  const identity = identityOf(arn, 'worker-1')
  assert.ok(identity)
  return { ...identity, tags: {}, policies: [] }
}

describe('handleSts', () => {
  it('answers GetCallerIdentity as AWS does', () => {
    const { status, contentType, body } = handleSts(
      `Action=GetCallerIdentity&${version}`,
      caller,
      requestId,
    )
    assert.deepEqual([status, contentType], [200, 'text/xml'])
    assert.equal(
      body,
      `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>arn:aws:sts::111122223333:assumed-role/enclave-parent/worker-1</Arn>
    <UserId>${caller.userId}</UserId>
    <Account>111122223333</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata>
    <RequestId>${requestId}</RequestId>
  </ResponseMetadata>
</GetCallerIdentityResponse>
`,
    )
  })

  it('refuses unknown actions and versions, and a form without an action', () => {
    const cases = [
      [`Action=Nothing&${version}`, 'InvalidAction', 'Nothing for version 2011-06-15'],
      [
        'Action=GetCallerIdentity',
        'InvalidAction',
        'GetCallerIdentity for version NO_VERSION_SPECIFIED',
      ],
      ['Action=GetCallerIdentity&Version=1', 'InvalidAction', 'GetCallerIdentity for version 1'],
      [`Action=toString&${version}`, 'InvalidAction', 'toString for version 2011-06-15'],
      [version, 'MissingAction', 'Missing Action'],
      ['', 'MissingAction', 'Missing Action'],
    ] as const
    for (const [form, code, text] of cases) {
      const { status, body } = handleSts(form, caller, requestId)
      assert.equal(status, 400)
      assert.match(body, new RegExp(`<Code>${code}</Code>`))
      assert.match(body, new RegExp(`<Message>(Could not find operation )?${text}</Message>`))
    }
  })

  it('says of the actions that are not built that they are not supported', () => {
    for (const name of ['AssumeRole', 'AssumeRoleWithWebIdentity', 'GetSessionToken']) {
      const { status, body } = handleSts(`Action=${name}&${version}`, caller, requestId)
      assert.equal(status, 501)
      assert.match(body, new RegExp(`<Message>${name} is not supported here yet</Message>`))
    }
  })

  it('escapes what it repeats', () => {
    const form = new URLSearchParams({ Action: '<&>"\u0000\ud800', Version: '2011-06-15' })
    const { body } = handleSts(form.toString(), caller, requestId)
    assert.match(body, /operation &lt;&amp;&gt;&quot;\uFFFD\uFFFD for/)
  })
})

describe('stsFault', () => {
  it('has the names and statuses of the query family', () => {
    const cases = [
      [
        'ExpiredTokenException',
        403,
        'ExpiredToken',
        'The security token included in the request is expired',
      ],
      ['IncompleteSignatureException', 400, 'IncompleteSignature', 'text'],
      ['InvalidSignatureException', 403, 'SignatureDoesNotMatch', 'text'],
      [
        'MissingAuthenticationTokenException',
        403,
        'MissingAuthenticationToken',
        'Request is missing Authentication Token',
      ],
      [
        'UnrecognizedClientException',
        403,
        'InvalidClientTokenId',
        'The security token included in the request is invalid.',
      ],
      ['RequestEntityTooLargeException', 413, 'RequestEntityTooLarge', 'text'],
    ] as const
    for (const [code, status, name, message] of cases) {
      const fault = new Fault(code, message === 'text' ? 'text' : undefined)
      assert.deepEqual(stsFault(fault, requestId), {
        status,
        contentType: 'text/xml',
        body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <Error>
    <Type>Sender</Type>
    <Code>${name}</Code>
    <Message>${message}</Message>
  </Error>
  <RequestId>${requestId}</RequestId>
</ErrorResponse>
`,
      })
    }
  })

  it('takes an internal error upon the receiver', () => {
    const { status, body } = stsFault(new Fault('KMSInternalException', 'text'), requestId)
    assert.equal(status, 500)
    assert.match(body, /<Type>Receiver<\/Type>\s*<Code>InternalFailure<\/Code>/)
  })
})

describe('STS through the SDKs', () => {
  const callers = new Callers([{ ...keys, caller }])
  let server: Server
  let endpoint: string

  before(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const signed = {
          method: request.method ?? '',
          url: request.url ?? '',
          rawHeaders: request.rawHeaders,
          body: Buffer.concat(chunks),
        }
        const accounts = { defaultAccount: '111122223333', defaultRegion: 'us-east-1' }
        const how = { callers, auth: 'strict', ...accounts, service: 'sts' } as const
        let answer
        try {
          const who = authenticate(signed, { ...how, nowMs: Date.now() })
          answer = handleSts(signed.body.toString(), who.caller, requestId)
        } catch (error) {
          assert.ok(error instanceof Fault)
          answer = stsFault(error, requestId)
        }
        response.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
  })

  after(() => {
    server.closeAllConnections()
    server.close()
  })

  function client(credentials = keys): STSClient {
    return new STSClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 })
  }

  it('gives the JavaScript SDK the identity', async () => {
    const { Account, Arn, UserId } = await client().send(new GetCallerIdentityCommand({}))
    assert.deepEqual(
      { Account, Arn, UserId },
      { Account: '111122223333', Arn: caller.principal.arn, UserId: caller.userId },
    )
  })

  it('gives the JavaScript SDK errors that it can read', async () => {
    const wrongSecret = client({ ...keys, secretAccessKey: 'wrong' })
    const cases = [
      [wrongSecret.send(new GetCallerIdentityCommand({})), 'SignatureDoesNotMatch', 403],
      [
        client({ ...keys, accessKeyId: 'unknown' }).send(new GetCallerIdentityCommand({})),
        'InvalidClientTokenId',
        403,
      ],
      [client().send(new GetSessionTokenCommand({})), 'NotImplemented', 501],
    ] as const
    for (const [sent, name, status] of cases) {
      await assert.rejects(sent, (error: Error & { $metadata: { httpStatusCode: number } }) => {
        assert.deepEqual([error.name, error.$metadata.httpStatusCode], [name, status])
        return true
      })
    }
  })

  const boto3 = hasPythonModule('boto3')
  const needs = boto3 ? '' : ' (skipped: python3 with boto3 is not here)'

  ;(boto3 ? it : it.skip)(`gives boto3 the identity${needs}`, async () => {
    const script = `import boto3, json
sts = boto3.client('sts', region_name='us-east-1', endpoint_url='${endpoint}',
    aws_access_key_id='${keys.accessKeyId}', aws_secret_access_key='${keys.secretAccessKey}')
print(json.dumps(sts.get_caller_identity()))`
    const python = spawn('python3', ['-c', script])
    const chunks: Buffer[] = []
    python.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    const status = await new Promise((resolve) => python.on('close', resolve))
    assert.equal(status, 0)
    const answer = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>
    assert.equal(answer.Arn, caller.principal.arn)
    assert.equal(answer.UserId, caller.userId)
    assert.equal(answer.Account, '111122223333')
  })
})
