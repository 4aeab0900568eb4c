import assert from 'node:assert/strict'
import { eventId } from '../../lib/kms/events.ts'

describe('eventId', () => {
  const requestId = '11111111-2222-4333-8444-555555555555'

  it('is a UUID of version 8, the same each time', () => {
    const id = eventId(requestId, '111122223333')
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.equal(eventId(requestId, '111122223333'), id)
  })

  it('is another for another request or account', () => {
    const ids = [
      eventId(requestId, '111122223333'),
      eventId(requestId, '444455556666'),
      eventId(requestId.replace('1', '2'), '111122223333'),
    ]
    assert.equal(new Set(ids).size, 3)
  })
})
