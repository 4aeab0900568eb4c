import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sealForRecipient } from '../../../lib/crypto/envelope.ts'
import { generateMaterial, keyMaterialId } from '../../../lib/crypto/material.ts'
import { sealBlob } from '../../../lib/kms/blob.ts'
import { run } from '../run.ts'

const image = '3f'.repeat(48)

interface Report {
  kind: string
  valid: boolean
  code: string | null
  checks: { name: string; ok: boolean; detail: string }[]
  document: Record<string, unknown> & { pcrs: Record<string, string> }
  kmsUsable: boolean
  kmsUnusableBecause: string | null
}

describe('attest, inspect and open', () => {
  let folder: string
  const path = (name: string) => join(folder, name)
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'enclave-kms-documents-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  const inspect = async (args: string[], stdin?: Buffer | string) => {
    const finished = await run(
      ['inspect', ...args, '--json'],
      stdin === undefined ? stdin : { stdin },
    )
    const report = JSON.parse(finished.stdout.toString()) as Report
    return { code: finished.code, report }
  }

  it('mints a document on stdout that inspect believes', async () => {
    const key = path('enclave.pem')
    const minted = await run([
      ...['attest', '--pcr', `0=${image}`, '--pcr', `8=${image}`, '--generate-key', key],
      ...['--role-arn', 'arn:aws:iam::123456789012:role/Webserver'],
      ...['--instance-id', 'i-1234567890abcdef0', '--nonce', '00ff'],
    ])
    assert.equal(minted.code, 0, minted.stderr)
    assert.match(minted.stdout.toString(), /^[A-Za-z0-9+/]+=*\n$/)
    assert.equal(statSync(key).mode & 0o077, 0)
    const { code, report } = await inspect(['-'], minted.stdout)
    assert.equal(code, 0)
    assert.equal(report.kind, 'attestation-document')
    assert.deepEqual([report.valid, report.code, report.kmsUsable], [true, null, true])
    assert.equal(report.kmsUnusableBecause, null)
    assert.equal(report.document.pcrs['0'], image)
    // AWS's published values for this role and this instance (user guide, "Set up attestation").
    assert.equal(
      report.document.pcrs['3'],
      '78fce75db17cd4e0a3fb8dad3ad128ca5e77edbb2b2c7f75329dccd99aa5f6ef4fc1f1a452e315b9e98f9e312e6921e6',
    )
    assert.equal(
      report.document.pcrs['4'],
      '08f996b5d43e047a9eb51e7f548bfee7e164fd7dc8f65541f2ac09d6545ac812719327281c401a67a10fcba87ae79ce0',
    )
    assert.equal(report.document.nonce, Buffer.from('00ff', 'hex').toString('base64'))
    assert.equal(report.document.userData, null)
  })

  it('says which check failed, and exits with 1', async () => {
    await run(['attest', '--pcr', `0=${image}`, '--out', path('document.bin')])
    const bytes = readFileSync(path('document.bin'))
    bytes[bytes.length - 1]! ^= 1
    const { code, report } = await inspect(['-'], bytes)
    assert.deepEqual([code, report.valid, report.kmsUsable], [1, false, false])
    assert.ok(report.code)
    assert.equal(report.checks.filter(({ ok }) => !ok).length, 1)
    const printed = await run(['inspect', '-'], { stdin: bytes })
    assert.equal(printed.code, 1)
    assert.match(printed.stdout.toString(), new RegExp(`NOT valid: ${report.code}`))
  })

  it('judges a document at a time, and its chain at its own time', async () => {
    const file = path('old.bin')
    await run(['attest', '--timestamp', '2024-05-06T07:08:09Z', '--out', file])
    assert.equal((await inspect([file])).code, 1)
    assert.equal((await inspect([file, '--at', '2024-05-06T07:10:00Z'])).code, 0)
    const stale = await inspect([file, '--at', '2024-05-06T07:13:10Z'])
    assert.equal(stale.code, 1)
    assert.deepEqual(
      stale.report.checks.filter(({ ok }) => !ok).map(({ name }) => name),
      ['freshness'],
    )
    assert.equal((await inspect([file, '--at', 'document'])).code, 0)
  })

  it('trusts the root that it is told to', async () => {
    const file = path('rooted.bin')
    await run(['attest', '--out', file])
    const root = fileURLToPath(new URL('../../../certs/simulated-root.pem', import.meta.url))
    assert.equal((await inspect([file, '--root', root])).code, 0)
    assert.equal((await inspect([file, '--root', 'aws'])).code, 1)
  })

  it('tells that a debug document is one', async () => {
    const { stdout } = await run(['attest', '--debug', '--pcr', `5=${image}`])
    const { report } = await inspect(['-'], stdout)
    assert.equal(report.document.debug, true)
    assert.equal(report.document.pcrs['0'], '0'.repeat(96))
    assert.equal(report.document.pcrs['5'], image)
  })

  it('says why KMS cannot use a document', async () => {
    const { stdout } = await run(['attest'])
    const { code, report } = await inspect(['-'], stdout)
    assert.deepEqual([code, report.valid, report.kmsUsable], [0, true, false])
    assert.match(report.kmsUnusableBecause ?? '', /public key/)
    assert.equal(report.document.publicKey, null)
  })

  it('mints NitroTPM documents', async () => {
    const { stdout } = await run(['attest', '--platform', 'nitro-tpm'])
    const { code, report } = await inspect(['-'], stdout)
    assert.equal(code, 0)
    assert.equal(report.document.platform, 'nitro-tpm')
    assert.deepEqual(Object.values(report.document.pcrs), Array(24).fill('0'.repeat(96)))
    assert.equal(report.document.debug, false)
  })

  it('inspects a certificate', async () => {
    const root = fileURLToPath(new URL('../../../certs/simulated-root.pem', import.meta.url))
    const { code, report } = await inspect([root])
    assert.deepEqual([code, report.kind, report.valid], [0, 'certificate', true])
    assert.equal((await inspect([root, '--at', '2001-01-01T00:00:00Z'])).code, 1)
  })

  it('inspects a ciphertext blob', async () => {
    const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab'
    const material = await generateMaterial('SYMMETRIC_DEFAULT')
    const materialId = keyMaterialId(keyId, material.bytes)
    const blob = sealBlob({ keyId, materialId, material }, Buffer.from('text'), {})
    const { code, report } = await inspect(['-'], blob)
    assert.deepEqual([code, report.kind, report.valid], [0, 'ciphertext-blob', true])
    assert.equal((report as unknown as { keyId: string }).keyId, keyId)
    const damaged = await inspect(['-'], blob.subarray(0, -1))
    assert.deepEqual([damaged.code, damaged.report.valid], [1, false])
  })

  it('says which rule of its layout a CiphertextForRecipient breaks', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const spki = publicKey.export({ type: 'spki', format: 'der' })
    const envelope = sealForRecipient(Buffer.from('text'), { key: publicKey, spki }, randomBytes)
    const good = await inspect(['-'], envelope)
    assert.deepEqual([good.code, good.report.kind], [0, 'ciphertext-for-recipient'])
    const { code, report } = await inspect(['-'], envelope.subarray(0, -2))
    assert.deepEqual([code, report.valid], [1, false])
    assert.match(report.code ?? '', /^CMS_/)
  })

  it('exits with 2 for an image that cannot be read', async () => {
    const { code, stderr } = await run(['inspect', '-'], { stdin: '.eif and more' })
    const line = 'enclave-kms: -: EIF_TRUNCATED: the file ends in its header, after 13 bytes\n'
    assert.deepEqual([code, stderr], [2, line])
  })

  it('exits with 2 for what is of no kind that it knows', async () => {
    const damaged = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
    for (const stdin of ['', '# a text\n', Buffer.from([0, 1, 2, 3]), damaged]) {
      assert.equal((await run(['inspect', '-'], { stdin })).code, 2)
    }
  })

  describe('open', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const spki = publicKey.export({ type: 'spki', format: 'der' })
    const seal = (plaintext: Buffer) =>
      sealForRecipient(plaintext, { key: publicKey, spki }, randomBytes)

    const forms = {
      'PKCS#8 PEM': privateKey.export({ type: 'pkcs8', format: 'pem' }),
      'PKCS#8 DER': privateKey.export({ type: 'pkcs8', format: 'der' }),
      'PKCS#1 PEM': privateKey.export({ type: 'pkcs1', format: 'pem' }),
      'PKCS#1 DER': privateKey.export({ type: 'pkcs1', format: 'der' }),
    }
    for (const [form, key] of Object.entries(forms)) {
      it(`takes a key in ${form}`, async () => {
        writeFileSync(path('key'), key)
        const plaintext = randomBytes(1001)
        const { code, stdout } = await run(['open', '--key', path('key')], {
          stdin: seal(plaintext),
        })
        assert.equal(code, 0)
        assert.ok(stdout.equals(plaintext))
      })
    }

    it('takes base64, with line ends', async () => {
      writeFileSync(path('key'), forms['PKCS#8 PEM'])
      const text = seal(Buffer.from('hello')).toString('base64').replace(/.{76}/g, '$&\r\n')
      writeFileSync(path('envelope.b64'), `${text}\n`)
      const { code, stdout } = await run(['open', '--key', path('key'), path('envelope.b64')])
      assert.deepEqual([code, stdout.toString()], [0, 'hello'])
      const inspected = await run(['inspect', '--json', path('envelope.b64')])
      assert.equal((JSON.parse(inspected.stdout.toString()) as Report).valid, true)
    })

    it('exits with 1 and prints nothing for another key, damage, or no key at all', async () => {
      const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
      writeFileSync(path('other'), other.export({ type: 'pkcs8', format: 'pem' }))
      writeFileSync(path('text'), 'no key')
      writeFileSync(path('key'), forms['PKCS#8 PEM'])
      const envelope = seal(Buffer.from('hello'))
      const damaged = Buffer.from(envelope)
      damaged[60]! ^= 1
      const attempts: [key: string, stdin: Buffer | string][] = [
        ['other', envelope],
        ['text', envelope],
        ['nothing', envelope],
        ['key', damaged],
        ['key', ''],
        ['key', 'hello'],
      ]
      for (const [key, stdin] of attempts) {
        const { code, stdout, stderr } = await run(['open', '--key', path(key)], { stdin })
        assert.deepEqual([code, stdout.toString()], [1, ''], key)
        assert.match(stderr, /^enclave-kms: [^\n]+\n$/)
      }
    })
  })

  describe('on captured files', () => {
    const corpus = new URL('../../../../shared/corpus/', import.meta.url)
    const present = existsSync(corpus)
    const why = present ? '' : ' (skipped: no corpus beside the project)'

    interface Row {
      file: string
      expected: string
      verifyAt: string | null
      debug: boolean
      kmsUsablePublicKey: boolean
      pcr0: string | null
      moduleId: string | null
    }

    it(`gives every document of AWS its verdict at its own time${why}`, async function () {
      if (!present) this.skip()
      this.timeout(120_000)
      const index = JSON.parse(
        readFileSync(new URL('attestation/index.json', corpus), 'utf8'),
      ) as Row[]
      for (const row of index) {
        const file = fileURLToPath(new URL(`attestation/${row.file}`, corpus))
        const at = row.verifyAt === null ? [] : ['--at', row.verifyAt]
        const { code, report } = await inspect([file, '--root', 'aws', ...at])
        const label = `${row.file} at ${String(row.verifyAt)}: ${String(report.code)}`
        assert.equal(code, row.expected === 'valid' ? 0 : 1, label)
        assert.equal(report.valid, row.expected === 'valid', label)
        if (row.expected !== 'valid') continue
        assert.equal(report.document.pcrs['0'], row.pcr0, label)
        assert.equal(report.document.moduleId, row.moduleId, label)
        assert.equal(report.document.debug, row.debug, label)
        assert.equal(report.kmsUsable, row.kmsUsablePublicKey, label)
      }
    })

    it(`opens the envelope whose key was published, and shows the other${why}`, async function () {
      if (!present) this.skip()
      interface Envelope {
        file: string
        keyPkcs8DerBase64?: string
        plaintextHex?: string
        ciphertextBytes: number
      }
      const index = JSON.parse(
        readFileSync(new URL('cms/index.json', corpus), 'utf8'),
      ) as Envelope[]
      for (const row of index) {
        const file = fileURLToPath(new URL(`cms/${row.file}`, corpus))
        const { stdout } = await run(['inspect', file, '--json'])
        const report = JSON.parse(stdout.toString()) as Record<string, unknown>
        assert.deepEqual(
          [report.kind, report.valid, report.contentEncryption, report.bytes],
          ['ciphertext-for-recipient', true, 'aes-256-cbc', row.ciphertextBytes],
        )
        if (row.keyPkcs8DerBase64 === undefined) continue
        writeFileSync(path('published.der'), Buffer.from(row.keyPkcs8DerBase64, 'base64'))
        const opened = await run(['open', '--key', path('published.der'), file])
        assert.equal(opened.stdout.toString('hex'), row.plaintextHex)
        const key = createPrivateKey({
          key: readFileSync(path('published.der')),
          format: 'der',
          type: 'pkcs8',
        })
        assert.equal(createPublicKey(key).asymmetricKeyDetails?.modulusLength, 2048)
      }
    })
  })
})
