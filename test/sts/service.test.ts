import assert from 'node:assert/strict'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { Callers, type Caller } from '../../lib/kms/callers.ts'
import { Clock } from '../../lib/kms/clock.ts'
import { Access } from '../../lib/kms/access.ts'
import { Fault } from '../../lib/kms/faults.ts'
import { silent } from '../../lib/kms/log.ts'
import { MemoryStore } from '../../lib/store/memory.ts'
import { Sts } from '../../lib/sts/service.ts'
import { hasPythonModule } from '../http/signing.ts'
import { hasProgram, plainEnvironment, runToEnd } from '../support/programs.ts'
import { account, allowAll, arn, region, useSts, withKey } from './scene.ts'

const requestId = '01234567-89ab-cdef-0123-456789abcdef'
const version = 'Version=2011-06-15'
const callers = new Callers([])
const root = callers.rootOf(account, region)

const sts = new Sts({
  access: new Access(new MemoryStore(), undefined, silent),
  callers,
  clock: new Clock(),
  random: (bytes) => Buffer.alloc(bytes),
  principals: [],
  providers: [],
})

function answer(form: string, caller: Caller = root) {
  const connection = {
    sourceIp: '127.0.0.1',
    secure: false,
    userAgent: undefined,
    referer: undefined,
  }
  return sts.answer({ form: new URLSearchParams(form), requestId, caller, region, connection })
}

describe('Sts', () => {
  it('answers GetCallerIdentity as AWS does', async () => {
    assert.deepEqual(await answer(`Action=GetCallerIdentity&${version}`), {
      status: 200,
      contentType: 'text/xml',
      body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>arn:aws:iam::111122223333:root</Arn>
    <UserId>111122223333</UserId>
    <Account>111122223333</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata>
    <RequestId>${requestId}</RequestId>
  </ResponseMetadata>
</GetCallerIdentityResponse>
`,
    })
  })

  it('refuses unknown actions and versions, and a form without an action', async () => {
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
      const { status, body } = await answer(form)
      assert.equal(status, 400)
      assert.match(body, new RegExp(`<Code>${code}</Code>`))
      assert.match(body, new RegExp(`<Message>(Could not find operation )?${text}</Message>`))
    }
  })

  it('knows which calls give credentials', () => {
    const asks = (form: string) => sts.givesCredentials(new URLSearchParams(form))
    for (const name of ['AssumeRole', 'GetSessionToken']) {
      assert.ok(asks(`Action=${name}&${version}`), name)
    }
    for (const name of ['GetCallerIdentity', 'Nothing']) {
      assert.ok(!asks(`Action=${name}&${version}`), name)
    }
  })

  it('knows which calls need no signature', () => {
    const isUnsigned = (form: string) => sts.isUnsigned(new URLSearchParams(form))
    assert.ok(isUnsigned(`Action=AssumeRoleWithWebIdentity&${version}`))
    assert.ok(!isUnsigned('Action=AssumeRoleWithWebIdentity'))
    for (const name of ['AssumeRole', 'GetSessionToken', 'GetCallerIdentity', 'Nothing']) {
      assert.ok(!isUnsigned(`Action=${name}&${version}`), name)
    }
  })
})

describe('a fault of the way here', () => {
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
      ['AccessDeniedException', 403, 'AccessDenied', 'text'],
      ['RequestEntityTooLargeException', 413, 'RequestEntityTooLarge', 'text'],
      ['ValidationException', 400, 'ValidationError', 'text'],
    ] as const
    for (const [code, status, name, message] of cases) {
      const fault = new Fault(code, message === 'text' ? 'text' : undefined)
      assert.deepEqual(sts.refuse(fault, requestId), {
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
    const { status, body } = sts.refuse(new Fault('KMSInternalException', 'text'), requestId)
    assert.equal(status, 500)
    assert.match(body, /<Type>Receiver<\/Type>\s*<Code>InternalFailure<\/Code>/)
  })
})

describe('STS through clients', () => {
  const alice = withKey('alice', { arn: arn('user/alice'), policies: [allowAll] })
  const worker = { arn: arn('role/worker') }
  const scene = useSts({ principals: [alice, worker] })
  const sessionArn = `arn:aws:sts::${account}:assumed-role/worker/w1`

  const environment = () =>
    plainEnvironment({
      AWS_ENDPOINT_URL: scene.kms.url,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: alice.accessKeyId,
      AWS_SECRET_ACCESS_KEY: alice.secretAccessKey,
      AWS_MAX_ATTEMPTS: '1',
    })

  it('gives the JavaScript SDK the identity, and errors that it can read', async () => {
    const identify = new GetCallerIdentityCommand({})
    const { Account, Arn, UserId } = await scene.as(alice).send(identify)
    assert.deepEqual([Account, Arn], [account, alice.arn])
    assert.match(UserId ?? '', /^AIDA/)
    for (const [more, name] of [
      [{ secretAccessKey: 'wrong' }, 'SignatureDoesNotMatch'],
      [{ sessionToken: 'wrong' }, 'InvalidClientTokenId'],
    ] as const) {
      await assert.rejects(
        scene.as({ ...alice, ...more }).send(identify),
        (error: Error & { $metadata: { httpStatusCode: number } }) => {
          assert.deepEqual([error.name, error.$metadata.httpStatusCode], [name, 403])
          return true
        },
      )
    }
  })

  const boto3 = hasPythonModule('boto3')
  const noBoto3 = boto3 ? '' : ' (skipped: python3 with boto3 is not here)'

  ;(boto3 ? it : it.skip)(`gives boto3 a session of a role${noBoto3}`, async () => {
    const script = `import boto3
sts = boto3.client('sts')
keys = sts.assume_role(RoleArn='${worker.arn}', RoleSessionName='w1')['Credentials']
own = boto3.client('sts', aws_access_key_id=keys['AccessKeyId'],
    aws_secret_access_key=keys['SecretAccessKey'], aws_session_token=keys['SessionToken'])
print(own.get_caller_identity()['Arn'])`
    const { stdout, stderr } = await runToEnd('python3', ['-c', script], { env: environment() })
    assert.equal(stdout.trim(), sessionArn, stderr)
  })

  const cli = hasProgram('aws')
  const noCli = cli ? '' : ' (skipped: no aws)'

  ;(cli ? it : it.skip)(`gives the AWS CLI a session of a role${noCli}`, async function () {
    this.timeout(60_000)
    const args = ['sts', 'assume-role', '--role-arn', worker.arn, '--role-session-name', 'w1']
    const { stdout, stderr } = await runToEnd('aws', args, { env: environment() })
    const { AssumedRoleUser } = JSON.parse(stdout || '{}') as { AssumedRoleUser?: { Arn: string } }
    assert.equal(AssumedRoleUser?.Arn, sessionArn, stderr)
  })
})
