import assert from 'node:assert/strict'
import { X509Certificate, createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { simulatedRootPem, trustAnchors } from '../../lib/attest/roots.ts'
import { decodeAttestationDocument } from '../../lib/codec/document.ts'
import { decodeCoseSign1 } from '../../lib/codec/cose.ts'
import { chainVectors, corpusDocument, hasCorpus, rowNamed, skipNote } from '../support/vectors.ts'

const { root, rows } = chainVectors()
const der = rowNamed(rows, "five certificates, as AWS's").cabundle[0] ?? Buffer.alloc(0)
const pem = new X509Certificate(der).toString()

const never = (): Uint8Array => assert.fail('a file was read')

describe('trustAnchors', () => {
  it("pins AWS's root by the digest that AWS publishes", () => {
    assert.deepEqual(trustAnchors(['aws'], never), [
      { name: 'aws', sha256: '641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b' },
    ])
  })

  it(`pins the root of AWS's documents${skipNote}`, function () {
    if (!hasCorpus) this.skip()
    const { payload } = decodeCoseSign1(corpusDocument('yawn-nitro-attest-20250106-19b717.cose'))
    const [first = Buffer.alloc(0)] = decodeAttestationDocument(payload).cabundle
    const sha256 = createHash('sha256').update(first).digest('hex')
    assert.equal(trustAnchors(['aws'])[0]?.sha256, sha256)
  })

  it('reads the simulated root, which is shipped with the package', () => {
    const file = new URL('../../certs/simulated-root.pem', import.meta.url)
    assert.ok(existsSync(file))
    const [anchor] = trustAnchors(['simulated'])
    const certificate = new X509Certificate(readFileSync(file))
    assert.equal(anchor?.name, 'simulated')
    assert.equal(anchor.sha256, certificate.fingerprint256.replaceAll(':', '').toLowerCase())
    assert.deepEqual(Buffer.from(anchor.der ?? []), certificate.raw)
    assert.equal(simulatedRootPem(), readFileSync(file, 'utf8'))
  })

  it('reads a file of PEM and one of DER', () => {
    const files: Record<string, Uint8Array> = { 'a.pem': Buffer.from(pem), 'b.der': der }
    const read = (path: string) => files[path] ?? never()
    const [first, second] = trustAnchors([{ file: 'a.pem' }, { file: 'b.der' }], read)
    assert.deepEqual([first?.name, second?.name], ['a.pem', 'b.der'])
    assert.deepEqual([first?.sha256, second?.sha256], [root, root])
  })

  it('lets the error of reading a file through', () => {
    const missing = new Error('no such file')
    const read = () => {
      throw missing
    }
    assert.throws(() => trustAnchors([{ file: 'x.pem' }], read), missing)
  })

  it('refuses a file with two certificates, and one with none', () => {
    for (const [text, count] of [
      [pem + pem, 2],
      ['', 0],
    ] as const) {
      assert.throws(() => trustAnchors([{ file: 'x' }], () => Buffer.from(text)), {
        code: 'CERTIFICATE_PEM',
        message: `${count} PEM blocks where one CERTIFICATE is wanted`,
      })
    }
  })

  it('refuses a certificate with a byte after it', () => {
    const longer = Buffer.concat([der, Buffer.of(0)])
    assert.throws(() => trustAnchors([{ file: 'x' }], () => longer), {
      code: 'DER_TRAILING_BYTES',
      message: '1 bytes too many',
    })
  })

  it('takes a digest in either case, with colons and without', () => {
    const colons = root.toUpperCase().replace(/..(?=.)/g, '$&:')
    for (const sha256 of [root, root.toUpperCase(), colons]) {
      assert.deepEqual(trustAnchors([{ sha256 }], never), [
        { name: `sha256:${root}`, sha256: root },
      ])
    }
  })

  it('refuses a digest that is not one', () => {
    assert.throws(() => trustAnchors([{ sha256: root.slice(2) }]), {
      code: 'ROOT_DIGEST',
      message: 'a SHA-256 has 32 bytes, not 31',
    })
    assert.throws(() => trustAnchors([{ sha256: `x${root.slice(1)}` }]), { code: 'HEX' })
  })
})
