import assert from 'node:assert/strict'
import { MfaDevices } from '../../lib/sts/mfa.ts'

const arn = 'arn:aws:iam::111122223333:user/alice'
const serialNumber = 'arn:aws:iam::111122223333:mfa/alice'
const seed = Buffer.from('12345678901234567890')

function devices(): MfaDevices {
  return new MfaDevices(new Map([[arn, [{ serialNumber, seed }]]]))
}

function proves(mfa: MfaDevices, code: string, seconds: number): boolean {
  try {
    return mfa.isProved(arn, { SerialNumber: serialNumber, TokenCode: code }, seconds * 1000)
  } catch {
    return false
  }
}

/** RFC 6238, appendix B, the last six digits of each. */
const published: readonly (readonly [seconds: number, code: string])[] = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
]

describe('MfaDevices', () => {
  it('takes the codes of RFC 6238', () => {
    for (const [seconds, code] of published) assert.ok(proves(devices(), code, seconds), code)
  })

  it('takes a code two steps early or late, and no more', () => {
    const step = [1_111_111_111, '050471'] as const
    for (const [off, wanted] of [
      [-90, false],
      [-60, true],
      [-30, true],
      [0, true],
      [30, true],
      [60, true],
      [90, false],
    ] as const) {
      assert.equal(proves(devices(), step[1], step[0] + off), wanted, String(off))
    }
  })

  it('takes each code once, in any order, until it is reset', () => {
    const mfa = devices()
    assert.ok(proves(mfa, '050471', 1_111_111_111))
    assert.ok(!proves(mfa, '050471', 1_111_111_111))
    assert.ok(proves(mfa, '081804', 1_111_111_111))
    for (const later of [0, 30, 60]) {
      assert.ok(!proves(mfa, '050471', 1_111_111_111 + later), String(later))
    }
    assert.ok(!proves(mfa, '081804', 1_111_111_111))
    mfa.reset()
    assert.ok(proves(mfa, '081804', 1_111_111_111))
  })

  it('proves nothing where nothing is given', () => {
    const nothing = { SerialNumber: undefined, TokenCode: undefined }
    assert.equal(devices().isProved(arn, nothing, 0), false)
  })
})
