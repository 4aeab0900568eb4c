import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { authenticate, type AuthenticateOptions, type SignedRequest } from '../../lib/http/sigv4.ts'
import { Callers, identityOf, type Credential } from '../../lib/kms/callers.ts'
import {
  addHeader,
  headerOf,
  signedByHand,
  signedBySdk,
  stsSignedBySdk,
  withHeader,
  type Handmade,
  type Keys,
} from './signing.ts'

const keys: Keys = { accessKeyId: 'AKIAENCLAVEPARENT0', secretAccessKey: 'enclave-parent-secret' }
const temporary = {
  accessKeyId: 'ASIATEMPORARY00000',
  secretAccessKey: 'temporary-secret',
  sessionToken: 'token+issued/with=this-key',
}
const expiresAtMs = Date.now() + 3_600_000

function credential(of: Keys, arn: string): Credential {
  const identity = identityOf(arn, 'worker-1')
  assert.ok(identity)
  return { ...of, caller: { ...identity, tags: {}, policies: [] } }
}

const known = credential(keys, 'arn:aws:iam::111122223333:user/alice')
const session = {
  ...credential(temporary, 'arn:aws:iam::111122223333:role/enclave-parent'),
  expiresAtMs,
}
const callers = new Callers([known, session])

function options(changes: Partial<AuthenticateOptions> = {}): AuthenticateOptions {
  return {
    callers,
    auth: 'open',
    defaultAccount: '444455556666',
    defaultRegion: 'eu-north-1',
    service: 'kms',
    nowMs: Date.now(),
    ...changes,
  }
}

const mismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'
const unrecognized = 'The security token included in the request is invalid.'

function refuses(
  request: SignedRequest,
  code: string,
  message: string | RegExp,
  changes: Partial<AuthenticateOptions> = {},
): void {
  assert.throws(() => authenticate(request, options(changes)), { name: 'Fault', code, message })
}

function digestOf(authorization: string): string {
  return createHash('sha256').update(authorization).digest('base64')
}

/** A request at a fixed time, signed by hand. */
const time = '20260102T030405Z'
const timeMs = Date.UTC(2026, 0, 2, 3, 4, 5)
const at = { nowMs: timeMs }
const headers = [
  ['Host', '127.0.0.1:4599'],
  ['X-Amz-Date', time],
] as const

function handmade(changes: Partial<Handmade> = {}): SignedRequest {
  return signedByHand({ keys, time, headers, ...changes })
}

function edit(request: SignedRequest, from: string | RegExp, to: string): SignedRequest {
  const authorization = headerOf(request, 'authorization')
  const edited = authorization.replace(from, to)
  assert.notEqual(edited, authorization)
  return withHeader(request, 'authorization', edited)
}

describe('authenticate', () => {
  let request: SignedRequest
  before(async () => {
    request = await signedBySdk(keys)
  })

  it('knows the principal of a request that the AWS SDK signed, and its Region', async () => {
    const expected = { caller: known.caller, accessKeyId: keys.accessKeyId, signed: true }
    assert.deepEqual(authenticate(request, options()), { ...expected, region: 'us-east-1' })
    const elsewhere = await signedBySdk(keys, 'ap-southeast-2')
    const answer = authenticate(elsewhere, options({ auth: 'strict' }))
    assert.deepEqual(answer, { ...expected, region: 'ap-southeast-2' })
  })

  it('knows the session of temporary credentials', async () => {
    const { caller } = authenticate(await signedBySdk(temporary), options())
    const arn = 'arn:aws:sts::111122223333:assumed-role/enclave-parent/worker-1'
    assert.equal(caller.principal.arn, arn)
  })

  it('takes a request signed by hand after the documentation', () => {
    assert.equal(authenticate(handmade(), options(at)).signed, true)
  })

  it('takes commas without blanks in the Authorization header', () => {
    assert.equal(authenticate(edit(handmade(), /, /g, ','), options(at)).signed, true)
  })

  it('takes a Date header in place of X-Amz-Date, in either form', () => {
    for (const date of [time, 'Fri, 02 Jan 2026 03:04:05 GMT']) {
      const dated = [
        ['Date', date],
        ['Host', 'localhost'],
      ] as const
      assert.equal(authenticate(handmade({ headers: dated }), options(at)).signed, true)
    }
  })

  it('reads X-Amz-Date where both are there', () => {
    const both = addHeader(handmade(), 'Date', 'Thu, 01 Jan 1970 00:00:00 GMT')
    assert.equal(authenticate(both, options(at)).signed, true)
  })

  it('takes header values of any bytes, with blanks folded as signers fold them', () => {
    const value = Buffer.from('\u00e9\u1234').toString('latin1')
    const odd = [...headers, ['X-Odd', `a  b\tc   ${value}`]] as const
    const canonicalHeaders = `host:127.0.0.1:4599\nx-amz-date:${time}\nx-odd:a b c ${value}\n`
    assert.equal(
      authenticate(handmade({ headers: odd, canonicalHeaders }), options(at)).signed,
      true,
    )
  })

  it('takes the path under which it is mounted, and a query', () => {
    const mounted = handmade({
      url: '/kms/?b=2&a=%7Ex',
      canonicalPath: '/kms/',
      canonicalQuery: 'a=~x&b=2',
    })
    assert.equal(authenticate(mounted, options(at)).signed, true)
  })

  it('forgets a kept signing key when the secret is another', () => {
    authenticate(request, options())
    const other = new Callers([{ ...known, secretAccessKey: 'another-secret' }])
    refuses(request, 'InvalidSignatureException', mismatch, { callers: other })
  })

  it('keeps on verifying after more scopes than it keeps signing keys for', () => {
    for (let index = 0; index < 1_100; index++) {
      const scope = `20260102/region-${String(index)}/kms/aws4_request`
      assert.equal(authenticate(handmade({ scope }), options(at)).region, `region-${String(index)}`)
    }
    assert.equal(authenticate(handmade(), options(at)).signed, true)
  })
})

describe('authenticate, when something was changed', () => {
  let request: SignedRequest
  before(async () => {
    request = await signedBySdk(keys)
  })

  it('refuses a change of any signed header', () => {
    const signed = /SignedHeaders=([^,]+)/.exec(headerOf(request, 'authorization'))?.[1]?.split(';')
    assert.ok(signed && signed.length >= 8)
    for (const name of signed.filter((name) => name !== 'x-amz-date')) {
      const changed = withHeader(request, name, `${headerOf(request, name)}x`)
      refuses(changed, 'InvalidSignatureException', mismatch)
      refuses(withHeader(request, name, undefined), 'InvalidSignatureException', mismatch)
      refuses(addHeader(request, name, 'again'), 'InvalidSignatureException', mismatch)
    }
  })

  it('refuses another time within the window', () => {
    const later = { nowMs: timeMs }
    const changed = withHeader(handmade(), 'x-amz-date', '20260102T030406Z')
    refuses(changed, 'InvalidSignatureException', mismatch, later)
  })

  it('refuses another body, method, path and query', () => {
    for (const change of [
      { body: Buffer.from('{}') },
      { method: 'PUT' },
      { url: '/other' },
      { url: '/?a=b' },
      { url: '/?a=%' },
    ]) {
      refuses({ ...request, ...change }, 'InvalidSignatureException', mismatch)
    }
  })

  it('refuses every other signature', () => {
    const signature = /Signature=(\w+)$/.exec(headerOf(request, 'authorization'))?.[1] ?? ''
    const flipped = signature.startsWith('0') ? '1' : '0'
    for (const other of [
      flipped + signature.slice(1),
      signature.slice(1),
      signature.toUpperCase(),
    ]) {
      refuses(edit(request, signature, other), 'InvalidSignatureException', mismatch)
    }
  })

  it('refuses another Region in the scope', () => {
    refuses(edit(request, 'us-east-1', 'us-east-2'), 'InvalidSignatureException', mismatch)
  })

  it('refuses a stated hash that is not the body’s, signed or not', () => {
    refuses(
      addHeader(handmade(), 'X-Amz-Content-Sha256', '0'),
      'InvalidSignatureException',
      mismatch,
      at,
    )
    for (const value of ['UNSIGNED-PAYLOAD', '0'.repeat(64)]) {
      const stated = [headers[0], ['X-Amz-Content-Sha256', value], headers[1]] as const
      refuses(handmade({ headers: stated }), 'InvalidSignatureException', mismatch, at)
    }
  })

  it('refuses a body signed chunk by chunk, whoever sends it', () => {
    const unknown = { ...keys, accessKeyId: 'test' }
    for (const by of [keys, unknown]) {
      const chunked = [
        ['Content-Encoding', 'aws-chunked'],
        ['X-Amz-Content-Sha256', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'],
      ] as const
      for (const [name, value] of chunked) {
        const sent = addHeader(handmade({ keys: by }), name, value)
        refuses(sent, 'InvalidSignatureException', mismatch, at)
      }
    }
  })
})

describe('authenticate, by the scope', () => {
  const wrong = 'InvalidSignatureException'

  it('refuses another service', async () => {
    const text = "Credential should be scoped to correct service: 'kms'. "
    refuses(await stsSignedBySdk(keys), wrong, text)
  })

  it('refuses another ending', () => {
    const scope = '20260102/us-east-1/kms/aws3_request'
    const text = "Credential should be scoped with a valid terminator: 'aws4_request'. "
    refuses(handmade({ scope }), wrong, text, at)
  })

  it('refuses another day', () => {
    const scope = '20260103/us-east-1/kms/aws4_request'
    const text =
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP. '
    refuses(handmade({ scope }), wrong, text, at)
  })

  it('refuses a Region that cannot be one', () => {
    for (const region of ['', 'US-EAST-1', 'us:east', 'r'.repeat(33)]) {
      const scope = `20260102/${region}/kms/aws4_request`
      refuses(handmade({ scope }), wrong, 'Credential should be scoped to a valid region. ', at)
    }
  })

  it('names everything that is wrong with it', () => {
    const text =
      "Credential should be scoped to correct service: 'kms'. Credential should be scoped with a valid terminator: 'aws4_request'. "
    refuses(handmade({ scope: '20260102/us-east-1/s3/x' }), wrong, text, at)
  })

  it('does not take a key kept for another service or day', () => {
    const sts = handmade({ scope: '20260102/us-east-1/sts/aws4_request' })
    assert.equal(authenticate(sts, options({ ...at, service: 'sts' })).signed, true)
    const service = "Credential should be scoped to correct service: 'kms'. "
    refuses(sts, wrong, service, at)
    authenticate(handmade(), options(at))
    const tomorrow = withHeader(handmade(), 'x-amz-date', '20260103T000000Z')
    refuses(tomorrow, wrong, /^Date in Credential scope/, { nowMs: Date.UTC(2026, 0, 3) })
  })

  it('refuses more or fewer than five parts', () => {
    for (const scope of ['20260102/us-east-1/kms', '20260102/us-east-1/kms/aws4_request/x', '']) {
      const credential = `${keys.accessKeyId}/${scope}`
      const text = `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`
      refuses(handmade({ scope }), 'IncompleteSignatureException', text, at)
    }
  })

  it('refuses signed headers without host', () => {
    const text = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
    refuses(handmade({ headers: [headers[1]] }), wrong, text, at)
  })

  it('refuses signed headers out of order, repeated, or in upper case', () => {
    const [host, date] = headers
    refuses(handmade({ headers: [date, host] }), wrong, mismatch, at)
    for (const signedHeaders of ['host;host;x-amz-date', 'host;X-Amz-Date']) {
      refuses(handmade({ signedHeaders }), wrong, mismatch, at)
    }
  })
})

describe('authenticate, by the time', () => {
  it('takes a time five minutes away and no more', () => {
    const wrong = 'InvalidSignatureException'
    const minutes = 5 * 60_000
    for (const nowMs of [timeMs - minutes, timeMs + minutes]) {
      assert.equal(authenticate(handmade(), options({ nowMs })).signed, true)
    }
    const expired =
      'Signature expired: 20260102T030405Z is now earlier than 20260102T030406Z (20260102T030906Z - 5 min.)'
    refuses(handmade(), wrong, expired, { nowMs: timeMs + minutes + 1000 })
    const early =
      'Signature not yet current: 20260102T030405Z is still later than 20260102T030404Z (20260102T025904Z + 5 min.)'
    refuses(handmade(), wrong, early, { nowMs: timeMs - minutes - 1000 })
  })

  it('takes another window when it is given one', () => {
    const changes = { nowMs: timeMs + 14 * 60_000, skewMs: 15 * 60_000 }
    assert.equal(authenticate(handmade(), options(changes)).signed, true)
    refuses(handmade(), 'InvalidSignatureException', / - 15 min\.\)$/, {
      ...changes,
      nowMs: timeMs + 16 * 60_000,
    })
  })

  it('refuses a request without a date', () => {
    const undated = withHeader(handmade(), 'x-amz-date', undefined)
    const digest = digestOf(headerOf(undated, 'authorization'))
    const text = `Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. (Hashed with SHA-256 and encoded with Base64) Authorization=${digest}`
    refuses(undated, 'IncompleteSignatureException', text, at)
  })

  it('refuses a date that is none', () => {
    const dates = ['', 'now', '2026-01-02T03:04:05Z', '20260102T030405', '20260132T030405Z']
    const more = ['20260102T240000Z', '20260230T000000Z', '20260102T036005Z', '20261302T030405Z']
    const http = [
      'Fri, 2 Jan 2026 03:04:05 GMT',
      'Thu, 02 Jan 2026 03:04:05 GMT',
      `${time},${time}`,
    ]
    for (const date of [...dates, ...more, ...http]) {
      const text = `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`
      const changed = withHeader(handmade(), 'x-amz-date', date)
      refuses(changed, 'IncompleteSignatureException', text, at)
    }
  })
})

describe('authenticate, by the Authorization header', () => {
  const incomplete = 'IncompleteSignatureException'

  function presenting(authorization: string): SignedRequest {
    return withHeader(handmade(), 'authorization', authorization)
  }

  it('refuses a request without one', () => {
    for (const auth of ['open', 'strict'] as const) {
      const unsigned = withHeader(handmade(), 'authorization', undefined)
      const text = 'Missing Authentication Token'
      refuses(unsigned, 'MissingAuthenticationTokenException', text, { ...at, auth })
    }
  })

  it('names every piece that is missing, and shows the header only as a digest', () => {
    const signed = headerOf(handmade(), 'authorization')
    for (const name of ['Credential', 'SignedHeaders', 'Signature']) {
      for (const header of [
        signed.replace(new RegExp(`${name}=[^,]*(, |$)`), 'x=y, '),
        signed.replace(new RegExp(`${name}=[^,]*`), `${name}=`),
      ]) {
        const header_ = header.replace(/, $/, '')
        const text = `Authorization header requires '${name}' parameter. (Hashed with SHA-256 and encoded with Base64) Authorization=${digestOf(header_)}`
        refuses(presenting(header_), incomplete, text, at)
      }
    }
    const nothing = withHeader(presenting('AWS4-HMAC-SHA256 x=y'), 'x-amz-date', undefined)
    const text = `Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. (Hashed with SHA-256 and encoded with Base64) Authorization=${digestOf('AWS4-HMAC-SHA256 x=y')}`
    refuses(nothing, incomplete, text, at)
  })

  it('refuses what has no equal sign', () => {
    for (const header of ['', 'Bearer abc', 'AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA256 Credential']) {
      const text = `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${digestOf(header)}'.`
      refuses(presenting(header), incomplete, text, at)
    }
  })

  it('refuses a piece that is there twice, and a header that is', () => {
    const header = headerOf(handmade(), 'authorization')
    const twice = /^Authorization header has a parameter more than once\. /
    for (const name of ['Credential', 'Signature', 'SignedHeaders']) {
      const piece = new RegExp(`${name}=[^,]*`).exec(header)?.[0] ?? ''
      refuses(presenting(`${header}, ${piece}`), incomplete, twice, at)
    }
    refuses(addHeader(handmade(), 'authorization', header), incomplete, twice, at)
  })

  it('refuses every other algorithm, for every caller', () => {
    const others = ['AWS4-ECDSA-P256-SHA256', 'AWS4-HMAC-SHA512', 'aws4-hmac-sha256']
    for (const other of others) {
      for (const by of [keys, { ...keys, accessKeyId: 'test' }]) {
        const changed = edit(handmade({ keys: by }), 'AWS4-HMAC-SHA256', other)
        refuses(changed, incomplete, `Unsupported AWS 'algorithm': '${other}'.`, at)
      }
    }
  })

  it('refuses a header that is too long, soon', () => {
    const long = presenting(`AWS4-HMAC-SHA256 ${'a=b,'.repeat(1_000_000)}`)
    const started = performance.now()
    refuses(long, incomplete, /^Authorization header is longer than 8192 characters\./, at)
    assert.ok(performance.now() - started < 1_000)
  })
})

describe('authenticate, by the session token', () => {
  const missing = { accessKeyId: temporary.accessKeyId, secretAccessKey: temporary.secretAccessKey }

  it('refuses a temporary key without its token, or with another', async () => {
    for (const sessionToken of [undefined, 'another-token', `${temporary.sessionToken} `, '']) {
      const presented = sessionToken === undefined ? missing : { ...missing, sessionToken }
      refuses(await signedBySdk(presented), 'UnrecognizedClientException', unrecognized)
    }
  })

  it('refuses a token with a key that was issued without one', async () => {
    const presented = await signedBySdk({ ...keys, sessionToken: temporary.sessionToken })
    refuses(presented, 'UnrecognizedClientException', unrecognized)
  })

  it('refuses a token that is expired', async () => {
    const presented = await signedBySdk(temporary)
    const expired = new Callers([{ ...session, expiresAtMs: Date.now() }])
    const text = 'The security token included in the request is expired'
    refuses(presented, 'ExpiredTokenException', text, { callers: expired })
  })

  it('ignores it where nothing is verified', async () => {
    const unknown = { accessKeyId: 'test', secretAccessKey: 'test', sessionToken: 'test' }
    const { caller } = authenticate(await signedBySdk(unknown), options())
    assert.equal(caller.principal.arn, 'arn:aws:iam::444455556666:root')
  })
})

describe('authenticate, of a key that is not known', () => {
  const account = { accessKeyId: '777788889999', secretAccessKey: 'anything' }
  const other = { accessKeyId: 'test', secretAccessKey: 'test' }

  it('takes twelve digits for the root of that account under open', async () => {
    assert.deepEqual(authenticate(await signedBySdk(account, 'ca-central-1'), options()), {
      caller: {
        principal: {
          type: 'Account',
          arn: 'arn:aws:iam::777788889999:root',
          account: '777788889999',
        },
        userId: '777788889999',
        tags: {},
        policies: [],
      },
      region: 'ca-central-1',
      accessKeyId: '777788889999',
      signed: false,
    })
  })

  it('takes any other for the root of the default account under open', async () => {
    const { caller, region, signed } = authenticate(await signedBySdk(other), options())
    assert.deepEqual(
      { arn: caller.principal.arn, region, signed },
      { arn: 'arn:aws:iam::444455556666:root', region: 'us-east-1', signed: false },
    )
    for (const accessKeyId of ['11112222333', '1111222233334', '11112222333a']) {
      const answer = authenticate(await signedBySdk({ ...other, accessKeyId }), options())
      assert.equal(answer.caller.principal.account, '444455556666')
    }
  })

  it('gives the root the partition of the Region', async () => {
    const { caller } = authenticate(await signedBySdk(account, 'cn-north-1'), options())
    assert.equal(caller.principal.arn, 'arn:aws-cn:iam::777788889999:root')
  })

  it('verifies neither signature nor date nor scope under open', () => {
    const unknown = handmade({ keys: other, scope: 'x/y/z' })
    const undated = withHeader(unknown, 'x-amz-date', undefined)
    assert.equal(authenticate(undated, options()).region, 'y')
  })

  it('takes the default Region where the scope names none that can be one', () => {
    for (const scope of ['', '20260102', '20260102/US_EAST/kms/aws4_request']) {
      const answer = authenticate(handmade({ keys: other, scope }), options())
      assert.equal(answer.region, 'eu-north-1')
    }
  })

  it('refuses both under strict, whatever the date', async () => {
    for (const of of [account, other]) {
      const strict = { auth: 'strict' } as const
      refuses(await signedBySdk(of), 'UnrecognizedClientException', unrecognized, strict)
      const undated = withHeader(handmade({ keys: of }), 'x-amz-date', undefined)
      refuses(undated, 'UnrecognizedClientException', unrecognized, strict)
    }
  })
})
