import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { mintAttestationDocument, type MintOptions } from '../../lib/attest/mint.ts'
import { trustAnchors } from '../../lib/attest/roots.ts'
import { Verifier } from '../../lib/attest/verify.ts'
import { decodeCoseSign1 } from '../../lib/codec/cose.ts'
import { decodeAttestationDocument, isDebug } from '../../lib/codec/document.ts'

const corpus = new URL('../../../shared/corpus/attestation/', import.meta.url)
const nowMs = Date.parse('2026-03-01T12:34:56.789Z')
const zero = Buffer.alloc(48)
const some = Buffer.alloc(48, 0x5a)

function verifier(): Verifier {
  const anchors = trustAnchors(['simulated'])
  return new Verifier({ anchors, maxAgeMs: 300_000, futureSkewMs: 60_000 })
}

async function mint(options: MintOptions = {}) {
  const bytes = Buffer.from(await mintAttestationDocument(options, nowMs))
  const { payload } = decodeCoseSign1(bytes)
  return { bytes, payload: Buffer.from(payload), document: decodeAttestationDocument(payload) }
}

function register(pcrs: ReadonlyMap<number, Uint8Array>, index: number): string {
  return Buffer.from(pcrs.get(index) ?? '').toString('hex')
}

describe('mintAttestationDocument', () => {
  it('frames a document as the Nitro Secure Module does', async () => {
    const { bytes, payload } = await mint()
    assert.equal(bytes.subarray(0, 8).toString('hex'), '8444a1013822a059')
    assert.equal(bytes.readUInt16BE(8), payload.length)
    assert.deepEqual(bytes.subarray(10, 10 + payload.length), payload)
    assert.equal(bytes.subarray(10 + payload.length, -96).toString('hex'), '5860')
  })

  it('writes the payload as since June 2025: bf … ff, nine keys in order, nulls', async () => {
    const { payload } = await mint()
    assert.equal(payload.subarray(0, 11).toString('latin1'), '\xbfimodule_id')
    const end = 'jpublic_key\xf6iuser_data\xf6enonce\xf6\xff'
    assert.equal(payload.subarray(-end.length).toString('latin1'), end)
    const keys = ['module_id', 'digest', 'timestamp', 'pcrs', 'certificate', 'cabundle']
    const places = [...keys, 'public_key', 'user_data', 'nonce'].map((key) =>
      payload.indexOf(Buffer.concat([Buffer.of(0x60 | key.length), Buffer.from(key)])),
    )
    assert.deepEqual(
      places,
      places.toSorted((one, other) => one - other),
    )
    assert.ok(places.every((place) => place > 0))
    const timestamp = payload.indexOf('itimestamp') + 10
    assert.equal(payload[timestamp], 0x1b)
    assert.equal(payload.readBigUInt64BE(timestamp + 1), BigInt(nowMs))
  })

  const titleOfSizes = 'has the size of captured documents'
  const index = new URL('index.json', corpus)
  const present = existsSync(index)
  ;(present ? it : it.skip)(
    present ? titleOfSizes : `${titleOfSizes} (skipped: no corpus)`,
    async () => {
      const entries = JSON.parse(readFileSync(index, 'utf8')) as {
        file: string
        expected: string
      }[]
      const sizes = entries
        .filter(({ expected }) => expected === 'valid')
        .map(({ file }) => readFileSync(new URL(file, corpus)).length)
      const { bytes } = await mint({ publicKey: Buffer.alloc(294), nonce: Buffer.alloc(20) })
      assert.ok(bytes.length >= Math.min(...sizes) && bytes.length <= Math.max(...sizes))
    },
  )

  it('has 16 zero registers and no key where nothing is said', async () => {
    const { document } = await mint()
    assert.equal(document.platform, 'nitro-enclave')
    assert.deepEqual(
      [...document.pcrs.keys()],
      Array.from({ length: 16 }, (_, at) => at),
    )
    for (const value of document.pcrs.values()) assert.deepEqual(Buffer.from(value), zero)
    assert.equal(document.publicKey, null)
    assert.equal(document.nonce, null)
    assert.equal(document.userData, null)
    assert.match(document.moduleId, /^i-[0-9a-f]{17}-enc[0-9a-f]{16}$/)
  })

  it('is believed under the simulated root, and under no other', async () => {
    const { bytes } = await mint({ pcrs: new Map([[0, some]]) })
    const verified = await verifier().verify(bytes, nowMs)
    assert.equal(verified.root.name, 'simulated')
    assert.equal(verified.debug, false)
    const stranger = new Verifier({
      anchors: trustAnchors(['aws']),
      maxAgeMs: 300_000,
      futureSkewMs: 60_000,
    })
    await assert.rejects(stranger.verify(bytes, nowMs), { code: 'CHAIN_ROOT_UNTRUSTED' })
  })

  it('is believed as long as a document may be old, and as far ahead as it may be', async () => {
    for (const timestampMs of [nowMs - 300_000, nowMs, nowMs + 60_000]) {
      const { bytes } = await mint({ timestampMs })
      await verifier().verify(bytes, nowMs)
    }
  })

  it('is believed at its own time, years away from now', async () => {
    const times = ['2019-01-01T00:00:00Z', '2020-07-04T12:00:00.001Z', '2049-12-31T23:59:59Z']
    for (const timestampMs of times.map((time) => Date.parse(time))) {
      const { bytes, document } = await mint({ timestampMs })
      assert.equal(document.timestampMs, timestampMs)
      await verifier().verify(bytes, timestampMs)
    }
  })

  it('has the published PCR3 and PCR4 of a role and an instance', async () => {
    const { document } = await mint({
      roleArn: 'arn:aws:iam::123456789012:role/Webserver',
      instanceId: 'i-1234567890abcdef0',
    })
    assert.equal(
      register(document.pcrs, 3),
      '78fce75db17cd4e0a3fb8dad3ad128ca5e77edbb2b2c7f75329dccd99aa5f6ef4fc1f1a452e315b9e98f9e312e6921e6',
    )
    assert.equal(
      register(document.pcrs, 4),
      '08f996b5d43e047a9eb51e7f548bfee7e164fd7dc8f65541f2ac09d6545ac812719327281c401a67a10fcba87ae79ce0',
    )
    assert.ok(document.moduleId.startsWith('i-1234567890abcdef0-enc'))
  })

  it('has zeros in PCR0, PCR1, PCR2 and PCR8 in debug mode, and keeps the rest', async () => {
    const pcrs = new Map([[5, some]])
    const { document } = await mint({ pcrs, debug: true, instanceId: 'i-1234567890abcdef0' })
    for (const index of [0, 1, 2, 8])
      assert.equal(register(document.pcrs, index), zero.toString('hex'))
    assert.equal(register(document.pcrs, 5), some.toString('hex'))
    assert.notEqual(register(document.pcrs, 4), zero.toString('hex'))
    assert.equal(isDebug(document), true)
  })

  it('lists registers that are named above 15, in order', async () => {
    const { document } = await mint({
      pcrs: new Map([
        [31, some],
        [16, some],
      ]),
    })
    assert.deepEqual([...document.pcrs.keys()], [...Array.from({ length: 17 }, (_, at) => at), 31])
  })

  it('carries key, nonce and user data of 0 to 1024 bytes as they are', async () => {
    for (const size of [0, 1, 1024]) {
      const bytes = Buffer.alloc(size, 7)
      const { document } = await mint({ publicKey: bytes, nonce: bytes, userData: bytes })
      for (const member of ['publicKey', 'nonce', 'userData'] as const) {
        assert.deepEqual(Buffer.from(document[member]!), bytes, `${member} of ${size} bytes`)
      }
    }
  })

  it('gives one enclave one module id, and another image another', async () => {
    const one = await mint({ pcrs: new Map([[0, some]]) })
    const same = await mint({ pcrs: new Map([[0, some]]), nonce: Buffer.from('a') })
    const other = await mint({ pcrs: new Map([[0, Buffer.alloc(48, 1)]]) })
    assert.equal(one.document.moduleId, same.document.moduleId)
    assert.notEqual(one.document.moduleId, other.document.moduleId)
  })

  it('takes the module id and region that are said', async () => {
    const moduleId = 'i-0123456789abcdef0-enc0198bc503b57519e'
    const { document, bytes } = await mint({ moduleId, region: 'eu-west-1' })
    assert.equal(document.moduleId, moduleId)
    assert.ok(bytes.includes(`${moduleId}.eu-west-1.simulated`))
  })

  describe('for nitro-tpm', () => {
    it('writes nitrotpm_pcrs, 24 of them, and the module id of a TPM', async () => {
      const { document, payload } = await mint({
        platform: 'nitro-tpm',
        instanceId: 'i-1234567890abcdef0',
        pcrs: new Map([[4, some]]),
      })
      assert.equal(document.platform, 'nitro-tpm')
      assert.ok(payload.includes(Buffer.from('\x6dnitrotpm_pcrs\xb8\x18', 'latin1')))
      assert.equal(document.pcrs.size, 24)
      assert.equal(register(document.pcrs, 4), some.toString('hex'))
      assert.equal(document.moduleId, 'i-1234567890abcdef0-tpm0000000000000000')
    })

    it('is believed', async () => {
      const { bytes } = await mint({ platform: 'nitro-tpm' })
      const { debug } = await verifier().verify(bytes, nowMs)
      assert.equal(debug, false)
    })
  })
})
