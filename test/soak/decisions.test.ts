/**
 * Random policies and requests, decided by a server over HTTP and by what `policy explain` and
 * `policy test` decide with: the same decision, to the last element of the last statement.
 */
import assert from 'node:assert/strict'
import type { KMSClient } from '@aws-sdk/client-kms'
import fc from 'fast-check'
import { mintAttestationDocument } from '../../lib/attest/mint.ts'
import { readCasesFile, type CasesFile, type PolicyCase } from '../../lib/cases/file.ts'
import { CaseRunner, withPolicy } from '../../lib/cases/run.ts'
import { describe as describeDecision, type Decision } from '../../lib/kms/decision.ts'
import type { OperationName } from '../../lib/kms/model/types.ts'
import { call, outcome } from '../support/call.ts'
import { enclave, image, otherImage, recipientOf } from '../support/enclaves.ts'
import { startKms, type TestKms } from '../support/kms.ts'
import { arnOf } from '../support/scene.ts'
import {
  actions,
  attachments,
  callers,
  grants,
  keyPolicies,
  requests,
  type RandomRequest,
} from './random-policies.ts'

/** What the issue of this suite asks for. */
const pairs = 10_000
/** Several requests under each policy: putting it costs more than asking. */
const requestsEach = 20
/** Each effect is one to agree about. */
const leastOfEach = 500

const keyIds = ['1', '2', '3', '4'].map((digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`)

/** What a call with its action says beside the key and the context. */
const inputs: Readonly<Record<string, object>> = {
  Decrypt: { DryRunModifiers: ['IGNORE_CIPHERTEXT'], DryRun: true },
  Encrypt: { Plaintext: Buffer.of(1), DryRun: true },
  GenerateDataKey: { KeySpec: 'AES_256', DryRun: true },
  GenerateDataKeyWithoutPlaintext: { KeySpec: 'AES_256', DryRun: true },
}
const takesRecipient = new Set(['Decrypt', 'GenerateDataKey'])

interface Scene {
  readonly kms: TestKms
  readonly clients: ReadonlyMap<string, KMSClient>
  /** For each key: its cases, one for each action and one for each document. */
  readonly files: readonly CasesFile[]
  readonly documents: readonly Uint8Array[]
}

/** Of an image, of another, of none, of one with zero registers, and of an instance. */
async function mintDocuments(): Promise<Uint8Array[]> {
  const { publicKey } = await enclave()
  const given = [
    { pcrs: new Map([[0, image]]) },
    { pcrs: new Map([[0, otherImage]]) },
    { debug: true },
    { platform: 'nitro-tpm' as const, pcrs: new Map([[4, image]]) },
  ]
  return Promise.all(
    given.map((options) => mintAttestationDocument({ publicKey, ...options }, Date.now())),
  )
}

async function build(seed: number): Promise<Scene> {
  const documents = await mintDocuments()
  const attached = fc.sample(attachments, { seed, numRuns: callers.length })
  const principals = callers.map(({ name: _, ...caller }, index) => ({
    ...caller,
    ...(!caller.arn.endsWith(':root') && attached[index]),
  }))
  const kms = await startKms({
    principals: principals.map((principal, index) => ({ ...principal, ...accessKey(index) })),
    keys: keyIds.map((id) => ({ id, tags: { app: 'demo' } })),
    attestation: { maxAgeSeconds: 3600 },
  })
  const clients = new Map(
    callers.map(({ name }, index) => [name, kms.client({ credentials: accessKey(index) })]),
  )
  const byName = Object.fromEntries(callers.map(({ name }, index) => [name, principals[index]]))
  const files: CasesFile[] = []
  for (const [index, KeyId] of keyIds.entries()) {
    const numRuns = 2 * index
    for (const one of fc.sample(grants, { seed: seed + index, numRuns })) {
      await call(kms.root, 'CreateGrant', { KeyId, ...one })
    }
    files.push(await casesOf(kms, KeyId, byName, documents))
  }
  return { kms, clients, files, documents }
}

function accessKey(index: number) {
  return { accessKeyId: `AKIARANDOM${String(index)}`, secretAccessKey: `secret-${String(index)}` }
}

async function casesOf(
  kms: TestKms,
  KeyId: string,
  principals: object,
  documents: readonly Uint8Array[],
): Promise<CasesFile> {
  const { Grants = [] } = await call(kms.root, 'ListGrants', { KeyId })
  const file = {
    policy: { Version: '2012-10-17', Statement: [] },
    key: { arn: arnOf(KeyId), tags: { app: 'demo' } },
    principals,
    grants: Grants.map(
      ({ GrantId, GranteePrincipal, Operations, Constraints, IssuingAccount }) => ({
        GrantId,
        GranteePrincipal,
        Operations,
        IssuingAccount,
        ...(Constraints && { Constraints }),
      }),
    ),
    cases: [
      ...actions.map((action) => ({ name: action, principal: 'root', action, expect: 'deny' })),
      ...documents.map((_, index) => ({
        name: `document ${String(index)}`,
        principal: 'root',
        action: 'kms:Decrypt',
        attestation: { document: `${String(index)}.bin` },
        expect: 'deny',
      })),
    ],
  }
  return readCasesFile('random.cases.json', (path) => {
    const index = /(\d+)\.bin$/.exec(path)?.[1]
    return index === undefined ? Buffer.from(JSON.stringify(file)) : documents[Number(index)]!
  })
}

/** The request as a case of the file; the server is one without TLS. */
function caseOf(file: CasesFile, request: RandomRequest): PolicyCase {
  const { caller, action, encryptionContext, document } = request
  const named = (name: string) => file.cases.find((one) => one.name === name)!
  return {
    ...named(action),
    caller: file.principals.get(caller)!,
    encryptionContext: encryptionContext ?? undefined,
    attestation: document === null ? null : named(`document ${String(document)}`).attestation,
    context: { 'aws:SecureTransport': 'false' },
  }
}

/** The request as the operation's input; on what takes neither, both are left out. */
function inputOf(request: RandomRequest, keyId: string, documents: readonly Uint8Array[]): object {
  const name = request.action.slice('kms:'.length)
  const { encryptionContext, document } = request
  return {
    KeyId: arnOf(keyId),
    ...inputs[name],
    ...(name in inputs && encryptionContext && { EncryptionContext: encryptionContext }),
    ...(takesRecipient.has(name) && document !== null && recipientOf(documents[document]!)),
  }
}

/**
 * What both have to agree about. Each has its own time, and its own file where a policy's name is the
 * place of the policy.
 */
function essence(decision: Decision): unknown {
  const { effect, action, resource, principal, message, evaluations, hints } = decision
  const essential = { effect, action, resource, principal, message, evaluations, hints }
  return JSON.parse(JSON.stringify(essential), (name, value: unknown) => {
    if (name === 'policy')
      return String(value).replace(/^principals[^ ]*\.(?=policies|boundary)/, '')
    const isTime = (value as { key?: unknown } | null)?.key === 'aws:CurrentTime'
    return isTime ? { ...(value as object), actual: null } : value
  })
}

describe('a decision over HTTP and by policy explain', function () {
  this.timeout(600_000)
  const seed = Date.now() | 0
  const effects = { ALLOW: 0, IMPLICIT_DENY: 0, EXPLICIT_DENY: 0 }
  let scene: Scene

  before(async () => {
    scene = await build(seed)
  })
  after(() => scene.kms.close())

  async function agree(runner: CaseRunner, keyIndex: number, request: RandomRequest) {
    const { kms, clients, files, documents } = scene
    const record = await runner.decide(caseOf(files[keyIndex]!, request))
    const operation = request.action.slice('kms:'.length) as OperationName
    const input = inputOf(request, keyIds[keyIndex]!, documents)
    const answer = await outcome(clients.get(request.caller)!, operation, input)
    const isDenied = answer.body.__type === 'AccessDeniedException'
    const isDone = answer.status === 200 || answer.body.__type === 'DryRunOperationException'
    assert.ok(isDenied || isDone, answer.text)
    assert.equal(isDenied ? answer.body.Message : '', record.message)
    const path = `/_/decisions/${answer.requestId}`
    const decision = (await kms.control('GET', path)) as Decision
    assert.deepEqual(essence(decision), essence(describeDecision(record)))
    effects[decision.effect]++
  }

  it(`is the same, ${String(pairs)} times`, async () => {
    const scenes = fc.tuple(
      fc.nat(keyIds.length - 1),
      keyPolicies,
      fc.uniqueArray(requests(scene.documents.length), {
        minLength: requestsEach,
        maxLength: requestsEach,
        selector: (request) => JSON.stringify(request),
      }),
    )
    await fc.assert(
      fc.asyncProperty(scenes, async ([keyIndex, policy, asked]) => {
        const KeyId = keyIds[keyIndex]!
        await call(scene.kms.root, 'PutKeyPolicy', {
          KeyId,
          Policy: policy,
          BypassPolicyLockoutSafetyCheck: true,
        })
        const runner = new CaseRunner(withPolicy(scene.files[keyIndex]!, policy), Date.now())
        await Promise.all(asked.map((request) => agree(runner, keyIndex, request)))
      }),
      { numRuns: pairs / requestsEach, seed },
    )
    const counted = Object.values(effects).reduce((sum, count) => sum + count)
    const words = `seed ${String(seed)}: ${JSON.stringify(effects)}`
    assert.equal(counted, pairs, words)
    for (const count of Object.values(effects)) assert.ok(count >= leastOfEach, words)
    console.log(`      ${words}`)
  })
})
