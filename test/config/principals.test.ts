import assert from 'node:assert/strict'
import { readPrincipal } from '../../lib/config/principals.ts'

const account = '111122223333'
const place = {
  path: 'principals[0]',
  baseDir: '.',
  readFile: () => {
    throw new Error('no file in tests')
  },
}
const read = (value: object) => readPrincipal(value, place)
const policy = { Version: '2012-10-17', Statement: [] }

describe('readPrincipal', () => {
  it('reads federated users, who have policies and no path', () => {
    const arn = `arn:aws:sts::${account}:federated-user/fay`
    const { caller } = read({ arn, policies: [policy], tags: { team: 'a' } })
    assert.deepEqual(caller.principal, { type: 'FederatedUser', arn, account })
    assert.equal(caller.userId, `${account}:fay`)
    assert.equal(caller.policies.length, 1)
  })

  it('reads services by their names', () => {
    const principal = read({
      service: 's3.amazonaws.com',
      accessKeyId: 'AKIAS3',
      secretAccessKey: 'secret',
    })
    const { caller } = principal
    assert.equal(principal.arn, 's3.amazonaws.com')
    assert.deepEqual(caller.principal, { type: 'Service', arn: 's3.amazonaws.com', account: '' })
    assert.equal(principal.credential?.caller, caller)
  })

  it('reads what STS is to know of roles and users', () => {
    const role = { arn: `arn:aws:iam::${account}:role/worker`, maxSessionDuration: 7200 }
    const { maxSessionSeconds, trustPolicy, arn } = read({ ...role, trustPolicy: policy })
    assert.deepEqual(
      [arn, maxSessionSeconds, trustPolicy?.document.kind],
      [role.arn, 7200, 'trust'],
    )
    const serialNumber = `arn:aws:iam::${account}:mfa/alice`
    const { mfaDevices } = read({
      arn: `arn:aws:iam::${account}:user/alice`,
      mfaDevices: [{ serialNumber, seed: 'gezd gnbv gy3t qojq GEZDGNBVGY3TQOJQ' }],
    })
    assert.deepEqual(mfaDevices, [{ serialNumber, seed: Buffer.from('12345678901234567890') }])
  })

  const linked = `arn:aws:iam::${account}:role/aws-service-role/ec2.amazonaws.com/Linked`
  const trust = (...Principal: unknown[]) => ({
    Version: '2012-10-17',
    Statement: Principal.map((one) => ({ Effect: 'Allow', Principal: one, Action: 'sts:*' })),
  })

  it('reads a service-linked role that trusts its service', () => {
    const { trustPolicy } = read({
      arn: linked,
      trustPolicy: trust({ Service: 'ec2.amazonaws.com' }),
    })
    assert.equal(trustPolicy?.document.statements.length, 1)
    const deny = { ...trust('*').Statement[0], Effect: 'Deny' }
    read({ arn: linked, trustPolicy: { Version: '2012-10-17', Statement: [deny] } })
  })

  const user = `arn:aws:iam::${account}:user/alice`
  const role = `arn:aws:iam::${account}:role/worker`
  const serialNumber = `arn:aws:iam::${account}:mfa/alice`
  const refusals: readonly (readonly [value: object, message: string])[] = [
    [{ service: 's3' }, '.service: want a text: the name of a service, like s3.amazonaws.com'],
    [{ service: 's3.amazonaws.com', arn: user }, '.service: want it without arn'],
    [{ service: 's3.amazonaws.com', policies: [] }, '.policies: a service has none'],
    [{ service: 's3.amazonaws.com', tags: {} }, '.tags: a service has none'],
    [{ service: 's3.amazonaws.com', boundary: policy }, '.boundary: a service has none'],
    [{ service: 's3.amazonaws.com', trustPolicy: policy }, '.trustPolicy: only a role has one'],
    [{ arn: user, maxSessionDuration: 3600 }, '.maxSessionDuration: only a role has one'],
    [
      { arn: role, maxSessionDuration: 900 },
      '.maxSessionDuration: want a whole number from 3600 to 43200, got 900',
    ],
    [{ arn: role, mfaDevices: [] }, '.mfaDevices: only a user has them'],
    [
      { arn: user, mfaDevices: [{ serialNumber: 'x', seed: 'A'.repeat(16) }] },
      '.mfaDevices[0].serialNumber: want a text: arn:aws:iam::ACCOUNT:mfa/NAME',
    ],
    [
      { arn: user, mfaDevices: [{ serialNumber, seed: '0123456789012345' }] },
      '.mfaDevices[0].seed: want a text: base32, as an authenticator app takes it',
    ],
    [
      { arn: user, mfaDevices: [{ serialNumber, seed: 'A               ' }] },
      '.mfaDevices[0].seed: want 10 bytes or more',
    ],
    ...[
      trust({ AWS: account }),
      trust('*'),
      trust({ Service: 's3.amazonaws.com' }),
      trust({ Service: 'ec2.amazonaws.com' }, { AWS: user }),
      trust({ Service: ['ec2.amazonaws.com', 's3.amazonaws.com'] }),
    ].map(
      (trustPolicy) =>
        [
          { arn: linked, trustPolicy },
          '.trustPolicy: a service-linked role trusts ec2.amazonaws.com alone',
        ] as const,
    ),
    [
      { arn: `arn:aws:iam::${account}:role/aws-service-role/Linked` },
      '.arn: want role/aws-service-role/SERVICE.amazonaws.com/NAME of a service-linked role',
    ],
    [
      { arn: `arn:aws:sts::${account}:federated-user/x` },
      '.arn: want arn:aws:iam::ACCOUNT:user/NAME, …:role/NAME, …:root or …:federated-user/NAME',
    ],
    [
      { arn: 's3.amazonaws.com' },
      '.arn: want arn:aws:iam::ACCOUNT:user/NAME, …:role/NAME, …:root or …:federated-user/NAME',
    ],
  ]

  for (const [value, message] of refusals) {
    it(`refuses ${JSON.stringify(value).slice(0, 80)}`, () => {
      assert.throws(() => read(value), { message: `principals[0]${message}` })
    })
  }
})
