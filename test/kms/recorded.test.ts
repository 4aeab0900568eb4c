/**
 * What AWS KMS answered (corpus/recorded): every case that is not stale and whose operations are all
 * built, replayed through the real SDK against a server of ours.
 */
import assert from 'node:assert/strict'
import { startServer } from '../../lib/http/server.ts'
import { operations } from '../../lib/kms/operations/index.ts'
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

    const offline = replayAgainst('')
    for (const { id, stale } of cases) {
      const missing = [...offline.operationsOf(id)].filter((name) => !operations.has(name))
      if (stale !== undefined) it.skip(`${id} (stale)`)
      else if (missing.length > 0) it.skip(`${id} (not built: ${missing.join(', ')})`)
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
