import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import {
  enclavePcrs,
  extendPcr,
  instanceIdPcr,
  nitroTpmPcrs,
  roleArnPcr,
  zeroPcr,
} from '../../lib/attest/pcr.ts'
import { decodeCoseSign1 } from '../../lib/codec/cose.ts'
import { decodeAttestationDocument } from '../../lib/codec/document.ts'

const captured = new URL(
  '../../../shared/corpus/attestation/nitrotpm-live-fixture-20260813.cose',
  import.meta.url,
)

function hex(value: Uint8Array | undefined): string {
  return Buffer.from(value ?? []).toString('hex')
}

describe('roleArnPcr', () => {
  it('gives the value that AWS publishes', () => {
    assert.equal(
      hex(roleArnPcr('arn:aws:iam::123456789012:role/Webserver')),
      '78fce75db17cd4e0a3fb8dad3ad128ca5e77edbb2b2c7f75329dccd99aa5f6ef4fc1f1a452e315b9e98f9e312e6921e6',
    )
  })
})

describe('instanceIdPcr', () => {
  it('gives the value that AWS publishes', () => {
    assert.equal(
      hex(instanceIdPcr('i-1234567890abcdef0')),
      '08f996b5d43e047a9eb51e7f548bfee7e164fd7dc8f65541f2ac09d6545ac812719327281c401a67a10fcba87ae79ce0',
    )
  })
})

describe('extendPcr', () => {
  it('depends on what was measured before', () => {
    const once = extendPcr(zeroPcr(), 'a')
    assert.equal(once.length, 48)
    assert.notDeepEqual(extendPcr(once, 'b'), extendPcr(extendPcr(zeroPcr(), 'b'), 'a'))
  })
})

describe('enclavePcrs', () => {
  it('is 16 zero registers, new ones each time', () => {
    const registers = enclavePcrs()
    assert.deepEqual(
      [...registers.keys()],
      Array.from({ length: 16 }, (_, index) => index),
    )
    registers.get(0)!.fill(1)
    assert.deepEqual(enclavePcrs().get(0), zeroPcr())
  })
})

describe('nitroTpmPcrs', () => {
  const title = 'has the registers of a captured document that are the same everywhere'
  const present = existsSync(captured)
  ;(present ? it : it.skip)(present ? title : `${title} (skipped: no corpus)`, () => {
    const real = decodeAttestationDocument(decodeCoseSign1(readFileSync(captured)).payload)
    const registers = nitroTpmPcrs()
    assert.equal(registers.size, 24)
    for (const index of [2, 3, 6, 7, 8, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]) {
      assert.equal(hex(registers.get(index)), hex(real.pcrs.get(index)), `PCR${index}`)
    }
  })
})
