import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { mintAttestationDocument } from '../../lib/attest/mint.ts'
import { recipientKey } from '../../lib/attest/recipient-key.ts'
import { trustAnchors } from '../../lib/attest/roots.ts'
import { Verifier } from '../../lib/attest/verify.ts'
import { DecodeError, TrustError } from '../../lib/errors.ts'
import { faults } from '../support/faults.ts'
import { forge, registers } from '../support/forge.ts'
import * as cbor from '../support/write-cbor.ts'

const nowMs = Date.parse('2026-03-01T12:00:00.000Z')
const options = { anchors: trustAnchors(['simulated']), maxAgeMs: 300_000, futureSkewMs: 60_000 }

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const spki = publicKey.export({ type: 'spki', format: 'der' })

/** What KMS does before it asks who is calling: believe the document, then take its key. */
async function believe(document: Uint8Array, verifier = new Verifier(options)) {
  const { document: believed } = await verifier.verify(document, nowMs)
  return recipientKey(believed)
}

/** Documents that look odd and are good all the same. */
const accepted: readonly (readonly [name: string, document: () => Buffer])[] = [
  ['a forged document without a fault', () => forge(spki, nowMs)],
  [
    'a payload map of definite length',
    () => forge(spki, nowMs, { payload: (pairs) => cbor.map(pairs) }),
  ],
  ['tag 18', () => forge(spki, nowMs, { document: (document) => cbor.tagged(18, document) })],
  [
    'other order of keys',
    () => forge(spki, nowMs, { payload: (pairs) => cbor.map(pairs.toReversed()) }),
  ],
  ['32 registers', () => edited('pcrs', registers(32))],
  ['one register', () => edited('pcrs', registers(1))],
  ['empty fields', () => edited('nonce', cbor.bytes(Buffer.alloc(0)))],
  ['fields of 1024 bytes', () => edited('user_data', cbor.bytes(Buffer.alloc(1024)))],
  ['no nonce at all', () => edited('nonce', undefined)],
  ['a document 300 s old', () => edited('timestamp', cbor.unsigned(nowMs - 300_000))],
  ['a document 60 s ahead', () => edited('timestamp', cbor.unsigned(nowMs + 60_000))],
]

function edited(key: string, value: Buffer | undefined): Buffer {
  return forge(spki, nowMs, {
    members: (members) => {
      if (value === undefined) members.delete(key)
      else members.set(key, value)
    },
  })
}

describe('faults', () => {
  for (const [name, document] of accepted) {
    it(`accepts ${name}`, async () => {
      assert.equal((await believe(document())).bits, 2048)
    })
  }

  it('has 70 rows or more, each of another name', () => {
    const names = new Set(faults.map(({ name }) => name))
    assert.equal(names.size, faults.length)
    assert.ok(faults.length >= 70, `${faults.length} rows`)
  })

  for (const { name, code, forge: make } of faults) {
    it(`refuses ${name}: ${code}`, async () => {
      const document = await make(spki, nowMs)
      await assert.rejects(believe(document), (error) => {
        assert.ok(error instanceof DecodeError || error instanceof TrustError, String(error))
        assert.equal(error.code, code, error.message)
        return true
      })
    })
  }

  it('refuses every row also when it has just believed the good document', async () => {
    const verifier = new Verifier(options)
    await believe(forge(spki, nowMs), verifier)
    for (const { name, code, forge: make } of faults) {
      await assert.rejects(believe(await make(spki, nowMs), verifier), { code }, name)
    }
  })
})

describe('Verifier.verify', () => {
  it('never believes a damaged document', async () => {
    const minted = Buffer.from(await mintAttestationDocument({ publicKey: spki }, nowMs))
    const verifier = new Verifier(options)
    await verifier.verify(minted, nowMs)
    await fc.assert(
      fc.asyncProperty(damage(minted.length), async (edit) => {
        const damaged = edit(minted)
        // A swap of two equal bytes, or what undoes itself, damages nothing.
        fc.pre(!damaged.equals(minted))
        await assert.rejects(
          verifier.verify(damaged, nowMs),
          (error) => error instanceof DecodeError || error instanceof TrustError,
        )
      }),
      { numRuns: 1500 },
    )
  }).timeout(60_000)
})

type Edit = (document: Buffer) => Buffer

/** Flipped bits, bytes taken out, put in and swapped, and ends cut off. */
function damage(length: number): fc.Arbitrary<Edit> {
  const offset = fc.nat(length - 1)
  const flip = fc.tuple(offset, fc.nat(7)).map(([at, bit]): Edit => {
    return (document) => {
      const copy = Buffer.from(document)
      copy[at]! ^= 1 << bit
      return copy
    }
  })
  const remove = fc.tuple(offset, fc.integer({ min: 1, max: 8 })).map(([at, count]): Edit => {
    return (document) => Buffer.concat([document.subarray(0, at), document.subarray(at + count)])
  })
  const insert = fc
    .tuple(offset, fc.uint8Array({ minLength: 1, maxLength: 8 }))
    .map(([at, bytes]): Edit => {
      return (document) => Buffer.concat([document.subarray(0, at), bytes, document.subarray(at)])
    })
  const swap = fc.tuple(offset, offset).map(([one, other]): Edit => {
    return (document) => {
      const copy = Buffer.from(document)
      copy[one] = document[other]!
      copy[other] = document[one]!
      return copy
    }
  })
  const truncate = offset.map(
    (at): Edit =>
      (document) =>
        document.subarray(0, at),
  )
  return fc.oneof(flip, remove, insert, swap, truncate)
}
