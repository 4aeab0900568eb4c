import assert from 'node:assert/strict'
import { parsePolicy } from '../../lib/iam/document.ts'
import type { Caller } from '../../lib/kms/callers.ts'
import { KmsContext, type Facts, type Membership } from '../../lib/kms/conditions.ts'
import { Key } from '../../lib/kms/key.ts'

const caller: Caller = {
  principal: {
    type: 'AssumedRole',
    arn: 'arn:aws:sts::111122223333:assumed-role/a/s',
    account: '111122223333',
    roleArn: 'arn:aws:iam::111122223333:role/a',
  },
  userId: 'AROAEXAMPLE:s',
  tags: { Team: 'payments' },
  policies: [],
}

const key = Key.of({
  account: '111122223333',
  region: 'us-east-1',
  id: '1234abcd-12ab-34cd-56ef-1234567890ab',
  spec: 'RSA_2048',
  usage: 'SIGN_VERIFY',
  origin: 'AWS_KMS',
  state: 'Enabled',
  description: '',
  createdMs: 0,
  policy: '',
  tags: { App: 'demo' },
  materials: [],
})

const memberships: Readonly<Record<string, Membership>> = {
  '111122223333': { id: 'o-exampleorgid', path: 'o-exampleorgid/r-ab12/ou-ab12-11111111/' },
  '444455556666': { id: 'o-otherorgid' },
}

const facts: Facts = {
  action: 'kms:Sign',
  caller,
  connection: { sourceIp: '127.0.0.1', secure: false, userAgent: 'sdk', referer: undefined },
  region: 'us-east-1',
  nowMs: Date.parse('2026-03-01T12:00:00.500Z'),
  membershipOf: (account) => memberships[account],
  resourceAccount: '111122223333',
  key,
  requestAlias: undefined,
  resourceAliases: undefined,
  conditions: {},
  attestation: null,
}

function get(name: string, more: Partial<Facts> = {}) {
  return new KmsContext({ ...facts, ...more }).get(name.toLowerCase())
}

const pcrs = new Map([
  [0, 'a0'],
  [4, 'a4'],
])
const enclaveFacts = {
  platform: 'nitro-enclave',
  moduleId: 'i-1-enc1',
  pcrs,
  debug: false,
  timestampMs: 0,
  root: 'simulated',
} as const

describe('KmsContext.get', () => {
  const rows: readonly (readonly [string, unknown])[] = [
    ['aws:PrincipalArn', 'arn:aws:iam::111122223333:role/a'],
    ['aws:PrincipalAccount', '111122223333'],
    ['aws:PrincipalType', 'AssumedRole'],
    ['aws:PrincipalTag/team', 'payments'],
    ['aws:PrincipalIsAWSService', 'false'],
    ['aws:PrincipalServiceName', undefined],
    ['aws:PrincipalServiceNamesList', undefined],
    ['aws:PrincipalOrgID', 'o-exampleorgid'],
    ['aws:PrincipalOrgPaths', ['o-exampleorgid/r-ab12/ou-ab12-11111111/']],
    ['aws:ResourceOrgID', 'o-exampleorgid'],
    ['aws:ResourceOrgPaths', ['o-exampleorgid/r-ab12/ou-ab12-11111111/']],
    ['aws:ResourceAccount', '111122223333'],
    ['aws:ResourceTag/app', 'demo'],
    ['aws:RequestedRegion', 'us-east-1'],
    ['aws:CurrentTime', '2026-03-01T12:00:00.500Z'],
    ['aws:EpochTime', '1772366400'],
    ['aws:SecureTransport', 'false'],
    ['aws:SourceIp', '127.0.0.1'],
    ['aws:UserAgent', 'sdk'],
    ['aws:Referer', undefined],
    ['aws:ViaAWSService', 'false'],
    ['aws:CalledVia', undefined],
    ['aws:CalledViaFirst', undefined],
    ['aws:CalledViaLast', undefined],
    ['aws:SourceVpc', undefined],
    ['aws:SourceVpce', undefined],
    ['aws:VpcSourceIp', undefined],
    ['aws:VpceAccount', undefined],
    ['aws:VpceOrgID', undefined],
    ['aws:VpceOrgPaths', undefined],
    ['aws:SourceArn', undefined],
    ['aws:SourceAccount', undefined],
    ['aws:SourceOrgID', undefined],
    ['aws:SourceOrgPaths', undefined],
    ['aws:SourceIdentity', undefined],
    ['aws:FederatedProvider', undefined],
    ['aws:userid', 'AROAEXAMPLE:s'],
    ['aws:username', undefined],
    ['aws:TokenIssueTime', undefined],
    ['aws:MultiFactorAuthPresent', undefined],
    ['aws:TagKeys', undefined],
    ['aws:RequestTag/a', undefined],
    ['kms:CallerAccount', '111122223333'],
    ['kms:KeySpec', 'RSA_2048'],
    ['kms:CustomerMasterKeySpec', 'RSA_2048'],
    ['kms:KeyUsage', 'SIGN_VERIFY'],
    ['kms:CustomerMasterKeyUsage', 'SIGN_VERIFY'],
    ['kms:KeyOrigin', 'AWS_KMS'],
    ['kms:MultiRegion', 'false'],
    ['kms:MultiRegionKeyType', undefined],
    ['kms:RequestAlias', undefined],
    ['kms:ResourceAliases', undefined],
    ['kms:EncryptionContextKeys', undefined],
    ['kms:RecipientAttestation:PCR0', undefined],
    ['kms:RecipientAttestation:ImageSha384', undefined],
    ['kms:GrantIsForAWSResource', undefined],
    ['kms:ViaService', undefined],
    ['kms:Nothing', undefined],
  ]
  for (const [name, wanted] of rows) {
    it(`${name} is ${wanted === undefined ? 'absent' : JSON.stringify(wanted)}`, () => {
      assert.deepEqual(get(name), wanted)
    })
  }

  it('has no property of a key for an action on none', () => {
    for (const name of ['kms:KeySpec', 'kms:MultiRegion', 'aws:ResourceTag/App']) {
      assert.equal(get(name, { key: null }), undefined)
    }
  })

  it('has the encryption context, its names in any case and as they came', () => {
    const conditions = { encryptionContext: { Tenant: 'a', x: 'B' } }
    assert.equal(get('kms:EncryptionContext:tenant', { conditions }), 'a')
    assert.equal(get('kms:EncryptionContext:X', { conditions }), 'B')
    assert.deepEqual(get('kms:EncryptionContextKeys', { conditions }), ['Tenant', 'x'])
    assert.equal(
      get('kms:EncryptionContextKeys', { conditions: { encryptionContext: {} } }),
      undefined,
    )
  })

  it('has the tags of the request', () => {
    const conditions = { requestTags: { A: '1', B: '2' } }
    assert.equal(get('aws:RequestTag/a', { conditions }), '1')
    assert.deepEqual(get('aws:TagKeys', { conditions }), ['A', 'B'])
  })

  it('has the tags of a key that is not there yet', () => {
    const conditions = { newKeyTags: { A: '1' } }
    assert.equal(get('aws:ResourceTag/a', { conditions, key: null }), '1')
    assert.equal(get('aws:ResourceTag/a', { conditions }), undefined)
  })

  it('takes what the operation states before what describes the key', () => {
    const conditions = { 'kms:KeySpec': 'HMAC_256' } as const
    assert.equal(get('kms:KeySpec', { conditions }), 'HMAC_256')
    assert.equal(get('kms:KeySpec', { conditions: { 'kms:KeySpec': undefined } }), 'RSA_2048')
  })

  it('has what STS knew of temporary credentials', () => {
    const issued = { atMs: facts.nowMs - 60_000, mfaAtMs: facts.nowMs - 30_000 }
    const more = { caller: { ...caller, issued } }
    assert.equal(get('aws:MultiFactorAuthPresent', more), 'true')
    assert.equal(get('aws:MultiFactorAuthAge', more), '30')
    assert.equal(get('aws:TokenIssueTime', more), '2026-03-01T11:59:00.500Z')
    const without = { caller: { ...caller, issued: { atMs: issued.atMs } } }
    assert.equal(get('aws:MultiFactorAuthPresent', without), 'false')
    assert.equal(get('aws:MultiFactorAuthAge', without), undefined)
  })

  it('has what STS knew of a federated session, and nothing of MFA then', () => {
    const provider = 'arn:aws:iam::111122223333:oidc-provider/token.example'
    const more = {
      caller: {
        ...caller,
        issued: { atMs: facts.nowMs },
        sourceIdentity: 'jane',
        federatedProvider: provider,
      },
    }
    assert.equal(get('aws:SourceIdentity', more), 'jane')
    assert.equal(get('aws:FederatedProvider', more), provider)
    assert.equal(get('aws:TokenIssueTime', more), '2026-03-01T12:00:00.500Z')
    assert.equal(get('aws:MultiFactorAuthPresent', more), undefined)
  })

  it('has an issue time of a federated user, and nothing of MFA', () => {
    const arn = 'arn:aws:sts::111122223333:federated-user/fay'
    const principal = { type: 'FederatedUser', arn, account: '111122223333' } as const
    const more = { caller: { ...caller, principal, issued: { atMs: facts.nowMs } } }
    assert.equal(get('aws:TokenIssueTime', more), '2026-03-01T12:00:00.500Z')
    assert.equal(get('aws:MultiFactorAuthPresent', more), undefined)
  })

  it('has the claims of a federated session, behind every key that is AWS’s', () => {
    const claims = { 'ci.example:sub': 'u1', 'ci.example:amr': ['a', 'b'], 'aws:userid': 'x' }
    const more = { caller: { ...caller, claims } }
    assert.equal(get('CI.example:sub', more), 'u1')
    assert.deepEqual(get('ci.example:amr', more), ['a', 'b'])
    assert.equal(get('ci.example:sub'), undefined)
    assert.equal(get('aws:userid', more), caller.userId)
    const listed = [...new KmsContext({ ...facts, ...more }).entries()]
    assert.deepEqual(
      listed.filter(([name]) => name === 'ci.example:sub' || name === 'aws:userid'),
      [
        ['aws:userid', caller.userId],
        ['ci.example:sub', 'u1'],
      ],
    )
  })

  it('has an enclave’s registers, and those alone that the document has', () => {
    const more = { attestation: enclaveFacts }
    assert.equal(get('kms:RecipientAttestation:ImageSha384', more), 'a0')
    assert.equal(get('kms:RecipientAttestation:PCR0', more), 'a0')
    assert.equal(get('kms:RecipientAttestation:PCR4', more), 'a4')
    assert.equal(get('kms:RecipientAttestation:PCR8', more), undefined)
    assert.equal(get('kms:RecipientAttestation:PCR04', more), undefined)
    assert.equal(get('kms:RecipientAttestation:NitroTPMPCR4', more), undefined)
  })

  it('has a NitroTPM’s registers under their own name alone', () => {
    const more = { attestation: { ...enclaveFacts, platform: 'nitro-tpm' as const } }
    assert.equal(get('kms:RecipientAttestation:NitroTPMPCR4', more), 'a4')
    for (const name of ['PCR0', 'PCR4', 'ImageSha384']) {
      assert.equal(get(`kms:RecipientAttestation:${name}`, more), undefined, name)
    }
  })
})

/** Rows of one situation: each key with its value, undefined for absent. */
function has(more: Partial<Facts>, rows: readonly (readonly [string, unknown])[]): void {
  for (const [name, wanted] of rows) {
    it(`${name} is ${wanted === undefined ? 'absent' : JSON.stringify(wanted)}`, () => {
      assert.deepEqual(get(name, more), wanted)
    })
  }
}

const s3 = { principal: 's3.amazonaws.com', regional: 's3.us-east-1.amazonaws.com' }
const athena = { principal: 'athena.amazonaws.com', regional: 'athena.us-east-1.amazonaws.com' }
const throughServices: Partial<Facts> = {
  connection: { ...facts.connection, via: [athena, s3] },
}

describe('KmsContext.get of a forward access session', () => {
  has(throughServices, [
    ['aws:CalledVia', ['athena.amazonaws.com', 's3.amazonaws.com']],
    ['aws:CalledViaFirst', 'athena.amazonaws.com'],
    ['aws:CalledViaLast', 's3.amazonaws.com'],
    ['aws:ViaAWSService', 'true'],
    ['kms:ViaService', 's3.us-east-1.amazonaws.com'],
    ['aws:PrincipalIsAWSService', 'false'],
    ['aws:PrincipalArn', 'arn:aws:iam::111122223333:role/a'],
    ['aws:SourceIp', '127.0.0.1'],
    ['aws:UserAgent', 'sdk'],
    ['aws:SourceArn', undefined],
    ['aws:MultiFactorAuthPresent', undefined],
  ])

  for (const name of ['CreateGrant', 'ListGrants', 'RevokeGrant']) {
    it(`says of kms:${name} that the grant is for a resource of AWS's`, () => {
      const action = `kms:${name}`
      assert.equal(get('kms:GrantIsForAWSResource', { ...throughServices, action }), 'true')
      assert.equal(get('kms:GrantIsForAWSResource', { action }), 'false')
    })
  }

  it('has temporary credentials without MFA where a user has an access key', () => {
    const arn = 'arn:aws:iam::111122223333:user/u'
    const user: Caller = { ...caller, principal: { type: 'User', arn, account: '111122223333' } }
    assert.equal(get('aws:MultiFactorAuthPresent', { ...throughServices, caller: user }), 'false')
    assert.equal(get('aws:MultiFactorAuthPresent', { caller: user }), undefined)
  })

  it('has no key of KMS’s for actions on nothing of KMS’s', () => {
    const actions = ['kms:GenerateRandom', 'kms:ListAliases', 'kms:ListKeys', 'sts:AssumeRole']
    for (const action of [...actions, 'kms:ListRetirableGrants']) {
      const more = { ...throughServices, key: null, action }
      assert.equal(get('kms:ViaService', more), undefined, action)
      assert.equal(get('kms:CallerAccount', more), undefined, action)
      assert.equal(get('aws:ViaAWSService', more), 'true', action)
    }
    const more = { ...throughServices, key: null, action: 'kms:ConnectCustomKeyStore' }
    assert.equal(get('kms:ViaService', more), undefined)
    assert.equal(get('kms:CallerAccount', more), '111122223333')
  })
})

const nothing = parsePolicy('{"Version":"2012-10-17","Statement":[]}', 'vpcEndpoint')

describe('KmsContext.get of a request through a VPC endpoint', () => {
  const vpcEndpoint = {
    id: 'vpce-1234abcd',
    vpc: 'vpc-1234abcd',
    account: '111122223333',
    policy: { name: 'default', document: nothing },
  }
  has({ connection: { ...facts.connection, vpcEndpoint } }, [
    ['aws:SourceVpce', 'vpce-1234abcd'],
    ['aws:SourceVpc', 'vpc-1234abcd'],
    ['aws:VpcSourceIp', '127.0.0.1'],
    ['aws:SourceIp', undefined],
    ['aws:VpceAccount', '111122223333'],
    ['aws:VpceOrgID', 'o-exampleorgid'],
    ['aws:VpceOrgPaths', ['o-exampleorgid/r-ab12/ou-ab12-11111111/']],
    ['aws:ViaAWSService', 'false'],
  ])
})

describe('KmsContext.get of a service principal', () => {
  const service = (arn: string): Caller => ({
    ...caller,
    principal: { type: 'Service', arn, account: '111122223333' },
  })
  const source = { arn: 'arn:aws:s3:::bucket', account: '444455556666' }
  has(
    {
      action: 'kms:CreateGrant',
      caller: service('s3.amazonaws.com'),
      connection: { ...facts.connection, source },
    },
    [
      ['aws:PrincipalIsAWSService', 'true'],
      ['aws:PrincipalServiceName', 's3.amazonaws.com'],
      ['aws:PrincipalServiceNamesList', ['s3.amazonaws.com', 's3.us-east-1.amazonaws.com']],
      ['aws:PrincipalType', 'Service'],
      ['aws:SourceArn', 'arn:aws:s3:::bucket'],
      ['aws:SourceAccount', '444455556666'],
      ['aws:SourceOrgID', 'o-otherorgid'],
      ['aws:SourceOrgPaths', undefined],
      ['aws:ViaAWSService', 'false'],
      ['kms:GrantIsForAWSResource', 'false'],
      ['aws:PrincipalAccount', undefined],
      ['aws:PrincipalArn', undefined],
      ['aws:PrincipalOrgID', undefined],
      ['aws:PrincipalOrgPaths', undefined],
      ['aws:SourceIp', undefined],
      ['kms:CallerAccount', undefined],
      ['kms:ViaService', undefined],
    ],
  )

  it('has its other name in the Region, where it calls by that one', () => {
    const names = (arn: string) => get('aws:PrincipalServiceNamesList', { caller: service(arn) })
    assert.deepEqual(names('logs.us-east-1.amazonaws.com'), [
      'logs.amazonaws.com',
      'logs.us-east-1.amazonaws.com',
    ])
    assert.deepEqual(names('ec2.amazonaws.com.cn'), ['ec2.amazonaws.com.cn'])
  })
})

describe('KmsContext.entries', () => {
  it('gives every key that is present, once, with the value that get gives', () => {
    const context = new KmsContext({
      ...facts,
      ...throughServices,
      attestation: enclaveFacts,
      conditions: { 'kms:KeySpec': 'HMAC_256', encryptionContext: { a: 'b' } },
    })
    const names = new Set<string>()
    for (const [name, value] of context.entries()) {
      assert.equal(names.has(name.toLowerCase()), false, name)
      names.add(name.toLowerCase())
      assert.deepEqual(context.get(name.toLowerCase()), value, name)
    }
    for (const name of [
      'kms:keyspec',
      'kms:encryptioncontext:a',
      'kms:recipientattestation:pcr4',
      'aws:principaltag/team',
      'aws:calledvia',
      'kms:viaservice',
    ]) {
      assert.ok(names.has(name), name)
    }
  })
})

describe('names that differ only by case', () => {
  const twins = { conditions: { encryptionContext: { env: 'prod', ENV: 'other' } } }

  it('are refused when a policy asks for one of them', () => {
    assert.throws(() => get('kms:EncryptionContext:Env', twins), {
      code: 'ValidationException',
      message:
        'kms:encryptioncontext:env is ambiguous: the request has names that differ only by case.',
    })
  })

  it('do not matter while none does, or when their values are the same', () => {
    assert.equal(get('kms:EncryptionContext:other', twins), undefined)
    const same = { conditions: { encryptionContext: { env: 'prod', ENV: 'prod' } } }
    assert.equal(get('kms:EncryptionContext:env', same), 'prod')
  })
})
