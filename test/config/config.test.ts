import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { trustAnchors } from '../../lib/attest/roots.ts'
import { ConfigError } from '../../lib/config/config-error.ts'
import { defaultConfig, type Config } from '../../lib/config/config.ts'
import { loadConfig } from '../../lib/config/load.ts'

const baseDir = join('/', 'etc', 'kms')
const keyPolicy = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::111122223333:root' },
      Action: 'kms:*',
      Resource: '*',
    },
  ],
}
const identityPolicy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*' }],
}
const trustPolicy = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: '111122223333' },
      Action: 'sts:AssumeRole',
    },
  ],
}

const files: Record<string, unknown> = {
  'iam/parent.json': identityPolicy,
  'iam/boundary.json': identityPolicy,
  'iam/trust.json': trustPolicy,
  'policies/enclave-only.json': keyPolicy,
  'policies/broken.json': { Version: '2012-10-17', Statement: [{ Effect: 'Maybe' }] },
}

/** Loads a config of these lines from a folder that has the files above. */
function load(text: string | Uint8Array, name = 'kms.yaml'): Promise<Config> {
  return loadConfig(join(baseDir, name), (path) => {
    if (path === join(baseDir, name)) return Buffer.from(text)
    const found = Object.entries(files).find(([file]) => join(baseDir, file) === path)
    if (!found) throw new Error(`ENOENT: no such file or directory, open '${path}'`)
    return Buffer.from(JSON.stringify(found[1]))
  })
}

async function refuses(text: string | Uint8Array, message: string | RegExp): Promise<void> {
  await assert.rejects(load(text), (error) => {
    assert.ok(error instanceof ConfigError, String(error))
    if (typeof message === 'string') assert.equal(error.message, message)
    else assert.match(error.message, message)
    assert.ok(error.message.startsWith(`${error.path}: `))
    assert.ok(!error.message.includes('\n'))
    return true
  })
}

const file = join(baseDir, 'kms.yaml')
const id = '1234abcd-12ab-34cd-56ef-1234567890ab'
const role = 'arn:aws:iam::111122223333:role/enclave-parent'

/** Every member at once. */
const example = `
account: "111122223333"            # default account
region: us-east-1
auth: open
port: 4600
host: 0.0.0.0
hosts: [Kms.local]
tls: true
logLevel: warn
workers: 1
roots: [simulated]
attestation: { maxAgeSeconds: 300, futureSkewSeconds: 60 }
principals:
  - arn: ${role}
    accessKeyId: AKIAENCLAVEPARENT0
    secretAccessKey: enclave-parent-secret
    sessionName: worker-1
    policies: [./iam/parent.json]
    boundary: ./iam/boundary.json
    trustPolicy: ./iam/trust.json
    tags: { team: payments }
organization: { id: o-exampleorgid, serviceControlPolicies: [], resourceControlPolicies: [] }
keys:
  - id: ${id}
    aliases: [alias/app]
    spec: SYMMETRIC_DEFAULT
    usage: ENCRYPT_DECRYPT
    policy: ./policies/enclave-only.json
    material: ${Buffer.alloc(32, 7).toString('base64')}
    tags: { app: demo }
    description: text
`

describe('loadConfig', () => {
  it('reads every member of the contract’s example', async () => {
    const { principals, ...config } = await load(example)
    assert.deepEqual(config, {
      account: '111122223333',
      region: 'us-east-1',
      options: {
        port: 4600,
        host: '0.0.0.0',
        data: undefined,
        databaseUrl: undefined,
        workers: 1,
        auth: 'open',
        tls: true,
        logLevel: 'warn',
      },
      hosts: ['kms.local'],
      attestation: { roots: ['simulated'], maxAgeMs: 300_000, futureSkewMs: 60_000 },
      organization: {
        id: 'o-exampleorgid',
        path: undefined,
        account: '111122223333',
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      vpcEndpoints: [],
      keys: [
        {
          account: '111122223333',
          region: 'us-east-1',
          id,
          aliases: ['alias/app'],
          spec: 'SYMMETRIC_DEFAULT',
          usage: 'ENCRYPT_DECRYPT',
          policy: JSON.stringify(keyPolicy),
          material: Buffer.alloc(32, 7),
          tags: { app: 'demo' },
          description: 'text',
        },
      ],
      quotas: undefined,
      webIdentityProviders: [],
    })
    const [parent, ...others] = principals
    assert.ok(parent)
    assert.equal(others.length, 0)
    const { caller, credential } = parent
    assert.equal(parent.arn, role)
    assert.equal(parent.trustPolicy?.name, 'trust.json')
    assert.equal(
      caller.principal.arn,
      'arn:aws:sts::111122223333:assumed-role/enclave-parent/worker-1',
    )
    assert.match(caller.userId, /^AROA.{17}:worker-1$/)
    assert.deepEqual(
      caller.policies.map(({ name }) => name),
      ['parent.json'],
    )
    assert.equal(caller.boundary?.name, 'boundary.json')
    assert.deepEqual(caller.tags, { team: 'payments' })
    assert.deepEqual(credential, {
      accessKeyId: 'AKIAENCLAVEPARENT0',
      secretAccessKey: 'enclave-parent-secret',
      caller,
    })
  })

  it('reads the same from JSON, whatever it is indented with', async () => {
    const config = {
      account: '444455556666',
      keys: [{ id, policy: keyPolicy }],
      principals: [{ arn: 'arn:aws:iam::444455556666:user/alice', policies: [identityPolicy] }],
    }
    for (const indent of [undefined, 2, '\t']) {
      const { account, keys, principals } = await load(JSON.stringify(config, null, indent))
      assert.equal(account, '444455556666')
      assert.equal(keys[0]?.policy, JSON.stringify(keyPolicy))
      assert.equal(keys[0].usage, 'ENCRYPT_DECRYPT')
      assert.equal(principals[0]?.credential, undefined)
      assert.equal(principals[0]?.caller.policies[0]?.name, 'principals[0].policies[0]')
    }
  })

  it('takes an empty file for the defaults', async () => {
    assert.deepEqual(await load(''), await defaultConfig())
    assert.deepEqual(await load('# nothing\n'), await defaultConfig())
  })

  it('names the file that cannot be read', async () => {
    const nothing = loadConfig(file, () => {
      throw new Error('ENOENT: no such file or directory')
    })
    await assert.rejects(nothing, {
      name: 'ConfigError',
      message: `${file}: cannot read it: ENOENT: no such file or directory`,
    })
    await refuses(Buffer.from([0xff, 0xfe]), `${file}: it is not UTF-8`)
    await refuses(
      Buffer.alloc(8 * 1024 * 1024 + 1, 0x20),
      `${file}: it has more than 8388608 bytes`,
    )
  })

  it('refuses YAML that says a thing twice, or is several documents, or has types of its own', async () => {
    await refuses('auth: open\nauth: strict\n', /kms\.yaml: Map keys must be unique at line 2/)
    await refuses(`keys:\n- id: ${id}\n  id: ${id}\n`, /kms\.yaml: Map keys must be unique/)
    await refuses('{"auth":"open","auth":"strict"}', /kms\.yaml: Map keys must be unique/)
    await refuses('--- {}\n--- {}\n', /kms\.yaml: Source contains multiple documents/)
    await refuses('host: !!js/function x\n', /kms\.yaml: Unresolved tag/)
    await refuses('host: [\n', /kms\.yaml: Flow sequence in block collection must be/)
    await refuses('host: *nowhere\n', /kms\.yaml: /)
  })

  it('refuses aliases that multiply, aliases that circle, and nesting without end', async () => {
    const more = (name: string, of: string) =>
      `${name}: &${name} [${Array(9).fill(`*${of}`).join()}]\n`
    const bomb = `a: &a [${Array(9).fill('x').join()}]\n${more('b', 'a')}${more('c', 'b')}${more('d', 'c')}`
    await refuses(bomb, /kms\.yaml: Excessive alias count/)
    await refuses(`keys:\n- id: ${id}\n  policy: &a { Statement: [*a] }\n`, /^keys\[0\]\.policy: /)
    await refuses('['.repeat(100_000), /kms\.yaml: /)
  })

  it('refuses what is not a map', async () => {
    await refuses('[]', 'config: want a map, got a list')
    await refuses('text', 'config: want a map, got a text')
  })
})

/** One line of YAML, and the refusal that it earns. */
const refusals: readonly (readonly [yaml: string, message: string])[] = [
  ['polcy: x', 'polcy: unknown member'],
  ['__proto__: x', '__proto__: unknown member'],
  ['constructor: x', 'constructor: unknown member'],
  [`keys: [{ id: ${id}, polcy: x }]`, 'keys[0].polcy: unknown member; did you mean policy?'],
  ['attestation: { maxAge: 1 }', 'attestation.maxAge: unknown member; did you mean maxAgeSeconds?'],
  ['account: 11112222333', 'account: want twelve digits; put an account id in quotes'],
  [
    'account: 011122223333',
    '/etc/kms/kms.yaml: account: a number that would not stay as it is written: put it in quotes',
  ],
  ['account: "1111-2222-3333"', 'account: want twelve digits'],
  ['account: [1]', 'account: want twelve digits, got a list'],
  ['region: US-EAST-1', 'region: want a text: a Region'],
  ['region: 1', 'region: want a text: a Region, got a number; put it in quotes'],
  ['auth: loose', 'auth: want open or strict, got "loose"'],
  ['auth: false', 'auth: want open or strict, got false'],
  ['port: 65536', 'port: want a whole number from 0 to 65535, got 65536'],
  ['port: -1', 'port: want a whole number from 0 to 65535, got -1'],
  ['port: 1.5', 'port: want a whole number from 0 to 65535, got 1.5'],
  ['port: kms', 'port: want a whole number from 0 to 65535, got "kms"'],
  ['port: []', 'port: want a whole number from 0 to 65535, got a list'],
  ['port:', 'port: want a whole number from 0 to 65535, got an empty value'],
  ['tls: 7', 'tls: want true or false, got 7'],
  ['tls: perhaps', 'tls: want true or false, got "perhaps"'],
  ['workers: 0', 'workers: want a whole number from 1 to 256, got 0'],
  ['data: ""', 'data: want a text that is not empty'],
  ['databaseUrl: mysql://x', 'databaseUrl: want a text: postgres://…'],
  ['logLevel: loud', 'logLevel: want trace, debug, info, warn, error, fatal or silent, got "loud"'],
  ['hosts: kms.local', 'hosts: want a list, got a text'],
  ['hosts: ["a b"]', 'hosts[0]: want a text: a host name'],
  [
    'roots: [mine]',
    'roots[0]: want simulated, aws, { file: path.pem } or { sha256: hex }, got a text',
  ],
  ['roots: [{ sha256: abc }]', 'roots[0].sha256: want a text of 64 hex digits'],
  ['roots: [{ file: a.pem, sha256: x }]', 'roots[0].file: unknown member'],
  [
    'roots: [{ file: a.pem }]',
    `roots[0].file: cannot read a.pem: ENOENT: no such file or directory, open '${join(baseDir, 'a.pem')}'`,
  ],
  [
    'attestation: { maxAgeSeconds: 0 }',
    'attestation.maxAgeSeconds: want a whole number from 1 to 315360000, got 0',
  ],
  [
    `principals: [{ arn: ${role} }, { arn: "arn:aws:iam::111122223333:role/path/${role.split('/').at(-1) ?? ''}" }]`,
    'principals[1].arn: the same role name as principals[0].arn',
  ],
  [
    'principals: [{ arn: "arn:aws:iam::111122223333:user/a" }, { arn: "arn:aws:iam::111122223333:user/b/A" }]',
    'principals[1].arn: the same user name as principals[0].arn',
  ],
  [
    `principals:
      - { arn: "arn:aws:iam::111122223333:user/a", mfaDevices: [&device { serialNumber: "arn:aws:iam::111122223333:mfa/a", seed: ${'A'.repeat(32)} }] }
      - { arn: "arn:aws:iam::111122223333:user/b", mfaDevices: [*device] }`,
    'principals[1].mfaDevices[0].serialNumber: the same MFA device as principals[0].mfaDevices[0].serialNumber',
  ],
  [
    'principals: [{}]',
    'principals[0].arn: want a text: the ARN of a user, a role, a root user or a federated user, got nothing',
  ],
  [
    'principals: [{ arn: alice }]',
    'principals[0].arn: want arn:aws:iam::ACCOUNT:user/NAME, …:role/NAME, …:root or …:federated-user/NAME',
  ],
  [
    `principals: [{ arn: ${role}, accessKeyId: AKIA }]`,
    'principals[0].secretAccessKey: want it beside accessKeyId',
  ],
  [
    `principals: [{ arn: ${role}, secretAccessKey: secret }]`,
    'principals[0].accessKeyId: want it beside secretAccessKey',
  ],
  [
    `principals: [{ arn: ${role}, accessKeyId: a/b, secretAccessKey: secret }]`,
    'principals[0].accessKeyId: want a text of 1 to 128 letters, digits, _ or -',
  ],
  [
    `principals: [{ arn: ${role}, sessionName: "a b" }]`,
    'principals[0].sessionName: want a text: a session name of 2 to 64 of A-Z a-z 0-9 _+=,.@-',
  ],
  [
    'principals: [{ arn: "arn:aws:iam::111122223333:user/a", sessionName: worker-1 }]',
    'principals[0].sessionName: only a role has one',
  ],
  [
    `principals: [{ arn: "arn:aws:iam::111122223333:root", trustPolicy: ${JSON.stringify(trustPolicy)} }]`,
    'principals[0].trustPolicy: only a role has one',
  ],
  [
    `principals: [{ arn: ${role}, policies: ./iam/parent.json }]`,
    'principals[0].policies: want a list, got a text',
  ],
  [
    `principals: [{ arn: ${role}, tags: { cost: 1.1 } }]`,
    'principals[0].tags.cost: want a text of at most 256 characters, got a number; put it in quotes',
  ],
  [
    `principals: [{ arn: ${role}, tags: { "aws:x": y } }]`,
    'principals[0].tags.aws:x: tags beginning with aws: are reserved',
  ],
  [
    `principals: [{ arn: ${role}, accessKeyId: A1, secretAccessKey: x }, { arn: ${role}, accessKeyId: A1, secretAccessKey: y }]`,
    'principals[1].accessKeyId: the same access key as principals[0].accessKeyId',
  ],
  [
    'organization: { id: x }',
    'organization.id: want a text: o- and 10 to 32 lower-case letters or digits',
  ],
  [
    'keys: [{ id: 1234 }]',
    'keys[0].id: want a text: a UUID in lower case, or mrk- and 32 hex digits, got a number; put it in quotes',
  ],
  [
    `keys: [{ id: ${id.toUpperCase()} }]`,
    'keys[0].id: want a text: a UUID in lower case, or mrk- and 32 hex digits',
  ],
  [`keys: [{ id: ${id} }, { id: ${id} }]`, 'keys[1].id: the same key id as keys[0].id'],
  [
    `keys: [{ id: ${id}, aliases: [alias/a, alias/a] }]`,
    'keys[0].aliases[1]: the same alias as keys[0].aliases[0]',
  ],
  ...['app', 'alias/', 'alias/aws/x', 'alias/a b', `alias/${'a'.repeat(251)}`].map(
    (alias) =>
      [
        `keys: [{ id: ${id}, aliases: ["${alias}"] }]`,
        'keys[0].aliases[0]: want a text: alias/ and a name of letters, digits, / _ or -',
      ] as const,
  ),
  [
    `keys: [{ id: ${id}, usage: SIGN_VERIFY }]`,
    'keys[0].usage: want one of the usages of SYMMETRIC_DEFAULT: ENCRYPT_DECRYPT',
  ],
  [
    `keys: [{ id: ${id}, spec: RSA_2048 }]`,
    'keys[0].usage: want one of the usages of RSA_2048: ENCRYPT_DECRYPT, SIGN_VERIFY',
  ],
  [
    `keys: [{ id: ${id}, policy: ./none.json }]`,
    `keys[0].policy: cannot read ./none.json: ENOENT: no such file or directory, open '${join(baseDir, 'none.json')}'`,
  ],
  [`keys: [{ id: ${id}, policy: 7 }]`, 'keys[0].policy: want a path or a document, got a number'],
  [`keys: [{ id: ${id}, material: "%" }]`, 'keys[0].material: want base64'],
  [`keys: [{ id: ${id}, material: YQ }]`, 'keys[0].material: want base64'],
  [
    `keys: [{ id: ${id}, material: YQ== }]`,
    'keys[0].material: key material: want 32 bytes for SYMMETRIC_DEFAULT, got 1',
  ],
  [
    'webIdentityProviders: [{ issuer: x, jwks: { keys: [] } }]',
    'webIdentityProviders[0].audience: want a text that is not empty, got nothing',
  ],
  ['quotas: off', 'quotas: want a map, got a text'],
]

describe('parseConfig', () => {
  for (const [yaml, message] of refusals) {
    it(`refuses ${yaml}`, () => refuses(yaml, message))
  }

  it('resolves the folder of the store beside the config', async () => {
    assert.equal((await load('data: ./state')).options.data, join(baseDir, 'state'))
  })

  it('takes an account that YAML reads as a number of twelve digits', async () => {
    assert.equal((await load('account: 111122223333')).account, '111122223333')
  })

  it('leaves dates in tags as the text that they are', async () => {
    const { keys } = await load(`keys: [{ id: ${id}, tags: { made: 2026-01-02 } }]`)
    assert.deepEqual(keys[0]?.tags, { made: '2026-01-02' })
  })

  it('refuses a broken policy with the path inside of it', async () => {
    await refuses(
      `keys: [{ id: ${id}, policy: policies/broken.json }]`,
      /^keys\[0\]\.policy: .*Statement\[0\]/,
    )
    await refuses(`keys: [{ id: ${id}, policy: "{" }]`, /^keys\[0\]\.policy: /)
    const inline = JSON.stringify(keyPolicy)
    await refuses(
      `principals: [{ arn: ${role}, policies: [${inline}] }]`,
      /^principals\[0\]\.policies\[0\]: /,
    )
    await refuses(
      `organization: { id: o-exampleorgid, serviceControlPolicies: [${inline}] }`,
      /^organization\.serviceControlPolicies\[0\]: /,
    )
  })

  it('takes a policy as a block of JSON text, as it is written', async () => {
    const { keys } = await load(
      `keys:\n- id: ${id}\n  policy: |\n    ${JSON.stringify(keyPolicy)}\n`,
    )
    assert.equal(keys[0]?.policy, `${JSON.stringify(keyPolicy)}\n`)
  })

  it('takes the only usage that a spec has', async () => {
    const { keys } = await load(`keys: [{ id: mrk-${'0'.repeat(32)}, spec: HMAC_256 }]`)
    assert.equal(keys[0]?.usage, 'GENERATE_VERIFY_MAC')
  })

  it('refuses a spec that the Region does not have', async () => {
    const key = (spec: string) => `keys: [{ id: ${id}, spec: ${spec}, usage: SIGN_VERIFY }]`
    await refuses(key('SM2'), /^keys\[0\]\.spec: us-east-1 has no such keys$/)
    const { keys } = await load(`region: cn-north-1\n${key('SM2')}`)
    assert.equal(keys[0]?.spec, 'SM2')
  })

  it('takes a private key as material, and refuses one of another spec', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    const material = privateKey.export({ type: 'pkcs8', format: 'der' })
    const key = (spec: string) =>
      `keys: [{ id: ${id}, spec: ${spec}, usage: SIGN_VERIFY, material: ${material.toString('base64')} }]`
    const { keys } = await load(key('ECC_NIST_P256'))
    assert.ok(keys[0]?.material)
    await refuses(key('ECC_NIST_P384'), /^keys\[0\]\.material: key material: /)
  })

  it('resolves the file of a root beside the config, and takes digests with colons', async () => {
    const digest = 'AB'.repeat(32).replace(/..(?!$)/g, '$&:')
    const { attestation } = await load(`roots: [aws, { sha256: "${digest}" }]`)
    assert.deepEqual(attestation.roots, ['aws', { sha256: digest }])
  })

  it('reads providers of web identities', async () => {
    const { webIdentityProviders } = await load(
      'webIdentityProviders: [{ issuer: x, jwks: { keys: [] }, audience: y }]',
    )
    assert.deepEqual(webIdentityProviders, [{ issuer: 'x', keys: [], audience: 'y' }])
  })

  it('reads the file of a root once, as a pipe can be', async () => {
    const root = readFileSync(new URL('../../certs/simulated-root.pem', import.meta.url))
    const read: string[] = []
    const config = await loadConfig(file, (path) => {
      read.push(path)
      return path === file ? Buffer.from('roots: [{ file: root.pem }]') : root
    })
    assert.deepEqual(read, [file, join(baseDir, 'root.pem')])
    const [anchor] = trustAnchors(config.attestation.roots)
    assert.equal(anchor?.name, join(baseDir, 'root.pem'))
  })

  it('takes an account id without quotes where YAML reads it as it stands', async () => {
    assert.equal((await load('account: 222233334444')).account, '222233334444')
    assert.equal((await load('account: "022233334444"')).account, '022233334444')
  })

  it('shows no secret in a refusal', async () => {
    const secret = 'do-not-show-me'
    for (const yaml of [
      `principals: [{ arn: ${role}, accessKeyId: [${secret}], secretAccessKey: ${secret} }]`,
      `principals: [{ arn: ${role}, accessKeyId: A, secretAccessKey: { x: ${secret} } }]`,
      `keys: [{ id: ${id}, material: "${secret}" }]`,
      `a: ]${secret}`,
      `a: "x" "${secret}"`,
    ]) {
      await assert.rejects(load(yaml), (error: Error) => !error.message.includes(secret))
    }
  })
})
