import assert from 'node:assert/strict'
import { missing } from './tools.ts'

const node = (lowest: string) => ({
  name: 'node',
  command: [process.execPath, '--print', "'Node go' + process.versions.node"] as const,
  lowest,
})

describe('missing', () => {
  it('finds a program in a version that will do', () => {
    assert.equal(missing([node('0'), node('9.9.9'), node('20.19')]), '')
  })

  it('names a program that is too old, and the version that is wanted', () => {
    assert.equal(missing([node('20.19'), node('999.1')]), 'node 999.1 or newer')
  })

  it('names every program that is not there or fails', () => {
    const absent = { name: 'absent', command: ['enclave-kms-absent'] as const, lowest: '0' }
    const failing = {
      name: 'failing',
      command: [process.execPath, '--no-such'] as const,
      lowest: '1',
    }
    assert.equal(missing([absent, failing]), 'absent, no failing 1 or newer')
  })
})
