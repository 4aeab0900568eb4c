import assert from 'node:assert/strict'
import type { Ask } from '../../lib/kms/access.ts'
import type { DecisionRecord } from '../../lib/kms/decisions.ts'
import { authorizeCreation, checkNewPolicy } from '../../lib/kms/creation.ts'
import { Key } from '../../lib/kms/key.ts'
import { KnownPrincipals } from '../../lib/kms/known-principals.ts'
import { delegation, policyOf } from '../support/policies.ts'

type CreationCall = Parameters<typeof authorizeCreation>[0]

const planned = {
  spec: 'HMAC_256',
  usage: 'GENERATE_VERIFY_MAC',
  origin: 'AWS_KMS',
  multiRegionKeyType: 'REPLICA',
} as const

const rootArn = 'arn:aws:iam::111122223333:root'

const denial: DecisionRecord = {
  requestId: '00000000-0000-4000-8000-000000000000',
  timeMs: 0,
  request: {
    principal: { type: 'Account', arn: rootArn, account: '111122223333' },
    action: 'kms:PutKeyPolicy',
    resource: '*',
    resourceAccount: '111122223333',
    context: { get: () => undefined, entries: () => [] },
  },
  policies: { keyPolicy: null, identity: [], grants: [] },
  verdict: { effect: 'IMPLICIT_DENY', decidedBy: 'RESOURCE_BASED_POLICY' },
  attestation: null,
  takesRecipient: false,
  message: 'it is denied',
}

type Refusal = Parameters<CreationCall['noteRefusal']>

/** A call that is allowed everything, and what it asked for; it may not put another policy. */
function recording(input: object): { call: CreationCall; asked: Ask[]; refusals: Refusal[] } {
  const asked: Ask[] = []
  const refusals: Refusal[] = []
  const note =
    <T>(answer: T) =>
    (ask: Ask) => {
      asked.push(ask)
      return Promise.resolve(answer)
    }
  const call = {
    input,
    principals: new KnownPrincipals(['arn:aws:iam::444455556666:user/alice']),
    authorize: note(undefined),
    foresee: note(denial),
    noteRefusal: (...refusal: Refusal) => refusals.push(refusal),
  }
  return { call: call as unknown as CreationCall, asked, refusals }
}

describe('authorizeCreation', () => {
  it('asks for kms:CreateKey on no key, and says which key it is to be', async () => {
    const { call, asked } = recording({ BypassPolicyLockoutSafetyCheck: true })
    await authorizeCreation(call, planned, 'eu-west-1')
    assert.deepEqual(asked, [
      {
        action: 'kms:CreateKey',
        key: null,
        region: 'eu-west-1',
        conditions: {
          requestTags: undefined,
          newKeyTags: undefined,
          'kms:BypassPolicyLockoutSafetyCheck': 'true',
          'kms:CustomerMasterKeySpec': 'HMAC_256',
          'kms:CustomerMasterKeyUsage': 'GENERATE_VERIFY_MAC',
          'kms:KeyOrigin': 'AWS_KMS',
          'kms:KeySpec': 'HMAC_256',
          'kms:KeyUsage': 'GENERATE_VERIFY_MAC',
          'kms:MultiRegion': 'true',
          'kms:MultiRegionKeyType': 'REPLICA',
        },
      },
    ])
  })

  it('says that a key of one Region is none of several', async () => {
    const { call, asked } = recording({})
    await authorizeCreation(call, { ...planned, multiRegionKeyType: undefined })
    const { conditions = {} } = asked[0]!
    assert.equal(conditions['kms:MultiRegion'], 'false')
    assert.equal(conditions['kms:MultiRegionKeyType'], undefined)
  })

  it('asks for kms:TagResource where there are tags', async () => {
    const actionsFor = async (Tags: object[]) => {
      const { call, asked } = recording({ Tags })
      await authorizeCreation(call, planned)
      return asked.map(({ action }) => action)
    }
    assert.deepEqual(await actionsFor([]), ['kms:CreateKey'])
    const both = ['kms:CreateKey', 'kms:TagResource']
    assert.deepEqual(await actionsFor([{ TagKey: 'a', TagValue: 'b' }]), both)
  })
})

describe('checkNewPolicy', () => {
  const Policy = policyOf(delegation)
  const key = Key.of({
    account: '111122223333',
    region: 'eu-west-1',
    id: 'mrk-1234abcd12ab34cd56ef1234567890ab',
    spec: 'SYMMETRIC_DEFAULT',
    usage: 'ENCRYPT_DECRYPT',
    origin: 'AWS_KMS',
    state: 'Enabled',
    description: '',
    createdMs: 0,
    policy: Policy,
    tags: {},
    materials: [],
  })

  it('asks nothing where the request has no policy', async () => {
    const { call, asked } = recording({})
    await checkNewPolicy(call, key, '*')
    assert.deepEqual(asked, [])
  })

  it('asks whether the caller could put another policy, unless told not to', async () => {
    const { call, asked } = recording({ Policy })
    await assert.rejects(checkNewPolicy(call, key, '*'), {
      code: 'MalformedPolicyDocumentException',
      message: 'The new key policy will not allow you to update the key policy in the future.',
    })
    assert.deepEqual(
      asked.map((one) => [one.action, one.key]),
      [['kms:PutKeyPolicy', key]],
    )
    const bypassing = recording({ Policy, BypassPolicyLockoutSafetyCheck: true })
    await checkNewPolicy(bypassing.call, key, '*')
    assert.deepEqual(bypassing.asked, [])
  })

  it('leaves a decision that says where the policy is wrong, and why', async () => {
    const statement = (more: object) => ({ ...delegation, ...more })
    const invalid = 'Policy contains a statement with one or more invalid principals.'
    const rows: readonly (readonly [policy: string, message: string, hint: string])[] = [
      [
        policyOf(delegation, statement({ Principal: { AWS: [rootArn, 'nobody'] } })),
        invalid,
        'Statement[1].Principal.AWS: no principal that AWS stores: nobody',
      ],
      [
        policyOf(delegation, statement({ Principal: { AWS: 'arn:aws:iam::444455556666:role/x' } })),
        invalid,
        'Statement[1].Principal.AWS: there is no user or role arn:aws:iam::444455556666:role/x',
      ],
      [
        policyOf(delegation, { ...statement({ Effect: 'deny' }) }),
        'the effect is "Allow" or "Deny"',
        'Statement[1].Effect: the effect is "Allow" or "Deny"',
      ],
      [
        JSON.stringify({ Version: '2012-10-17', Statement: [delegation, 'x'] }),
        'a statement is a JSON object',
        'Statement[1]: a statement is a JSON object',
      ],
      ['[]', 'a policy is a JSON object', 'a policy is a JSON object'],
    ]
    for (const [text, message, hint] of rows) {
      const { call, refusals } = recording({ Policy: text })
      const code = 'MalformedPolicyDocumentException'
      await assert.rejects(checkNewPolicy(call, key, key.arn), { code, message })
      assert.deepEqual(refusals, [[key.arn, message, [hint]]])
    }
  })

  it('leaves a decision that says why its caller would be locked out', async () => {
    const { call, refusals } = recording({ Policy })
    await assert.rejects(checkNewPolicy(call, key, '*'))
    assert.deepEqual(refusals, [
      [
        '*',
        'The new key policy will not allow you to update the key policy in the future.',
        ['under the new policy: it is denied'],
      ],
    ])
  })
})
