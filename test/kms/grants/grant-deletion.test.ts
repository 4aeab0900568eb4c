import assert from 'node:assert/strict'
import type { Call } from '../../../lib/kms/call.ts'
import { checkGrantId, deleteGrant, requireGrant } from '../../../lib/kms/grants/grant-deletion.ts'
import { MemoryStore } from '../../../lib/store/memory.ts'
import type { GrantRecord } from '../../../lib/store/store.ts'

const grantId = 'a1'.repeat(32)
const record: GrantRecord = {
  account: '111122223333',
  region: 'us-east-1',
  keyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
  grantId,
  name: '',
  createdMs: 0,
  issuingAccount: '111122223333',
  granteePrincipal: 'arn:aws:iam::111122223333:root',
  operations: ['Decrypt'],
}
const notFound = { code: 'NotFoundException', message: `Grant ID ${grantId} not found` }

describe('checkGrantId', () => {
  it('takes 64 hex digits in lower case alone', () => {
    checkGrantId(grantId)
    for (const bad of ['', 'x', grantId.slice(1), `${grantId}0`, grantId.toUpperCase()]) {
      const message = `Invalid grantId '${bad}'`
      assert.throws(() => checkGrantId(bad), { code: 'InvalidGrantIdException', message })
    }
  })
})

describe('requireGrant', () => {
  it('gives the grant that is there, and tells a missing one from an id that is none', () => {
    assert.equal(requireGrant(record, grantId), record)
    assert.throws(() => requireGrant(undefined, grantId), notFound)
    assert.throws(() => requireGrant(undefined, 'x'), { code: 'InvalidGrantIdException' })
  })
})

describe('deleteGrant', () => {
  it('deletes a grant once: of two at a time the second finds none', async () => {
    const store = new MemoryStore()
    await store.transact((writer) => writer.putGrant(record))
    const call = { store } as unknown as Call
    const first = deleteGrant(call, record)
    await assert.rejects(deleteGrant(call, record), notFound)
    await first
    assert.equal(store.grant(record, record.keyId, grantId), undefined)
  })
})
