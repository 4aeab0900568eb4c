import assert from 'node:assert/strict'
import {
  enclavePcrs,
  extendPcr,
  instanceIdPcr,
  nitroTpmPcrs,
  roleArnPcr,
  zeroPcr,
} from '../../lib/attest/pcr.ts'

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

const families = [
  ['enclavePcrs', enclavePcrs, 16],
  ['nitroTpmPcrs', nitroTpmPcrs, 24],
] as const
for (const [name, registersOf, count] of families) {
  describe(name, () => {
    it(`is ${count} zero registers, new ones each time`, () => {
      const registers = registersOf()
      assert.deepEqual(
        [...registers],
        Array.from({ length: count }, (_, index) => [index, zeroPcr()]),
      )
      registers.get(0)!.fill(1)
      assert.deepEqual(registersOf().get(0), zeroPcr())
    })
  })
}
