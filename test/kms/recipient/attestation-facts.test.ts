import assert from 'node:assert/strict'
import { trustAnchors } from '../../../lib/attest/roots.ts'
import { mintAttestationDocument, type MintOptions } from '../../../lib/attest/mint.ts'
import { Verifier } from '../../../lib/attest/verify.ts'
import { attestationFacts } from '../../../lib/kms/recipient/attestation-facts.ts'

const nowMs = Date.parse('2026-03-01T12:00:00.000Z')

async function factsOf(options: MintOptions) {
  const anchors = trustAnchors(['simulated'])
  const verifier = new Verifier({ anchors, maxAgeMs: 300_000, futureSkewMs: 60_000 })
  return attestationFacts(
    await verifier.verify(await mintAttestationDocument(options, nowMs), nowMs),
  )
}

describe('attestationFacts', () => {
  it('are what the document says, registers in lower-case hex', async () => {
    const pcrs = new Map([[0, Buffer.alloc(48, 0xab)]])
    const facts = await factsOf({ pcrs, instanceId: 'i-08e0d9d2da1c6b79e' })
    assert.equal(facts.platform, 'nitro-enclave')
    assert.match(facts.moduleId, /^i-08e0d9d2da1c6b79e-enc[0-9a-f]{16}$/)
    assert.equal(facts.pcrs.get(0), 'ab'.repeat(48))
    assert.equal(facts.pcrs.get(15), '00'.repeat(48))
    assert.equal(facts.pcrs.has(16), false)
    assert.equal(facts.debug, false)
    assert.equal(facts.timestampMs, nowMs)
    assert.equal(facts.root, 'simulated')
  })

  it('say that an enclave is in debug mode', async () => {
    assert.equal((await factsOf({ debug: true })).debug, true)
  })

  it('tell a NitroTPM from an enclave', async () => {
    const facts = await factsOf({ platform: 'nitro-tpm' })
    assert.equal(facts.platform, 'nitro-tpm')
    assert.equal(facts.debug, false)
    assert.equal(facts.pcrs.size, 24)
  })
})
