/**
 * Clients of every language against one server: each is installed by its own package manager, runs
 * its program, and has to have seen what the scenario says, step by step. A client whose toolchain
 * is missing is skipped by name.
 */
import assert from 'node:assert/strict'
import { aliasOf, openScene, type Scene } from './scene.ts'
import type { Check } from './check.ts'
import { clients, encryptionSdk, type Client } from './clients.ts'
import { encryptionSdkScenario } from './encryption-sdk-steps.ts'
import { install, run, type Steps } from './run.ts'
import { commonScenario } from './steps.ts'
import { missing } from './tools.ts'

describe('interoperability', () => {
  let scene: Scene

  before(async () => {
    scene = await openScene()
  })

  after(() => scene.close())

  for (const client of clients) scenario(client, commonScenario)
  scenario(encryptionSdk, encryptionSdkScenario)

  function scenario(client: Client, checks: readonly Check[]): void {
    const lacking = missing(client.tools)
    if (lacking !== '') {
      it.skip(`${client.name} (skipped: no ${lacking})`)
      return
    }

    describe(client.name, () => {
      let all: Steps = {}

      before('installs it and runs its program', async () => {
        await install(client)
        all = await run(client, scene.variables(client))
      })

      it('runs every step, and no other', () => {
        assert.deepEqual(Object.keys(all).sort(), checks.map(({ step }) => step).sort())
      })

      for (const { step, title, holds } of checks) {
        it(title, () => holds(all[step] ?? {}, { all, alias: aliasOf(client), kms: scene.kms }))
      }
    })
  }
})
