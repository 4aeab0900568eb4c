import assert from 'node:assert/strict'
import { Access, type Asker } from '../../lib/kms/access.ts'
import { Call } from '../../lib/kms/call.ts'
import { show } from '../../lib/kms/decision.ts'
import { Callers } from '../../lib/kms/callers.ts'
import { KnownPrincipals } from '../../lib/kms/known-principals.ts'
import { silent } from '../../lib/kms/log.ts'
import { MemoryStore } from '../../lib/store/memory.ts'

const requestId = '00000000-0000-4000-8000-000000000000'
const store = new MemoryStore()
const access = new Access(store, undefined, silent)

function callOf(input: object): Call<'Encrypt'> {
  const asker: Asker = {
    requestId,
    caller: new Callers([]).rootOf('111122223333', 'eu-west-1'),
    connection: { sourceIp: '127.0.0.1', secure: false, userAgent: undefined, referer: undefined },
    region: 'eu-west-1',
    nowMs: 5,
    attestation: null,
    takesRecipient: false,
  }
  const principals = new KnownPrincipals([])
  const xks = {
    send: () => Promise.reject(new Error('no proxy is called')),
  }
  const given = input as Call<'Encrypt'>['input']
  return new Call('Encrypt', given, asker, { store, principals, access, xks })
}

describe('Call', () => {
  it('is of the caller’s account, the signature’s Region and one moment', () => {
    const call = callOf({})
    assert.deepEqual(call.scope, { account: '111122223333', region: 'eu-west-1' })
    assert.equal(call.nowMs, 5)
  })

  it('ends a dry run, and nothing else', () => {
    assert.throws(() => callOf({ DryRun: true }).endDryRun(), { code: 'DryRunOperationException' })
    callOf({ DryRun: false }).endDryRun()
    callOf({}).endDryRun()
  })

  it('keeps a decision of what it authorizes, and none of what it only asks', async () => {
    const ask = { action: 'kms:ListKeys', key: null }
    assert.equal((await callOf({}).foresee(ask)).verdict.effect, 'ALLOW')
    assert.equal(access.decisions.find(requestId), undefined)
    await callOf({}).authorize(ask)
    assert.equal(show(access.decisions.find(requestId)!).effect, 'ALLOW')
  })

  it('keeps why it is refused, for the operation that it is of', () => {
    callOf({}).noteRefusal('*', 'a text of AWS', ['Statement[0]: why'])
    const { effect, action, resource, message, hints } = show(access.decisions.last()!)
    assert.deepEqual([effect, action, resource], ['IMPLICIT_DENY', 'kms:Encrypt', '*'])
    assert.deepEqual([message, hints], ['a text of AWS', ['Statement[0]: why']])
  })

  it('refuses a key that is not there even to the root user', async () => {
    const ask = { action: 'kms:Decrypt', key: null, resource: 'arn:aws:kms:eu-west-1:1:key/1' }
    await assert.rejects(callOf({}).refuseUnknown(ask), { code: 'AccessDeniedException' })
  })
})
