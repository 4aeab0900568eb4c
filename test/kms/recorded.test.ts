/**
 * What AWS KMS answered (corpus/recorded): every case that is not stale, replayed through the real SDK against a server of ours.
 */
import assert from 'node:assert/strict'
import { startServer } from '../../lib/http/server.ts'
import { Replay, recordedCases } from '../support/recorded.ts'
import { defaultAccount } from '../support/sdk.ts'

const cases = recordedCases()

if (!cases) {
  describe('recorded answers of AWS KMS (skipped: ../shared/corpus/recorded is absent)', () => {
    it.skip('are replayed')
  })
} else {
  describe('recorded answers of AWS KMS', function () {
    // RSA keys of 4096 bits, and ten seconds of `until`.
    this.timeout(60_000)
    let server: Awaited<ReturnType<typeof startServer>>
    let player: Replay

    before(async () => {
      server = await startServer({ port: 0 })
      player = replayAgainst(server.url)
    })
    after(async () => {
      player.close()
      await server.close()
    })

    for (const { id, stale } of cases) {
      if (stale !== undefined) it.skip(`${id} (stale)`)
      else {
        it(id, async () => {
          const { problem } = await player.play(id)
          assert.equal(problem, undefined)
        })
      }
    }

    function replayAgainst(endpoint: string): Replay {
      const [region, region2] = ['us-east-1', 'eu-west-1']
      return new Replay(cases ?? [], { endpoint, account: defaultAccount, region, region2 })
    }
  })
}
