import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { SimulatedPki } from '../../lib/attest/pki.ts'
import { rootValidity, simulatedRootCertificate } from '../../lib/attest/simulated-root.ts'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0

const second = 1000
const hour = 3600 * second
const day = 24 * hour
const atMs = Date.parse('2026-03-01T12:34:56.789Z')
const origin = {
  region: 'us-east-1',
  instanceId: 'i-1234567890abcdef0',
  moduleId: 'i-1234567890abcdef0-enc0198bc503b57519e',
}
const levels = ['root', 'regional', 'zonal', 'instance', 'leaf'] as const

const pki = new SimulatedPki()

/** The chain, root first, the leaf last. */
async function chain(at = atMs, who = origin, issuing = pki): Promise<X509Certificate[]> {
  const { cabundle, certificate } = await issuing.identity(who, at)
  return [...cabundle, certificate].map((der) => new X509Certificate(der))
}

function period(certificate: X509Certificate): { fromMs: number; toMs: number } {
  return { fromMs: Date.parse(certificate.validFrom), toMs: Date.parse(certificate.validTo) }
}

describe('SimulatedPki.identity', () => {
  it('gives four certificates above the leaf, none over 1024 bytes', async () => {
    const certificates = await chain()
    assert.equal(certificates.length, 5)
    for (const { raw } of certificates) assert.ok(raw.length <= 1024, `${raw.length} bytes`)
    assert.deepEqual(certificates[0]?.raw, simulatedRootCertificate())
  })

  it('gives the private key of the leaf', async () => {
    const { privateKey, certificate } = await pki.identity(origin, atMs)
    assert.ok(new X509Certificate(certificate).checkPrivateKey(privateKey))
  })

  const opensslTitle = 'is a chain that openssl verifies'
  ;(hasOpenssl ? it : it.skip)(
    hasOpenssl ? opensslTitle : `${opensslTitle} (skipped: no openssl)`,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'chain-'))
      try {
        const certificates = await chain()
        const write = (name: string, ...pems: X509Certificate[]) => {
          const file = join(folder, name)
          writeFileSync(file, pems.map(String).join(''))
          return file
        }
        const { status, stderr } = spawnSync('openssl', [
          ...['verify', '-attime', String(Math.floor(atMs / second))],
          ...['-CAfile', write('root.pem', certificates[0]!)],
          ...['-untrusted', write('issuers.pem', ...certificates.slice(1, 4))],
          write('leaf.pem', certificates[4]!),
        ])
        assert.equal(status, 0, stderr.toString())
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  )

  it('is valid from two minutes before the time to 58 minutes after, and nested', async () => {
    const times = fc.integer({
      min: rootValidity.notBeforeMs + 20 * day,
      max: rootValidity.notAfterMs - 25 * day,
    })
    await fc.assert(
      fc.asyncProperty(times, async (at) => {
        let issuer = { fromMs: -Infinity, toMs: Infinity }
        for (const [index, certificate] of (await chain(at)).entries()) {
          const valid = period(certificate)
          assert.ok(valid.fromMs <= at - 120 * second, levels[index])
          assert.ok(valid.toMs >= at + 58 * 60 * second, levels[index])
          // A leaf begins three seconds before its issue, and so perhaps before its issuer.
          assert.ok(valid.fromMs >= issuer.fromMs - 3 * second, levels[index])
          assert.ok(valid.toMs <= issuer.toMs, levels[index])
          issuer = valid
        }
      }),
      { numRuns: 25 },
    )
  })

  it('gives the same chain again, also after a look at another year', async () => {
    const before = await pki.identity(origin, atMs)
    await pki.identity(origin, Date.parse('2021-01-01T00:00:00Z'))
    await pki.identity(origin, Date.parse('2045-01-01T00:00:00Z'))
    const after = await pki.identity(origin, atMs + second)
    assert.deepEqual(after.certificate, before.certificate)
  })

  it('makes one chain for many who ask at once', async () => {
    const fresh = { ...origin, moduleId: 'i-1234567890abcdef0-enc0198bc503b570001' }
    const asked = await Promise.all(Array.from({ length: 8 }, () => pki.identity(fresh, atMs)))
    assert.equal(new Set(asked.map(({ certificate }) => certificate)).size, 1)
  })

  it('changes the leaf after two hours and keeps what is above', async () => {
    const at = Date.parse('2026-03-01T13:00:00Z')
    const one = await chain(at)
    const other = await chain(at + 2 * hour)
    const same = one.map(
      ({ fingerprint256 }, index) => fingerprint256 === other[index]?.fingerprint256,
    )
    assert.deepEqual(same, [true, true, true, true, false])
  })

  it('shares what AWS shares: the region, its zone and the instance', async () => {
    const one = await chain()
    const shared = async (who: typeof origin) =>
      (await chain(atMs, who)).map(
        ({ fingerprint256 }, index) => fingerprint256 === one[index]?.fingerprint256,
      )
    const moduleId = 'i-1234567890abcdef0-enc0198bc503b570002'
    assert.deepEqual(await shared({ ...origin, moduleId }), [true, true, true, true, false])
    const instanceId = 'i-1234567890abcdef1'
    const neighbour = { ...origin, instanceId, moduleId: `${instanceId}-enc0198bc503b57519e` }
    assert.deepEqual(await shared(neighbour), [true, true, true, false, false])
    const abroad = { ...origin, region: 'eu-central-1' }
    assert.deepEqual(await shared(abroad), [true, false, false, false, false])
  })

  it('keeps each certificate with its issuer when it forgets others', async () => {
    const small = new SimulatedPki(3)
    const regions = ['us-east-1', 'us-east-1', 'us-east-1', 'eu-west-1', 'us-east-1']
    for (const [index, region] of regions.entries()) {
      const moduleId = `${origin.instanceId}-enc0198bc503b57000${index}`
      const certificates = await chain(atMs, { ...origin, region, moduleId }, small)
      for (const [level, certificate] of certificates.slice(1).entries()) {
        const issuer = certificates[level]!
        assert.ok(certificate.verify(issuer.publicKey), `${levels[level + 1]!} of chain ${index}`)
      }
    }
  })
})
