/**
 * The ready-made key policies: each with cases that hold, that exercise all of it and that miss no
 * change of it, and each the same over HTTP, with documents of simulated enclaves.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { mintAttestationDocument } from '../lib/attest/mint.ts'
import { instanceIdPcr, roleArnPcr } from '../lib/attest/pcr.ts'
import { judgeFindings } from '../lib/cases/accepted.ts'
import { coverageOf } from '../lib/cases/coverage.ts'
import type { PolicyCase } from '../lib/cases/case.ts'
import { readCasesFile, type CasesFile } from '../lib/cases/file.ts'
import { describeMutation, mutationsOf } from '../lib/cases/mutation.ts'
import { actualOf, CaseRunner, runCases } from '../lib/cases/run.ts'
import { Enclave } from '../lib/enclave/enclave.ts'
import { describeGap } from '../lib/iam/coverage.ts'
import { lintPolicy } from '../lib/iam/lint/index.ts'
import type { OperationName } from '../lib/kms/model/types.ts'
import { call, outcome, type Exchange } from './support/call.ts'
import { startKms, type TestKms } from './support/kms.ts'

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
    assert.ok(names.length >= 15)
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
      roleArnPcr('arn:aws:iam::444455556666:role/enclave-parent'),
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
    file = await readCasesFile(`${folder}${name}.cases.yaml`, (path) => readFileSync(path))
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

  it('has no part that no case exercises', async () => {
    const { items, percent } = coverageOf(file, await runCases(file, nowMs))
    assert.deepEqual(items.filter(({ covered }) => !covered).map(describeGap), [])
    assert.equal(percent, 100)
  })

  it('has nothing that could change without a case that notices', async () => {
    const { survivors, percent, total, limit } = await mutationsOf(file, nowMs)
    assert.deepEqual(survivors.map(describeMutation), [])
    assert.equal(percent, 100)
    assert.equal(limit, null)
    assert.ok(total > file.policy.statements.length)
  })

  it('has nothing that looks protected and is not, but for what its cases file says is meant', () => {
    const { policy, accept } = file
    const { findings, unused } = judgeFindings(lintPolicy(policy), accept, policy.statements)
    assert.deepEqual(
      findings.filter(({ severity }) => severity !== 'note').map(({ rule }) => rule),
      [],
    )
    assert.deepEqual(unused, [])
  })

  it('lets nobody decrypt who may administer the key', async () => {
    const runner = new CaseRunner(file, nowMs)
    const decrypt = file.cases.find(({ action }) => action.name === 'kms:Decrypt')
    const administrators = [file.principals.get('key-admin'), policyWriterOf(file).caller]
    assert.ok(decrypt)
    for (const { attestation, encryptionContext, name } of file.cases) {
      for (const caller of administrators) {
        assert.ok(caller)
        const asked = { ...decrypt, caller, attestation, encryptionContext }
        assert.notEqual(actualOf(await runner.decide(asked)), 'allow', name)
      }
    }
  })

  describe('over HTTP', () => describeOverHttp(() => file))
}

/** The case of somebody who may change the policy. */
function policyWriterOf({ cases }: CasesFile): PolicyCase {
  const found = cases.find(
    ({ action, expect }) => action.name === 'kms:PutKeyPolicy' && expect === 'allow',
  )
  assert.ok(found)
  return found
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
    for (const one of file().cases) {
      const answer = await scene.ask(one)
      if (!answer) continue
      const { effect } = (await scene.kms.control('GET', `/_/decisions/${answer.requestId}`)) as {
        effect: keyof typeof effects
      }
      assert.equal(effects[effect], one.expect, one.name)
      const isRefused = answer.body.__type === 'AccessDeniedException'
      assert.equal(isRefused, one.expect !== 'allow', `${one.name}: ${answer.text}`)
    }
  })

  it('gives what an enclave may decrypt to that enclave alone', async () => {
    const one = file().cases.find(
      ({ action, expect }) => action.name === 'kms:Decrypt' && expect === 'allow',
    )
    assert.ok(one?.attestation)
    const { platform, pcrs } = one.attestation
    const enclave = await Enclave.start({ platform, pcrs: bytesOf(pcrs) })
    const EncryptionContext = one.encryptionContext
    const Plaintext = Buffer.from('the secret')
    const { CiphertextBlob } = await call(scene.clientOf(encrypterFor(file(), one)), 'Encrypt', {
      KeyId: scene.keyArn,
      Plaintext,
      EncryptionContext,
    })
    const input = { CiphertextBlob, EncryptionContext, Recipient: await enclave.recipient() }
    const answer = await call(scene.clientOf(one), 'Decrypt', input)
    assert.equal(answer.Plaintext, undefined)
    assert.ok(answer.CiphertextForRecipient)
    const opened = await enclave.open(answer.CiphertextForRecipient)
    assert.deepEqual(Buffer.from(opened), Plaintext)
  })
}

/** Somebody may encrypt what the case decrypts, who need not be its caller. */
function encrypterFor({ cases }: CasesFile, { encryptionContext }: PolicyCase): PolicyCase {
  const found = cases.find(
    (one) =>
      one.action.name === 'kms:Encrypt' &&
      one.expect === 'allow' &&
      isDeepStrictEqual(one.encryptionContext, encryptionContext),
  )
  assert.ok(found)
  return found
}

function bytesOf(pcrs: ReadonlyMap<number, string>): Map<number, Uint8Array> {
  return new Map([...pcrs].map(([index, hex]) => [index, Buffer.from(hex, 'hex')]))
}

/** A key of which everyone may move ciphertexts, in either direction. */
const openKeyId = '00000000-0000-4000-8000-000000000000'

/** Ask for a second resource or action too, which no key policy decides. */
const askForMore: ReadonlySet<string> = new Set([
  'kms:CreateAlias',
  'kms:DeleteAlias',
  'kms:ReplicateKey',
  'kms:UpdateAlias',
])

/** A minted document has every register, zero where nothing says otherwise: none lacks PCR12. */
const neverMinted: ReadonlySet<string> = new Set([
  'a document without a measurement of the command line may not decrypt',
])

/** For an action, the call that asks for it: an input that passes, and changes nothing that counts. */
const dryRun = { DryRun: true }
const dataKey = { ...dryRun, KeySpec: 'AES_256' }
const dataKeyPair = { ...dryRun, KeyPairSpec: 'ECC_NIST_P256' }
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
  'kms:Encrypt': ['Encrypt', () => ({ ...dryRun, Plaintext: Buffer.from('secret') })],
  'kms:GenerateDataKey': ['GenerateDataKey', () => dataKey],
  'kms:GenerateDataKeyPair': ['GenerateDataKeyPair', () => dataKeyPair],
  'kms:GenerateDataKeyPairWithoutPlaintext': [
    'GenerateDataKeyPairWithoutPlaintext',
    () => dataKeyPair,
  ],
  'kms:GenerateDataKeyWithoutPlaintext': ['GenerateDataKeyWithoutPlaintext', () => dataKey],
  'kms:PutKeyPolicy': ['PutKeyPolicy', (_, Policy) => ({ Policy })],
  'kms:ReEncryptFrom': [
    'ReEncrypt',
    (keyArn) => ({ ...noCiphertext, SourceKeyId: keyArn, DestinationKeyId: openKeyOf(keyArn) }),
  ],
  'kms:ReEncryptTo': [
    'ReEncrypt',
    (keyArn) => ({ ...noCiphertext, SourceKeyId: openKeyOf(keyArn), DestinationKeyId: keyArn }),
  ],
  'kms:RevokeGrant': ['RevokeGrant', () => ({ ...dryRun, GrantId: '0'.repeat(64) })],
  // Allowed, it is refused for its days: the key stays.
  'kms:ScheduleKeyDeletion': ['ScheduleKeyDeletion', () => ({ PendingWindowInDays: 5 })],
  'kms:TagResource': ['TagResource', () => ({ Tags: [{ TagKey: 'team', TagValue: 'a' }] })],
  'kms:UntagResource': ['UntagResource', () => ({ TagKeys: ['team'] })],
  'kms:UpdateKeyDescription': ['UpdateKeyDescription', () => ({ Description: 'tested' })],
}

/** For every other action, an operation of its name that takes a key and needs no more. */
function rowOf({ action: { name } }: PolicyCase): NonNullable<(typeof calls)[string]> {
  return calls[name] ?? [name.slice('kms:'.length) as OperationName, () => ({})]
}

function openKeyOf(keyArn: string): string {
  return keyArn.replace(/[^/]+$/, openKeyId)
}

/** A server with the key and the principals of a cases file. */
class Scene {
  readonly kms: TestKms
  readonly keyArn: string
  readonly #file: CasesFile
  readonly #publicKey: Uint8Array
  readonly #documents = new Map<string, Promise<Uint8Array>>()

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
        Principal: { AWS: policyWriterOf(file).caller.principal.roleArn },
        Action: 'kms:PutKeyPolicy',
        Resource: '*',
      },
    ]
    const both = ['kms:ReEncryptFrom', 'kms:ReEncryptTo']
    const policy = { Version: '2012-10-17', Statement: open }
    const toAll = { Effect: 'Allow', Principal: '*', Action: both, Resource: '*' }
    const kms = await startKms({
      principals,
      keys: [
        { id, spec, policy },
        { id: openKeyId, spec, policy: { ...policy, Statement: [...open, toAll] } },
      ],
    })
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
    const client = this.clientOf(policyWriterOf(this.#file))
    await call(client, 'PutKeyPolicy', { KeyId: this.keyArn, Policy: this.#file.policy.source })
  }

  clientOf({ caller }: PolicyCase) {
    const [name = ''] = [...this.#file.principals].find(([, other]) => other === caller) ?? []
    return this.kms.client({ credentials: credentialsOf(name) })
  }

  /** The answer to the case's call; null where no call is like it. */
  async ask(one: PolicyCase): Promise<Exchange | null> {
    const { action, attestation, encryptionContext, context } = one
    if (askForMore.has(action.name) || neverMinted.has(one.name)) return null
    if (Object.keys(context).length > 0) return null
    const [operation, input] = rowOf(one)
    const document = attestation && (await this.#documentOf(attestation))
    return outcome(this.clientOf(one), operation, {
      KeyId: this.keyArn,
      ...input(this.keyArn, this.#file.policy.source),
      ...(encryptionContext && { EncryptionContext: encryptionContext }),
      ...(document && {
        Recipient: { KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256', AttestationDocument: document },
      }),
    })
  }

  /** Registers decide: one document serves every case that has these. */
  #documentOf({ platform, pcrs }: NonNullable<PolicyCase['attestation']>): Promise<Uint8Array> {
    const name = JSON.stringify([platform, ...pcrs])
    const options = { platform, pcrs: bytesOf(pcrs), publicKey: this.#publicKey }
    const found = this.#documents.get(name) ?? mintAttestationDocument(options, Date.now())
    this.#documents.set(name, found)
    return found
  }
}

function credentialsOf(name: string) {
  return { accessKeyId: `AKIA-${name}`, secretAccessKey: `secret of ${name}` }
}
