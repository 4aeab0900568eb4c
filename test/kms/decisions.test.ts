import assert from 'node:assert/strict'
import {
  Decisions,
  type Decision,
  type DecisionRecord,
  type Refusal,
} from '../../lib/kms/decisions.ts'
import { answer, call, outcome } from '../support/call.ts'
import { enclave, image, recipientOf } from '../support/enclaves.ts'
import { allow, closedPolicy } from '../support/policies.ts'
import { arns, keyIds, parentArn, parentSessionArn, useKms } from '../support/scene.ts'

function record(requestId: string, effect: DecisionRecord['verdict']['effect']): DecisionRecord {
  const principal = {
    type: 'Account',
    arn: 'arn:aws:iam::111122223333:root',
    account: '111122223333',
  }
  return {
    requestId,
    timeMs: 0,
    request: {
      principal: principal as DecisionRecord['request']['principal'],
      action: `kms:${effect}`,
      resource: '*',
      resourceAccount: '111122223333',
      context: { get: () => undefined, entries: () => [] },
    },
    policies: { keyPolicy: null, identity: [], grants: [] },
    verdict: { effect, decidedBy: 'IDENTITY_BASED_POLICY' },
    attestation: null,
    takesRecipient: false,
    message: '',
  }
}

function refusal(requestId: string): Refusal {
  return {
    requestId,
    timeMs: Date.parse('2026-03-01T12:00:00Z'),
    action: 'kms:Decrypt',
    resource: '*',
    principal: 'arn:aws:iam::111122223333:root',
    message: 'refused',
    attestation: {
      platform: 'nitro-tpm',
      moduleId: 'm',
      pcrs: new Map([[4, 'ab']]),
      debug: false,
      timestampMs: Date.parse('2026-03-01T11:00:00Z'),
      root: null,
    },
    hints: ['a hint'],
  }
}

describe('Decisions', () => {
  it('keeps the last ones, and no more than it was made for', () => {
    const decisions = new Decisions(3)
    for (const id of ['a', 'b', 'c', 'd']) decisions.record(record(id, 'ALLOW'))
    assert.equal(decisions.find('a'), undefined)
    for (const id of ['b', 'c', 'd']) assert.equal(decisions.find(id)?.requestId, id)
  })

  it('finds the refusal where one of several was refused, else the last', () => {
    const decisions = new Decisions(10)
    for (const effect of ['ALLOW', 'IMPLICIT_DENY'] as const) decisions.record(record('a', effect))
    decisions.record(record('b', 'ALLOW'))
    assert.equal(decisions.find('a')?.action, 'kms:IMPLICIT_DENY')
    assert.equal(decisions.find('b')?.action, 'kms:ALLOW')
  })

  it('keeps a refusal that no policy was asked about, in its turn', () => {
    const decisions = new Decisions(2)
    decisions.recordRefusal(refusal('a'))
    decisions.record(record('b', 'ALLOW'))
    assert.equal(decisions.last()?.requestId, 'b')
    assert.deepEqual(decisions.find('a'), {
      requestId: 'a',
      time: '2026-03-01T12:00:00.000Z',
      action: 'kms:Decrypt',
      resource: '*',
      principal: 'arn:aws:iam::111122223333:root',
      effect: 'IMPLICIT_DENY',
      message: 'refused',
      requestContext: {},
      evaluations: [],
      attestation: {
        platform: 'nitro-tpm',
        moduleId: 'm',
        pcrs: { '4': 'ab' },
        debug: false,
        timestamp: '2026-03-01T11:00:00.000Z',
        root: null,
      },
      hints: ['a hint'],
    })
    decisions.recordRefusal(refusal('c'))
    assert.equal(decisions.find('a'), undefined)
    assert.equal(decisions.last()?.requestId, 'c')
  })

  it('forgets', () => {
    const decisions = new Decisions(10)
    decisions.record(record('a', 'ALLOW'))
    decisions.recordRefusal(refusal('b'))
    decisions.clear()
    assert.equal(decisions.last(), undefined)
    assert.equal(decisions.find('a'), undefined)
  })
})

describe('GET /_/decisions', () => {
  const kms = useKms(['symmetric'])
  const input = { KeyId: keyIds.symmetric, KeySpec: 'AES_256' }

  async function decisionOf(requestId: string): Promise<Decision> {
    return (await kms.control('GET', `/_/decisions/${requestId}`)) as Decision
  }

  before(() => {
    const Condition = {
      StringEquals: { 'kms:RecipientAttestation:PCR0': image.toString('hex') },
    }
    const Policy = closedPolicy(allow('kms:GenerateDataKey', parentArn, { Condition }))
    return call(kms.root, 'PutKeyPolicy', { KeyId: keyIds.symmetric, Policy })
  })

  it('says why a call was refused, condition by condition', async () => {
    const { requestId, body } = await outcome(kms.parent, 'GenerateDataKey', input)
    const decision = await decisionOf(requestId)
    assert.equal(decision.requestId, requestId)
    assert.equal(decision.effect, 'IMPLICIT_DENY')
    assert.equal(decision.action, 'kms:GenerateDataKey')
    assert.equal(decision.resource, arns.symmetric)
    assert.equal(decision.principal, parentSessionArn)
    assert.equal(decision.message, body.Message)
    assert.equal(decision.attestation, null)
    const policy = decision.evaluations.find(
      ({ policyType }) => policyType === 'RESOURCE_BASED_POLICY',
    )
    const element = policy?.statements
      .flatMap(({ elements }) => elements)
      .find(({ key }) => key === 'kms:RecipientAttestation:PCR0')
    assert.equal(element?.matched, false)
    assert.deepEqual(element.expected, [image.toString('hex')])
    assert.equal(element.actual, null)
    assert.ok(decision.hints.length > 0)
  })

  it('says why a call was allowed, and what the document was', async () => {
    const document = await (await enclave()).attest()
    const given = { ...input, ...recipientOf(document) }
    const { requestId } = await answer(kms.parent, 'GenerateDataKey', given)
    const decision = await decisionOf(requestId)
    assert.equal(decision.effect, 'ALLOW')
    assert.equal(decision.message, '')
    assert.equal(decision.attestation?.platform, 'nitro-enclave')
    assert.equal(decision.attestation.moduleId, (await enclave()).moduleId)
    assert.equal(decision.attestation.pcrs['0'], image.toString('hex'))
    assert.equal(decision.attestation.root, 'simulated')
    assert.equal(decision.attestation.debug, false)
    assert.match(decision.attestation.timestamp, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    assert.equal(decision.requestContext['kms:RecipientAttestation:PCR0'], image.toString('hex'))
  })

  it('keeps no secret', async () => {
    const given = { KeyId: keyIds.symmetric, Plaintext: Buffer.from('a very secret text') }
    const { requestId } = await outcome(kms.parent, 'Encrypt', given)
    const text = JSON.stringify(await decisionOf(requestId))
    for (const secret of ['a very secret text', given.Plaintext.toString('base64')]) {
      assert.equal(text.includes(secret), false)
    }
    assert.equal(text.includes('enclave-parent-secret'), false)
  })

  it('answers 404 for a request that nobody made', async () => {
    await assert.rejects(decisionOf('00000000-0000-4000-8000-000000000000'), { message: /404/ })
  })
})
