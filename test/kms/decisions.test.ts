import assert from 'node:assert/strict'
import { show, type Decision } from '../../lib/kms/decision.ts'
import {
  Decisions,
  type DecisionRecord,
  type Found,
  type Refusal,
} from '../../lib/kms/decisions.ts'
import type { OperationName } from '../../lib/kms/model/types.ts'
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

function shown(found: Found | undefined): Decision | undefined {
  return found && show(found)
}

describe('Decisions', () => {
  it('keeps the last ones, and no more than it was made for', () => {
    const decisions = new Decisions(3)
    for (const id of ['a', 'b', 'c', 'd']) decisions.record(record(id, 'ALLOW'))
    assert.equal(shown(decisions.find('a')), undefined)
    for (const id of ['b', 'c', 'd']) assert.equal(shown(decisions.find(id))?.requestId, id)
  })

  it('finds the refusal where one of several was refused, else the last', () => {
    const decisions = new Decisions(10)
    for (const effect of ['ALLOW', 'IMPLICIT_DENY'] as const) decisions.record(record('a', effect))
    decisions.record(record('b', 'ALLOW'))
    assert.equal(shown(decisions.find('a'))?.action, 'kms:IMPLICIT_DENY')
    assert.equal(shown(decisions.find('b'))?.action, 'kms:ALLOW')
  })

  it('shows the others of a call beside it, in the order of the questions', () => {
    const decisions = new Decisions(4)
    const asked = (action: string, effect: DecisionRecord['verdict']['effect']) => {
      const one = record('a', effect)
      decisions.record({ ...one, request: { ...one.request, action } })
    }
    asked('lost', 'ALLOW')
    for (const action of ['first', 'second']) asked(action, 'ALLOW')
    decisions.record(record('b', 'ALLOW'))
    asked('third', 'ALLOW')
    assert.equal(shown(decisions.find('a'))?.action, 'third')
    assert.deepEqual(
      shown(decisions.find('a'))?.others?.map(({ action, others }) => [action, others]),
      [
        ['first', undefined],
        ['second', undefined],
      ],
    )
    assert.equal('others' in shown(decisions.find('b'))!, false)
    decisions.recordRefusal(refusal('b'))
    assert.equal(shown(decisions.find('b'))?.message, 'refused')
    assert.deepEqual(
      shown(decisions.find('b'))?.others?.map(({ effect }) => effect),
      ['ALLOW'],
    )
  })

  it('keeps a refusal that no policy was asked about, in its turn', () => {
    const decisions = new Decisions(2)
    decisions.recordRefusal(refusal('a'))
    decisions.record(record('b', 'ALLOW'))
    assert.equal(shown(decisions.last())?.requestId, 'b')
    assert.deepEqual(shown(decisions.find('a')), {
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
      nearestMiss: null,
    })
    decisions.recordRefusal(refusal('c'))
    assert.equal(shown(decisions.find('a')), undefined)
    assert.equal(shown(decisions.last())?.requestId, 'c')
  })

  it('forgets', () => {
    const decisions = new Decisions(10)
    decisions.record(record('a', 'ALLOW'))
    decisions.recordRefusal(refusal('b'))
    decisions.clear()
    assert.equal(shown(decisions.last()), undefined)
    assert.equal(shown(decisions.find('a')), undefined)
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

  it('says where a refused key policy is wrong, beside the permission to put it', async () => {
    const good = { Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' }
    const bad = { ...good, Principal: { AWS: ['*', 'arn:aws:iam::1:role/short'] } }
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [good, bad] })
    const KeyId = keyIds.symmetric
    const wanted: readonly (readonly [OperationName, object, resource: string, asked: string[]])[] =
      [
        ['PutKeyPolicy', { KeyId, Policy }, arns.symmetric, ['kms:PutKeyPolicy']],
        ['CreateKey', { Policy }, '*', ['kms:CreateKey']],
      ]
    for (const [operation, given, resource, asked] of wanted) {
      const { requestId, body } = await outcome(kms.root, operation, given)
      assert.equal(body.__type, 'MalformedPolicyDocumentException')
      const { others, ...decision } = await decisionOf(requestId)
      const { effect, action, message, hints } = decision
      assert.deepEqual(
        [effect, action, message],
        ['IMPLICIT_DENY', `kms:${operation}`, body.message],
      )
      assert.equal(decision.resource, resource)
      assert.deepEqual(hints, [
        'Statement[1].Principal.AWS: no principal that AWS stores: arn:aws:iam::1:role/short',
      ])
      assert.deepEqual(
        others?.map((one) => one.action),
        asked,
      )
    }
  })

  it('answers 404 for a request that nobody made', async () => {
    await assert.rejects(decisionOf('00000000-0000-4000-8000-000000000000'), { message: /404/ })
  })
})
