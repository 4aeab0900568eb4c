import assert from 'node:assert/strict'
import {
  decodeCoseSign1,
  encodeCoseSign1,
  es384Header,
  sigStructure,
} from '../../lib/codec/cose.ts'
import {
  corpusDocument,
  corpusRows,
  hasCorpus,
  skipNote,
  vectors,
  type Vector,
} from '../support/vectors.ts'

const message = {
  protectedBytes: es384Header,
  payload: Buffer.from('payload'),
  signature: Buffer.alloc(96, 7),
}

describe('decodeCoseSign1', () => {
  for (const { name, code, hex } of vectors('cose.json') as Vector[]) {
    it(`refuses ${name}: ${code}`, () => {
      assert.throws(() => decodeCoseSign1(Buffer.from(hex, 'hex')), { name: 'DecodeError', code })
    })
  }

  it('refuses more bytes than a document can have, unread', () => {
    const bytes = Buffer.alloc(16_384 + 129, 0x81)
    assert.throws(() => decodeCoseSign1(bytes), {
      code: 'COSE_TOO_LONG',
      message: '16513 bytes are more than a document can have',
    })
  })

  it('takes a payload of 16384 bytes and refuses one more', () => {
    const longest = encodeCoseSign1({ ...message, payload: Buffer.alloc(16_384) })
    assert.equal(decodeCoseSign1(longest).payload.length, 16_384)
    const longer = encodeCoseSign1({ ...message, payload: Buffer.alloc(16_385) })
    assert.throws(() => decodeCoseSign1(longer), {
      code: 'COSE_PAYLOAD',
      message: 'the payload is 16385 bytes, not 1 to 16384',
    })
  })

  it('refuses a document that is cut at any byte, or has one more', () => {
    const whole = encodeCoseSign1(message, { tagged: true })
    for (let length = 0; length < whole.length; length++) {
      const cut = whole.subarray(0, length)
      assert.throws(() => decodeCoseSign1(cut), { code: 'CBOR_TRUNCATED' }, `${length} bytes`)
    }
    for (const byte of [0x00, 0x80, 0xf6, 0xff]) {
      const longer = Buffer.concat([whole, Buffer.of(byte)])
      assert.throws(() => decodeCoseSign1(longer), { code: 'CBOR_TRAILING_BYTES' })
    }
  })

  it('reads what encodeCoseSign1 wrote, with tag 18 and without', () => {
    for (const tagged of [true, false]) {
      const { protectedBytes, payload, signature } = decodeCoseSign1(
        encodeCoseSign1(message, { tagged }),
      )
      assert.deepEqual({ protectedBytes, payload, signature }, message)
    }
  })
})

describe('encodeCoseSign1', () => {
  it('writes the constant bytes of AWS documents', () => {
    const bytes = encodeCoseSign1({ ...message, payload: Buffer.alloc(0x1234) })
    assert.equal(bytes.subarray(0, 10).toString('hex'), '8444a1013822a0591234')
    assert.equal(bytes.subarray(-98, -96).toString('hex'), '5860')
  })

  it('writes tag 18 before the same bytes', () => {
    const tagged = encodeCoseSign1(message, { tagged: true })
    assert.deepEqual(tagged, Buffer.concat([Buffer.of(0xd2), encodeCoseSign1(message)]))
  })

  it(`rebuilds every document of AWS byte for byte${skipNote}`, function () {
    if (!hasCorpus) this.skip()
    for (const { file } of corpusRows().filter(({ expected }) => expected === 'valid')) {
      const bytes = corpusDocument(file)
      const rebuilt = encodeCoseSign1(decodeCoseSign1(bytes), { tagged: bytes[0] === 0xd2 })
      assert.deepEqual(rebuilt, bytes, file)
    }
  })
})

describe('sigStructure', () => {
  it('is the array of RFC 9052, 4.4, without external data', () => {
    assert.equal(
      sigStructure(es384Header, Buffer.from('payload')).toString('hex'),
      '84' + '6a5369676e617475726531' + '44a1013822' + '40' + '477061796c6f6164',
    )
  })
})
