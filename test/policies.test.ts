/**
 * The ready-made key policies: each with cases that hold and that miss nothing when the policy
 * changes, and each the same over HTTP, with documents of simulated enclaves.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { mintAttestationDocument } from '../lib/attest/mint.ts'
import { instanceIdPcr, roleArnPcr } from '../lib/attest/pcr.ts'
import { readCasesFile, type CasesFile, type PolicyCase } from '../lib/cases/file.ts'
import { actualOf, CaseRunner, meets, runCases, withPolicy } from '../lib/cases/run.ts'
import { Enclave } from '../lib/enclave/enclave.ts'
import type { OperationName } from '../lib/kms/model/types.ts'
import { call, outcome, type Exchange } from './support/call.ts'
import { startKms, type TestKms } from './support/kms.ts'
import { mutantsOf } from './support/policy-mutants.ts'

const folder = fileURLToPath(new URL('../policies/', import.meta.url))
const names = filesOf('.json')
const readme = readFileSync(`${folder}README.md`, 'utf8')
const nowMs = Date.now()

/** Making a key takes long: documents of calls whose answers nobody opens have this one. */
let attestedKey: Promise<Enclave> | undefined

/** The names of the files with that ending, without it. */
function filesOf(ending: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .sort()
}

describe('policies/', () => {
  it('has cases for every policy, and a policy for all cases', () => {
    assert.ok(names.length >= 8)
    assert.deepEqual(filesOf('.cases.yaml'), names)
  })

  it('says when to use each policy', () => {
    const listed = [...readme.matchAll(/^- \*\*\[([\w-]+)\]\(\.\/([\w-]+)\.json\)\*\*/gm)]
    assert.deepEqual(listed.map(([, text]) => text).sort(), names)
    for (const [, text, file] of listed) assert.equal(text, file)
  })

  it('has no measurement of a real image: each is the digest that the README says', () => {
    const digests = [...readme.matchAll(/`(example [\w, ]+)`/g)].map(([, text = '']) =>
      createHash('sha384').update(text).digest('hex'),
    )
    const parents = [
      roleArnPcr('arn:aws:iam::111122223333:role/enclave-parent'),
      instanceIdPcr('i-1234567890abcdef0'),
    ].map((register) => register.toString('hex'))
    const known = new Set([...digests, ...parents, '0'.repeat(96)])
    const used = new Set<string>()
    for (const name of names) {
      const text = readFileSync(`${folder}${name}.json`, 'utf8')
      for (const [value] of text.matchAll(/\b[0-9a-f]{32,}\b/gi)) {
        assert.ok(known.has(value), `${name}: ${value}`)
        used.add(value)
      }
    }
    assert.deepEqual([...used].sort(), [...known].sort())
  })

  for (const name of names) describe(name, () => describePolicy(name))
})

function describePolicy(name: string): void {
  let file: CasesFile

  before(async () => {
    file = await readCasesFile(`${folder}${name}.cases.yaml`, readFileSync)
  })

  it('is tested by the cases beside it, all of which hold', async () => {
    assert.equal(file.policyPath, `${folder}${name}.json`)
    assert.equal(file.policy.id, name)
    const failed = (await runCases(file, nowMs)).filter(({ ok }) => !ok)
    assert.deepEqual(
      failed.map(({ name: title, actual, reason }) => `${title}: ${actual}: ${reason}`),
      [],
    )
  })

  it('has no statement and no condition that could change without a case that notices', async () => {
    const unnoticed: string[] = []
    const mutants = mutantsOf(file.policy.source)
    assert.ok(mutants.length > file.policy.statements.length)
    for (const { change, policy } of mutants) {
      if (await allHold(withPolicy(file, policy))) unnoticed.push(change)
    }
    assert.deepEqual(unnoticed, [])
  })

  it('lets nobody decrypt who may administer the key', async () => {
    const runner = new CaseRunner(file, nowMs)
    const decrypt = file.cases.find(({ action }) => action.name === 'kms:Decrypt')
    const caller = file.principals.get('key-admin')
    assert.ok(decrypt && caller)
    for (const one of file.cases) {
      const asked = { ...decrypt, caller, attestation: one.attestation }
      assert.notEqual(actualOf(await runner.decide(asked)), 'allow', one.name)
    }
  })

  describe('over HTTP', () => describeOverHttp(() => file))
}

async function allHold(file: CasesFile): Promise<boolean> {
  const runner = new CaseRunner(file, nowMs)
  for (const one of file.cases) {
    if (!meets(actualOf(await runner.decide(one)), one.expect)) return false
  }
  return true
}

const effects = { ALLOW: 'allow', IMPLICIT_DENY: 'implicit-deny', EXPLICIT_DENY: 'explicit-deny' }

/** `file` is read in a hook. */
function describeOverHttp(file: () => CasesFile): void {
  let scene: Scene

  before(async () => {
    scene = await Scene.start(file())
  })
  after(() => scene.close())

  it('is a policy that its administrator can put, and put again', async () => {
    await scene.putPolicy()
    await scene.putPolicy()
  })

  it('decides every case as the cases file does', async () => {
    let asked = 0
    for (const one of file().cases) {
      const answer = await scene.ask(one)
      if (!answer) continue
      asked++
      const { effect } = (await scene.kms.control('GET', `/_/decisions/${answer.requestId}`)) as {
        effect: keyof typeof effects
      }
      assert.equal(effects[effect], one.expect, one.name)
      const isRefused = answer.body.__type === 'AccessDeniedException'
      assert.equal(isRefused, one.expect !== 'allow', `${one.name}: ${answer.text}`)
    }
    assert.ok(asked >= file().cases.length - 1)
  })

  it('gives what an enclave may decrypt to that enclave alone', async () => {
    const one = file().cases.find(
      ({ action, expect }) => action.name === 'kms:Decrypt' && expect === 'allow',
    )
    assert.ok(one?.attestation)
    const { platform, pcrs } = one.attestation
    const enclave = await Enclave.start({ platform, pcrs: bytesOf(pcrs) })
    const client = scene.clientOf(one)
    const EncryptionContext = one.encryptionContext
    const Plaintext = Buffer.from('the secret')
    const { CiphertextBlob } = await call(client, 'Encrypt', {
      KeyId: scene.keyArn,
      Plaintext,
      EncryptionContext,
    })
    const input = { CiphertextBlob, EncryptionContext, Recipient: await enclave.recipient() }
    const answer = await call(client, 'Decrypt', input)
    assert.equal(answer.Plaintext, undefined)
    assert.ok(answer.CiphertextForRecipient)
    const opened = await enclave.open(answer.CiphertextForRecipient)
    assert.deepEqual(Buffer.from(opened), Plaintext)
  })
}

function bytesOf(pcrs: ReadonlyMap<number, string>): Map<number, Uint8Array> {
  return new Map([...pcrs].map(([index, hex]) => [index, Buffer.from(hex, 'hex')]))
}

/** For an action, the call that asks for it: an input that passes, and changes nothing that counts. */
const dryRun = { DryRun: true }
const noCiphertext = { ...dryRun, DryRunModifiers: ['IGNORE_CIPHERTEXT'] }
const calls: Readonly<
  Record<string, readonly [OperationName, (keyArn: string, policy: string) => object]>
> = {
  'kms:CreateGrant': [
    'CreateGrant',
    () => ({
      ...dryRun,
      GranteePrincipal: 'arn:aws:iam::111122223333:role/enclave-parent',
      Operations: ['Decrypt'],
    }),
  ],
  'kms:Decrypt': ['Decrypt', () => noCiphertext],
  'kms:DeriveSharedSecret': [
    'DeriveSharedSecret',
    () => ({ ...dryRun, KeyAgreementAlgorithm: 'ECDH', PublicKey: Buffer.from('no key') }),
  ],
  'kms:DescribeKey': ['DescribeKey', () => ({})],
  'kms:Encrypt': ['Encrypt', () => ({ ...dryRun, Plaintext: Buffer.from('secret') })],
  'kms:GenerateDataKey': ['GenerateDataKey', () => ({ ...dryRun, KeySpec: 'AES_256' })],
  'kms:GenerateDataKeyPair': [
    'GenerateDataKeyPair',
    () => ({ ...dryRun, KeyPairSpec: 'ECC_NIST_P256' }),
  ],
  'kms:PutKeyPolicy': ['PutKeyPolicy', (_, Policy) => ({ Policy })],
  'kms:ReEncryptFrom': [
    'ReEncrypt',
    (keyArn) => ({ ...noCiphertext, SourceKeyId: keyArn, DestinationKeyId: keyArn }),
  ],
}

/** A server with the key and the principals of a cases file. */
class Scene {
  readonly kms: TestKms
  readonly keyArn: string
  readonly #file: CasesFile
  readonly #publicKey: Uint8Array

  private constructor(kms: TestKms, file: CasesFile, publicKey: Uint8Array) {
    this.kms = kms
    this.#file = file
    this.#publicKey = publicKey
    this.keyArn = `arn:aws:kms:${file.key.region}:${file.key.account}:key/${file.key.id}`
  }

  static async start(file: CasesFile): Promise<Scene> {
    const principals = [...file.principals].map(([name, { principal, policies, tags }]) => ({
      arn: principal.roleArn ?? principal.arn,
      ...credentialsOf(name),
      policies: policies.map(({ document }) => document.source),
      tags,
    }))
    const { id, spec } = file.key
    const open = [
      { Effect: 'Allow', Principal: { AWS: file.key.account }, Action: 'kms:*', Resource: '*' },
      {
        Effect: 'Allow',
        Principal: { AWS: file.principals.get('key-admin')?.principal.roleArn },
        Action: 'kms:PutKeyPolicy',
        Resource: '*',
      },
    ]
    const policy = { Version: '2012-10-17', Statement: open }
    const kms = await startKms({ principals, keys: [{ id, spec, policy }] })
    const scene = new Scene(kms, file, (await (attestedKey ??= Enclave.start())).publicKey)
    for (const { granteePrincipal, operations } of file.grants) {
      const input = { GranteePrincipal: granteePrincipal, Operations: operations }
      await call(kms.root, 'CreateGrant', { KeyId: scene.keyArn, ...input })
    }
    await scene.putPolicy()
    return scene
  }

  close(): Promise<void> {
    return this.kms.close()
  }

  async putPolicy(): Promise<void> {
    const client = this.kms.client({ credentials: credentialsOf('key-admin') })
    await call(client, 'PutKeyPolicy', { KeyId: this.keyArn, Policy: this.#file.policy.source })
  }

  clientOf({ caller }: PolicyCase) {
    const [name = ''] = [...this.#file.principals].find(([, other]) => other === caller) ?? []
    return this.kms.client({ credentials: credentialsOf(name) })
  }

  /** The answer to the case's call; null where its operation is not built yet. */
  async ask(one: PolicyCase): Promise<Exchange | null> {
    const row = calls[one.action.name]
    if (!row) return null
    const [operation, input] = row
    const { attestation, encryptionContext } = one
    const document =
      attestation &&
      (await mintAttestationDocument(
        {
          platform: attestation.platform,
          pcrs: bytesOf(attestation.pcrs),
          publicKey: this.#publicKey,
        },
        Date.now(),
      ))
    return outcome(this.clientOf(one), operation, {
      KeyId: this.keyArn,
      ...input(this.keyArn, this.#file.policy.source),
      ...(encryptionContext && { EncryptionContext: encryptionContext }),
      ...(document && {
        Recipient: { KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256', AttestationDocument: document },
      }),
    })
  }
}

function credentialsOf(name: string) {
  return { accessKeyId: `AKIA-${name}`, secretAccessKey: `secret of ${name}` }
}
