import assert from 'node:assert/strict'
import { Clock } from '../../lib/kms/clock.ts'

function near(actual: number, wanted: number): void {
  assert.ok(Math.abs(actual - wanted) < 1_000, `${actual} is not near ${wanted}`)
}

describe('Clock', () => {
  it('is the machine’s until it is set', () => {
    near(new Clock().nowMs(), Date.now())
  })

  it('goes on running from where it is set', async () => {
    const clock = new Clock()
    clock.set(1_000_000)
    const first = clock.nowMs()
    near(first, 1_000_000)
    await new Promise((resolve) => setTimeout(resolve, 20))
    assert.ok(clock.nowMs() > first)
  })

  it('is put forward and back, and is the machine’s again', () => {
    const clock = new Clock()
    clock.advance(60_000)
    clock.advance(-10_000)
    near(clock.nowMs(), Date.now() + 50_000)
    clock.reset()
    near(clock.nowMs(), Date.now())
  })
})
