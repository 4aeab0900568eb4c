import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { X509Certificate } from 'node:crypto'
import { ChainCache } from '../../lib/attest/chain-cache.ts'
import {
  checkAlgorithms,
  checkAuthorities,
  checkExtensions,
  checkLeaf,
  checkOrder,
  checkRoot,
  checkValidity,
} from '../../lib/attest/chain.ts'
import { chainVectors, rowNamed, type ChainRow } from '../support/vectors.ts'

const { root, rows } = chainVectors()
const anchors = [{ name: 'test', sha256: root }]
const good = rowNamed(rows, "five certificates, as AWS's")

async function check(row: ChainRow, cache: ChainCache, nowMs: number): Promise<void> {
  const chain = cache.read(row)
  checkRoot(chain, anchors)
  checkOrder(chain)
  checkAlgorithms(chain)
  checkExtensions(chain)
  checkAuthorities(chain)
  checkLeaf(chain)
  checkValidity(chain, nowMs)
  await cache.checkSignatures(chain)
}

describe('a chain of certificates', () => {
  for (const row of rows) {
    const { name, code, at } = row
    it(code === null ? `takes ${name}` : `refuses ${name}: ${code}`, async () => {
      const nowMs = Date.parse(at)
      if (code === null) await check(row, new ChainCache(), nowMs)
      else await assert.rejects(check(row, new ChainCache(), nowMs), { name: 'TrustError', code })
    })
  }

  it('is judged alike by a cache that has seen every other chain', async () => {
    const cache = new ChainCache()
    for (const row of [...rows, ...rows]) {
      const outcome = await check(row, cache, Date.parse(row.at)).then(
        () => null,
        (error: unknown) => (error as { code: string }).code,
      )
      assert.equal(outcome, row.code, row.name)
    }
  })

  const hasOpenssl = spawnSync('openssl', ['version']).status === 0
  it(`holds only where openssl verify says so too${hasOpenssl ? '' : ' (skipped: no openssl)'}`, function () {
    if (!hasOpenssl) this.skip()
    const directory = mkdtempSync(join(tmpdir(), 'enclave-kms-chain-'))
    const pem = (certificates: readonly Buffer[]) =>
      certificates.map((der) => new X509Certificate(der).toString()).join('')
    try {
      for (const { name, code, at, cabundle, certificate } of rows) {
        // openssl takes the last second of a certificate for too late: RFC 5280, 4.1.2.5 does not.
        if (code !== null || name === 'the last moment of a leaf') continue
        const [anchor = Buffer.alloc(0), ...rest] = cabundle
        const file = (label: string, certificates: readonly Buffer[]) => {
          const path = join(directory, label)
          writeFileSync(path, pem(certificates))
          return path
        }
        const { status, stderr } = spawnSync('openssl', [
          ...['verify', '-attime', String(Date.parse(at) / 1000)],
          ...['-CAfile', file('root.pem', [anchor]), '-untrusted', file('rest.pem', rest)],
          file('leaf.pem', [certificate]),
        ])
        assert.equal(status, 0, `${name}: ${stderr.toString()}`)
      }
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})

describe('checkRoot', () => {
  it('returns the anchor, among several', () => {
    const chain = new ChainCache().read(good)
    const other = { name: 'other', sha256: '00'.repeat(32) }
    assert.equal(checkRoot(chain, [other, ...anchors]), anchors[0])
  })

  it('says which root it does not trust', () => {
    const chain = new ChainCache().read(good)
    assert.throws(() => checkRoot(chain, []), {
      code: 'CHAIN_ROOT_UNTRUSTED',
      message: 'cabundle[0] is not a root that is trusted',
      facts: { subject: 'C=US, O=Example, CN=root', sha256: root },
    })
  })

  it('refuses a chain without authorities', () => {
    const chain = new ChainCache().read({ ...good, cabundle: [] })
    assert.throws(() => checkRoot(chain, anchors), { code: 'CHAIN_ROOT_UNTRUSTED' })
  })
})

describe('checkValidity', () => {
  it('names the certificate and its time', () => {
    const row = rowNamed(rows, 'a millisecond after a leaf')
    const nowMs = Date.parse(row.at)
    const chain = new ChainCache().read(row)
    assert.throws(() => checkValidity(chain, nowMs), {
      code: 'CHAIN_EXPIRED',
      message: 'certificate is not valid after 2030-01-01T02:59:59.000Z',
      facts: { nowMs, notAfterMs: nowMs - 1 },
    })
  })

  it('refuses a time that is not a number', () => {
    const chain = new ChainCache().read(good)
    assert.throws(() => checkValidity(chain, NaN), { code: 'CHAIN_NOT_YET_VALID' })
    assert.throws(() => checkValidity(chain, Infinity), { code: 'CHAIN_EXPIRED' })
  })
})
