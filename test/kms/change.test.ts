import assert from 'node:assert/strict'
import type { Call } from '../../lib/kms/call.ts'
import { changeKey } from '../../lib/kms/change.ts'
import { Key } from '../../lib/kms/key.ts'
import { MemoryStore } from '../../lib/store/memory.ts'
import type { KeyRecord } from '../../lib/store/store.ts'
import { call, outcome } from '../support/call.ts'
import { useKms } from '../support/scene.ts'

const record: KeyRecord = {
  account: '111122223333',
  region: 'us-east-1',
  id: '1234abcd-12ab-34cd-56ef-1234567890ab',
  spec: 'SYMMETRIC_DEFAULT',
  usage: 'ENCRYPT_DECRYPT',
  origin: 'AWS_KMS',
  state: 'Enabled',
  description: '',
  createdMs: 0,
  policy: '',
  tags: {},
  materials: [],
}
const key = Key.of(record)

async function callOn(...records: KeyRecord[]): Promise<Call> {
  const store = new MemoryStore()
  await store.transact((writer) => {
    for (const one of records) writer.putKey(one)
  })
  return { store } as unknown as Call
}

const describedAs = (description: string) => (old: KeyRecord) => ({ ...old, description })

describe('changeKey', () => {
  it('changes what is in the store now, not what the call has seen', async () => {
    const changed = { ...record, tags: { a: 'b' } }
    const result = await changeKey(await callOn(changed), key, 'change', describedAs('new'))
    assert.deepEqual(result.record, { ...changed, description: 'new' })
  })

  it('asks the state again', async () => {
    const pending = { ...record, state: 'PendingDeletion', deletionMs: 5 } as const
    const call = await callOn(pending)
    await assert.rejects(changeKey(call, key, 'change', describedAs('new')), {
      code: 'KMSInvalidStateException',
      message: `${key.arn} is pending deletion.`,
    })
    assert.equal((await call.store.key(record, record.id))?.description, '')
    await changeKey(call, key, null, describedAs('new'))
  })

  it('refuses a key that is gone meanwhile', async () => {
    await assert.rejects(changeKey(await callOn(), key, null, describedAs('new')), {
      code: 'NotFoundException',
      message: `Key '${key.arn}' does not exist`,
    })
  })
})

describe('changes of one key at once', () => {
  const kms = useKms()

  it('lose none of them', async () => {
    const { KeyMetadata } = await call(kms.root, 'CreateKey')
    const KeyId = KeyMetadata!.KeyId!
    const names = Array.from({ length: 20 }, (_, index) => `tag${String(index)}`)
    await Promise.all(
      names.map((TagKey) =>
        call(kms.root, 'TagResource', { KeyId, Tags: [{ TagKey, TagValue: '' }] }),
      ),
    )
    const { Tags } = await call(kms.root, 'ListResourceTags', { KeyId })
    assert.deepEqual(Tags?.map(({ TagKey }) => TagKey).sort(), names.sort())
  })

  it('schedule its deletion once', async () => {
    const { KeyMetadata } = await call(kms.root, 'CreateKey')
    const input = { KeyId: KeyMetadata?.KeyId }
    const answers = await Promise.all(
      [1, 2, 3].map(() => outcome(kms.root, 'ScheduleKeyDeletion', input)),
    )
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400, 400])
  })
})
