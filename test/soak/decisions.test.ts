/**
 * Random policies and requests, decided by a server over HTTP and by what `policy explain` and
 * `policy test` decide with: the same decision, to the last element of the last statement.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { CaseRunner, withPolicy } from '../../lib/cases/run.ts'
import type { PolicyType } from '../../lib/iam/authorize.ts'
import { describe as describeDecision, type Decision } from '../../lib/kms/decision.ts'
import type { OperationName } from '../../lib/kms/model/types.ts'
import { call, outcome } from '../support/call.ts'
import { recipientOf } from '../support/enclaves.ts'
import { arnOf } from '../support/scene.ts'
import { keyPolicies, requests, type RandomRequest } from './random-policies.ts'
import { buildWorld, caseOf, keyIds, mintDocuments, type World } from './random-world.ts'

/** The project's claim is that the command and the server never differ: one slip of 10,000 shows. */
const pairs = 10_000
/** Several requests under each policy: putting it costs more than asking. */
const requestsEach = 20
/** An organization and endpoints are a server's for good: more servers have more of them. */
const worldsBuilt = 8
/** Each effect is one to agree about. */
const leastOfEach = 500
/** So is each type of policy, and a grant: by so many decisions at least. */
const leastOfType = 20

/** What a call with its action says beside the key and the context. */
const inputs: Readonly<Record<string, object>> = {
  Decrypt: { DryRunModifiers: ['IGNORE_CIPHERTEXT'], DryRun: true },
  Encrypt: { Plaintext: Buffer.of(1), DryRun: true },
  GenerateDataKey: { KeySpec: 'AES_256', DryRun: true },
  GenerateDataKeyWithoutPlaintext: { KeySpec: 'AES_256', DryRun: true },
}
const takesRecipient = new Set(['Decrypt', 'GenerateDataKey'])

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
    if (name === 'policy') {
      return String(value)
        .replace(/^principals[^ ]*\.(?=policies|boundary)/, '')
        .replace(/^principals[^ ]*\.sessionPolicies\[0\]$/, 'session policy')
    }
    const isTime = (value as { key?: unknown } | null)?.key === 'aws:CurrentTime'
    return isTime ? { ...(value as object), actual: null } : value
  })
}

type DecidedBy = PolicyType | 'GRANT'

describe('a decision over HTTP and by policy explain', function () {
  this.timeout(600_000)
  const seed = Date.now() | 0
  const effects = { ALLOW: 0, IMPLICIT_DENY: 0, EXPLICIT_DENY: 0 }
  const deciding: Record<DecidedBy, number> = {
    SERVICE_CONTROL_POLICY: 0,
    RESOURCE_CONTROL_POLICY: 0,
    RESOURCE_BASED_POLICY: 0,
    IDENTITY_BASED_POLICY: 0,
    PERMISSIONS_BOUNDARY: 0,
    SESSION_POLICY: 0,
    VPC_ENDPOINT_POLICY: 0,
    GRANT: 0,
  }
  const worlds: World[] = []
  let documents: readonly Uint8Array[]

  before(async () => {
    documents = await mintDocuments()
    for (let index = 0; index < worldsBuilt; index++) {
      worlds.push(await buildWorld(seed + index, documents, index % 4 > 0))
    }
  })
  after(() => Promise.all(worlds.map(({ kms }) => kms.close())))

  async function agree(world: World, runner: CaseRunner, keyIndex: number, request: RandomRequest) {
    const record = await runner.decide(caseOf(world.files[keyIndex]!, request))
    const operation = request.action.slice('kms:'.length) as OperationName
    const input = inputOf(request, keyIds[keyIndex]!, documents)
    const answer = await outcome(world.client(request), operation, input)
    const isDenied = answer.body.__type === 'AccessDeniedException'
    const isDone = answer.status === 200 || answer.body.__type === 'DryRunOperationException'
    assert.ok(isDenied || isDone, answer.text)
    assert.equal(isDenied ? answer.body.Message : '', record.message)
    const path = `/_/decisions/${answer.requestId}`
    const decision = (await world.kms.control('GET', path)) as Decision
    assert.deepEqual(essence(decision), essence(describeDecision(record)))
    effects[decision.effect]++
    deciding[record.verdict.decidedBy]++
  }

  it(`is the same, ${String(pairs)} times`, async () => {
    const scenes = fc.tuple(
      fc.nat(worldsBuilt - 1),
      fc.nat(keyIds.length - 1),
      keyPolicies,
      fc.uniqueArray(requests(documents.length), {
        minLength: requestsEach,
        maxLength: requestsEach,
        selector: (request) => JSON.stringify(request),
      }),
    )
    await fc.assert(
      fc.asyncProperty(scenes, async ([worldIndex, keyIndex, policy, asked]) => {
        const world = worlds[worldIndex]!
        await call(world.kms.root, 'PutKeyPolicy', {
          KeyId: keyIds[keyIndex]!,
          Policy: policy,
          BypassPolicyLockoutSafetyCheck: true,
        })
        const runner = new CaseRunner(withPolicy(world.files[keyIndex]!, policy), Date.now())
        await Promise.all(asked.map((request) => agree(world, runner, keyIndex, request)))
      }),
      { numRuns: pairs / requestsEach, seed },
    )
    const counted = Object.values(effects).reduce((sum, count) => sum + count)
    const words = `seed ${String(seed)}: ${JSON.stringify({ ...effects, ...deciding })}`
    assert.equal(counted, pairs, words)
    for (const count of Object.values(effects)) assert.ok(count >= leastOfEach, words)
    for (const count of Object.values(deciding)) assert.ok(count >= leastOfType, words)
    console.log(`      ${words}`)
  })
})
