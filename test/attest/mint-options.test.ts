import assert from 'node:assert/strict'
import { enclaveModuleId, settle, type MintOptions } from '../../lib/attest/mint-options.ts'

const nowMs = Date.parse('2026-03-01T12:34:56.789Z')
const some = Buffer.alloc(48, 0x5a)

describe('settle', () => {
  it('takes the time that is said, and now where none is', () => {
    assert.equal(settle({}, nowMs).content.timestampMs, nowMs)
    assert.equal(settle({ timestampMs: nowMs - 1 }, nowMs).content.timestampMs, nowMs - 1)
  })

  it('takes a register that says the same as the role', () => {
    const roleArn = 'arn:aws:iam::123456789012:role/service/Webserver'
    const pcr3 = settle({ roleArn }, nowMs).content.pcrs.get(3)!
    const { pcrs } = settle({ roleArn, pcrs: new Map([[3, pcr3]]) }, nowMs).content
    assert.deepEqual(pcrs.get(3), pcr3)
  })

  it('reads the instance from the module id', () => {
    const moduleId = 'i-0123456789abcdef0-enc0198bc503b57519e'
    const { origin } = settle({ moduleId }, nowMs)
    assert.deepEqual(origin, { region: 'us-east-1', instanceId: 'i-0123456789abcdef0', moduleId })
  })

  it('has a zero register for each that is not named', () => {
    for (const [platform, count] of [
      ['nitro-enclave', 16],
      ['nitro-tpm', 24],
    ] as const) {
      const { pcrs } = settle({ platform, pcrs: new Map([[9, some]]) }, nowMs).content
      assert.deepEqual(
        [...pcrs],
        Array.from({ length: count }, (_, at) => [at, at === 9 ? some : Buffer.alloc(48)]),
      )
    }
  })

  it('has zeros for the registers of an image in debug mode, and keeps the others', () => {
    const named: MintOptions['pcrs'] = { 0: 'cd'.repeat(48), 5: 'ab'.repeat(48) }
    const { pcrs } = settle({ pcrs: named, debug: true }, nowMs).content
    assert.deepEqual(pcrs.get(0), Buffer.alloc(48))
    assert.deepEqual(pcrs.get(5), Buffer.alloc(48, 0xab))
  })

  const refused: readonly (readonly [name: string, options: MintOptions, member: string])[] = [
    ['register 32', { pcrs: new Map([[32, some]]) }, 'pcrs.32'],
    ['register -1', { pcrs: new Map([[-1, some]]) }, 'pcrs.-1'],
    ['register 0.5', { pcrs: new Map([[0.5, some]]) }, 'pcrs.0.5'],
    [
      'register 24 of a NitroTPM',
      { platform: 'nitro-tpm', pcrs: new Map([[24, some]]) },
      'pcrs.24',
    ],
    ['a register of 47 bytes', { pcrs: new Map([[1, some.subarray(1)]]) }, 'pcrs.1'],
    ['a register of SHA-256', { pcrs: new Map([[1, some.subarray(16)]]) }, 'pcrs.1'],
    ['a public key of 1025 bytes', { publicKey: Buffer.alloc(1025) }, 'publicKey'],
    ['a nonce of 1025 bytes', { nonce: Buffer.alloc(1025) }, 'nonce'],
    ['user data of 1025 bytes', { userData: Buffer.alloc(1025) }, 'userData'],
    [
      'the ARN of a role session',
      { roleArn: 'arn:aws:sts::123456789012:assumed-role/Webserver/i-1' },
      'roleArn',
    ],
    [
      'the ARN of an instance profile',
      { roleArn: 'arn:aws:iam::123456789012:instance-profile/Webserver' },
      'roleArn',
    ],
    ['an instance id of other letters', { instanceId: 'i-web' }, 'instanceId'],
    ['an empty instance id', { instanceId: '' }, 'instanceId'],
    [
      'a PCR3 that is not of the role',
      { roleArn: 'arn:aws:iam::123456789012:role/Webserver', pcrs: new Map([[3, some]]) },
      'pcrs.3',
    ],
    [
      'a PCR4 that is not of the instance',
      { instanceId: 'i-1234567890abcdef0', pcrs: new Map([[4, some]]) },
      'pcrs.4',
    ],
    ['a register with 0x', { pcrs: { 1: `0x${'ab'.repeat(48)}` } }, 'pcrs.1'],
    ['a NitroTPM in debug mode', { platform: 'nitro-tpm', debug: true }, 'debug'],
    [
      'a NitroTPM with a role',
      { platform: 'nitro-tpm', roleArn: 'arn:aws:iam::123456789012:role/Webserver' },
      'roleArn',
    ],
    ['a module id of another form', { moduleId: 'enclave-1' }, 'moduleId'],
    [
      'a module id of another instance',
      { instanceId: 'i-1234567890abcdef0', moduleId: 'i-0123456789abcdef0-enc0198bc503b57519e' },
      'moduleId',
    ],
    ['a region of other letters', { region: 'US EAST' }, 'region'],
    ['a time before the root', { timestampMs: Date.parse('2018-12-31T23:59:59Z') }, 'timestamp'],
    ['a time after the root', { timestampMs: Date.parse('2050-01-01T00:00:00Z') }, 'timestamp'],
    ['a time that is no number', { timestampMs: NaN }, 'timestamp'],
  ]
  for (const [name, options, member] of refused) {
    it(`refuses ${name}`, () => {
      const facts = { member }
      assert.throws(() => settle(options, nowMs), {
        name: 'DecodeError',
        code: 'MINT_OPTION',
        message: new RegExp(`^${member}: `),
        facts,
      })
    })
  }
})

describe('enclaveModuleId', () => {
  it('is launch time and two bytes in 16 digits', () => {
    const launchMs = 0x0190c1a361c2
    const moduleId = enclaveModuleId('i-08e0d9d2da1c6b79e', launchMs, Buffer.from('dca6', 'hex'))
    assert.equal(moduleId, 'i-08e0d9d2da1c6b79e-enc0190c1a361c2dca6')
  })
})
