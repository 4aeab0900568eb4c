import assert from 'node:assert/strict'
import type { Ask } from '../../lib/kms/access.ts'
import { authorizeCreation, checkNewPolicy } from '../../lib/kms/creation.ts'
import { Key } from '../../lib/kms/key.ts'
import { delegation, policyOf } from '../support/policies.ts'

type CreationCall = Parameters<typeof authorizeCreation>[0]

const planned = {
  spec: 'HMAC_256',
  usage: 'GENERATE_VERIFY_MAC',
  origin: 'AWS_KMS',
  multiRegionKeyType: 'REPLICA',
} as const

/** A call that is allowed everything, and what it asked for; it may not put another policy. */
function recording(input: object): { call: CreationCall; asked: Ask[] } {
  const asked: Ask[] = []
  const note = (answer: boolean) => (ask: Ask) => {
    asked.push(ask)
    return Promise.resolve(answer)
  }
  const principals = { exists: () => true }
  const call = { input, principals, authorize: note(true), mayDo: note(false) }
  return { call: call as unknown as CreationCall, asked }
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
    await checkNewPolicy(call, key)
    assert.deepEqual(asked, [])
  })

  it('asks whether the caller could put another policy, unless told not to', async () => {
    const { call, asked } = recording({ Policy })
    await assert.rejects(checkNewPolicy(call, key), {
      code: 'MalformedPolicyDocumentException',
      message: 'The new key policy will not allow you to update the key policy in the future.',
    })
    assert.deepEqual(
      asked.map((one) => [one.action, one.key]),
      [['kms:PutKeyPolicy', key]],
    )
    const bypassing = recording({ Policy, BypassPolicyLockoutSafetyCheck: true })
    await checkNewPolicy(bypassing.call, key)
    assert.deepEqual(bypassing.asked, [])
  })

  it('refuses what is no policy', async () => {
    const { call } = recording({ Policy: '{' })
    await assert.rejects(checkNewPolicy(call, key), { code: 'MalformedPolicyDocumentException' })
  })
})
