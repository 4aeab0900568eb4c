import assert from 'node:assert/strict'
import { DerReader } from '../../lib/codec/der.ts'

describe('DerReader', () => {
  const read = (text: string) => new DerReader(Buffer.from(text, 'hex'))

  it('reads object identifiers of each root', () => {
    for (const [bytes, text] of [
      ['06012a', '1.2'],
      ['060127', '0.39'],
      ['06028837', '2.999'],
      ['06082a8648ce3d030107', '1.2.840.10045.3.1.7'],
    ] as const) {
      assert.equal(read(bytes).oid(), text)
    }
  })

  it('reads both forms of time over their centuries', () => {
    const time = (tag: string, text: string) =>
      new Date(
        read(
          `${tag}${text.length.toString(16).padStart(2, '0')}${Buffer.from(text).toString('hex')}`,
        ).time(),
      ).toISOString()
    assert.equal(time('17', '491231235959Z'), '2049-12-31T23:59:59.000Z')
    assert.equal(time('17', '500101000000Z'), '1950-01-01T00:00:00.000Z')
    assert.equal(time('18', '20500101000000Z'), '2050-01-01T00:00:00.000Z')
    assert.equal(time('17', '240229000000Z'), '2024-02-29T00:00:00.000Z')
  })

  it('reads named bits over two bytes, and none', () => {
    assert.deepEqual(read('0303078080').bits(), new Set([0, 8]))
    assert.deepEqual(read('030100').bits(), new Set())
  })
})
