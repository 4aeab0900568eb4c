import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  actionName,
  actionsOfKey,
  actionsWithKey,
  keyActions,
  keylessActions,
  recipientActions,
} from '../../../lib/iam/lint/actions.ts'
import { operationNames } from '../../../lib/kms/model/model.ts'
import { operations } from '../../../lib/kms/operations/index.ts'

const shared = fileURLToPath(new URL('../../../../shared/model/actions.json', import.meta.url))

type Rows = Readonly<Record<string, { readonly res: string[]; readonly keys: string[] }>>

const prefixed = (names: readonly string[]) => names.map((name) => `kms:${name}`).sort()

describe('the actions of KMS that lint knows', () => {
  it('are those of the operations', () => {
    const names = operationNames.filter((name) => name !== 'ReEncrypt')
    const more = ['ReEncryptFrom', 'ReEncryptTo', 'SynchronizeMultiRegionKey']
    const known = [...keyActions.values(), ...keylessActions.values()]
    assert.deepEqual(known.sort(), prefixed([...names, ...more]))
  })

  it('take a Recipient where their operation does', () => {
    const taking = [...operations]
      .filter(([, operation]) => operation.recipient !== undefined)
      .map(([name]) => name)
    const known = [...recipientActions.map(actionName), 'kms:GenerateRandom']
    assert.deepEqual(known.sort(), prefixed(taking))
  })

  it('knows the pairs of an encryption context by their prefix', () => {
    assert.ok(actionsWithKey('kms:encryptioncontext:a')?.has('kms:decrypt'))
    assert.equal(actionsWithKey('kms:encryptioncontext:a')?.has('kms:sign'), false)
    assert.equal(actionsWithKey('aws:sourceip'), undefined)
  })

  if (!existsSync(shared)) {
    it.skip('are those of the service authorization reference (skipped: no ../shared here)')
    return
  }

  const rows = JSON.parse(readFileSync(shared, 'utf8')) as Rows
  const entries = Object.entries(rows)

  it('are those of the service authorization reference, each on a key or on none', () => {
    const onKey = entries.filter(([, { res }]) => res.includes('key')).map(([name]) => name)
    const onNone = entries.filter(([, { res }]) => !res.includes('key')).map(([name]) => name)
    assert.deepEqual(
      [...keyActions.values()].sort(),
      prefixed([...onKey, 'Decapsulate', 'Encapsulate']),
    )
    assert.deepEqual([...keylessActions.values()].sort(), prefixed(onNone))
  })

  it('set the condition keys of the service authorization reference', () => {
    for (const [key, actions] of actionsOfKey) {
      const setting = entries
        .filter(([, { res, keys }]) => {
          return res.includes('key') && keys.some((one) => one.toLowerCase() === key)
        })
        .map(([name]) => name)
      assert.deepEqual([...actions].map(actionName).sort(), prefixed(setting), key)
    }
  })
})
