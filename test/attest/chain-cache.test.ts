import assert from 'node:assert/strict'
import { ChainCache } from '../../lib/attest/chain-cache.ts'
import { chainVectors, rowNamed } from '../support/vectors.ts'

const { rows } = chainVectors()
const good = rowNamed(rows, "five certificates, as AWS's")
const stranger = rowNamed(rows, 'a leaf signed by another key')

describe('ChainCache', () => {
  it('says which certificate cannot be read', () => {
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = good.cabundle
    const damaged = { ...good, cabundle: [first, second.subarray(1)] }
    assert.throws(() => new ChainCache().read(damaged), {
      name: 'DecodeError',
      code: 'DER_TAG',
      message: 'cabundle[1]: tag 82 where 30 is wanted',
    })
  })

  it('parses a certificate once after it was verified, and forgets one that was not', async () => {
    const cache = new ChainCache()
    const before = cache.read(good)
    assert.notEqual(cache.read(good).leaf, before.leaf)
    await cache.checkSignatures(before)
    assert.equal(cache.read(good).leaf, before.leaf)
    const bad = cache.read(stranger)
    await assert.rejects(cache.checkSignatures(bad), {
      code: 'CHAIN_SIGNATURE',
      message: 'certificate is not signed by the certificate before it',
    })
    const again = cache.read(stranger)
    assert.notEqual(again.leaf, bad.leaf)
  })

  it('does not take a signature of one issuer for that of another', async () => {
    const cache = new ChainCache()
    const chain = cache.read(good)
    await cache.checkSignatures(chain)
    const stranger = cache.read(rowNamed(rows, 'an issuer without a path length'))
    const mixed = { authorities: chain.authorities.slice(0, 3), leaf: stranger.leaf }
    await assert.rejects(cache.checkSignatures(mixed), { code: 'CHAIN_SIGNATURE' })
    await cache.checkSignatures(chain)
  })

  it('keeps copies: bytes that change later change nothing', async () => {
    const cache = new ChainCache()
    const certificate = Buffer.from(good.certificate)
    const chain = cache.read({ ...good, certificate })
    await cache.checkSignatures(chain)
    const subject = chain.leaf.subjectText
    certificate.fill(0)
    const { leaf } = cache.read(good)
    assert.equal(leaf.subjectText, subject)
    assert.deepEqual(Buffer.from(leaf.der), good.certificate)
  })
})
