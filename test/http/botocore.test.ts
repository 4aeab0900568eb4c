import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { authenticate, type SignedRequest } from '../../lib/http/sigv4.ts'
import { Callers, identityOf } from '../../lib/kms/callers.ts'
import { hasPythonModule } from './signing.ts'

/** Prints requests that botocore signed and did not send; one presigned, as a JSON list. */
const script = `
import json, botocore.session
from botocore.awsrequest import AWSResponse
session = botocore.session.get_session()
caught = []
def client(service, region, token=None):
    made = session.create_client(service, region_name=region, endpoint_url='http://127.0.0.1:4599',
        aws_access_key_id='AKIAENCLAVEPARENT0', aws_secret_access_key='enclave-parent-secret',
        aws_session_token=token)
    def catch(request, **_):
        text = lambda value: value.decode('latin1') if isinstance(value, bytes) else str(value)
        headers = [[text(name), text(value)] for name, value in request.headers.items()]
        headers.append(['Host', '127.0.0.1:4599'])
        caught.append({'service': service, 'method': request.method, 'url': request.url,
                       'headers': headers, 'body': text(request.body or b'')})
        return AWSResponse(request.url, 200, {}, None)
    made.meta.events.register('before-send.' + service, catch)
    return made
def quietly(call):
    try: call()
    except Exception: pass
kms = client('kms', 'us-east-1')
quietly(lambda: kms.generate_data_key(KeyId='alias/app', KeySpec='AES_256', EncryptionContext={'t': 'ä'}))
quietly(lambda: client('kms', 'eu-west-2').list_keys())
sts = client('sts', 'us-east-1')
quietly(lambda: sts.get_caller_identity())
caught.append({'service': 'sts', 'method': 'GET', 'headers': [['Host', '127.0.0.1:4599']], 'body': '',
               'url': sts.generate_presigned_url('get_caller_identity', HttpMethod='GET')})
print(json.dumps(caught))
`

interface Caught {
  readonly service: 'kms' | 'sts'
  readonly method: string
  readonly url: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

const isHere = hasPythonModule('botocore')

const keys = { accessKeyId: 'AKIAENCLAVEPARENT0', secretAccessKey: 'enclave-parent-secret' }
const identity = identityOf('arn:aws:iam::111122223333:user/alice', 'unused')
assert.ok(identity)
const callers = new Callers([{ ...keys, caller: { ...identity, tags: {}, policies: [] } }])

function skipped(title: string): void {
  it.skip(`${title} (skipped: python3 with botocore is not here)`)
}

function onTheWire({ method, url, headers, body }: Caught): SignedRequest {
  return {
    method,
    url: url.replace('http://127.0.0.1:4599', ''),
    rawHeaders: headers.flat(),
    body: Buffer.from(body, 'latin1'),
  }
}

function authenticateAs(service: 'kms' | 'sts', request: SignedRequest, nowMs = Date.now()) {
  const accounts = { defaultAccount: '111122223333', defaultRegion: 'us-east-1' }
  return authenticate(request, { callers, auth: 'strict', ...accounts, service, nowMs })
}

describe('authenticate, of what botocore signed', () => {
  const test = isHere ? it : skipped
  let caught: Caught[]

  before(function () {
    if (!isHere) return
    const python = spawnSync('python3', ['-c', script], { encoding: 'utf8' })
    assert.equal(python.status, 0, python.stderr)
    caught = JSON.parse(python.stdout) as Caught[]
  })

  test('knows the principal and the Region of every request', () => {
    const regions = caught.map((one) => {
      const { caller, region, signed } = authenticateAs(one.service, onTheWire(one))
      assert.deepEqual([caller.userName, signed], ['alice', true])
      return region
    })
    assert.deepEqual(regions, ['us-east-1', 'eu-west-2', 'us-east-1', 'us-east-1'])
  })

  test('refuses each with another body', () => {
    for (const one of caught) {
      const changed = { ...onTheWire(one), body: Buffer.from('another') }
      assert.throws(() => authenticateAs(one.service, changed), {
        code: 'InvalidSignatureException',
      })
    }
  })

  describe('presigned', () => {
    const presigned = () => {
      const last = caught.at(-1)
      assert.ok(last)
      return onTheWire(last)
    }

    function refuses(url: string, code: string, message: string | RegExp): void {
      assert.throws(() => authenticateAs('sts', { ...presigned(), url }), { code, message })
    }

    test('is refused by KMS', () => {
      assert.throws(() => authenticateAs('kms', presigned()), {
        code: 'MissingAuthenticationTokenException',
        message: 'Missing Authentication Token',
      })
    })

    test('is refused when a parameter was changed, added or repeated', () => {
      const { url } = presigned()
      const incomplete = 'IncompleteSignatureException'
      refuses(`${url}&Extra=1`, 'InvalidSignatureException', /^The request signature we calculated/)
      refuses(
        url.replace('GetCallerIdentity', 'GetSessionToken'),
        'InvalidSignatureException',
        /^The request signature we calculated/,
      )
      refuses(
        `${url}&X-Amz-Credential=x`,
        incomplete,
        "AWS query-string parameters must include 'X-Amz-Credential' only once. Re-examine the query-string parameters.",
      )
      refuses(
        url.replace('AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA1'),
        incomplete,
        "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'.",
      )
    })

    test('is refused when a parameter is missing', () => {
      const { url } = presigned()
      for (const name of [
        'X-Amz-Credential',
        'X-Amz-Signature',
        'X-Amz-SignedHeaders',
        'X-Amz-Date',
      ]) {
        refuses(
          url.replace(new RegExp(`&${name}=[^&]*`), ''),
          'IncompleteSignatureException',
          `AWS query-string parameters must include '${name}'. Re-examine the query-string parameters.`,
        )
      }
      refuses(
        url.replace(/X-Amz-Algorithm=[^&]*/, ''),
        'MissingAuthenticationTokenException',
        'Missing Authentication Token',
      )
    })

    test('is refused when it is old', () => {
      const later = Date.now() + 10 * 60_000
      assert.throws(() => authenticateAs('sts', presigned(), later), {
        code: 'InvalidSignatureException',
        message: /^Signature expired: /,
      })
    })
  })
})
