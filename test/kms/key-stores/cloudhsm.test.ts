import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { ConnectionErrorCodeType } from '@aws-sdk/client-kms'
import {
  areRelated,
  checkCluster,
  connectionErrorOf,
} from '../../../lib/kms/key-stores/cloudhsm.ts'
import { certificate } from '../../support/custom-key-stores.ts'

const page = readFileSync(new URL('../../../docs/custom-key-stores.md', import.meta.url), 'utf8')

/** The words that the page has, with what it says of them. */
const words = [...page.matchAll(/^\| `cluster-(\w+)…` +\| (\w+)\b.*`(\w+)`/gm)].map(
  ([, word = '', where = '', code = '']) => ({ id: `cluster-${word}2345672`, where, code }),
)

function backing(clusterId: string, password = 'kmsPswd') {
  return {
    type: 'AWS_CLOUDHSM',
    clusterId,
    trustAnchorCertificate: certificate,
    password,
  } as const
}

describe('clusters', () => {
  it('work', () => {
    for (const id of ['cluster-234abcdefABC', 'cluster-NotFound234', 'cluster-2222notFound']) {
      for (const what of ['associate', 'connect', 'createKey'] as const) checkCluster(id, what)
      assert.equal(connectionErrorOf(backing(id)), undefined)
    }
  })

  it('fail as the page says, and nowhere else', () => {
    assert.equal(words.length, 15)
    for (const { id, where, code } of words) {
      for (const [name, what] of [
        ['CreateCustomKeyStore', 'associate'],
        ['ConnectCustomKeyStore', 'connect'],
        ['CreateKey', 'createKey'],
      ] as const) {
        const check = () => {
          checkCluster(id, what)
        }
        if (where === name) assert.throws(check, { code }, id)
        else check()
      }
      assert.equal(connectionErrorOf(backing(id)), where === 'connection' ? code : undefined, id)
    }
  })

  it('fail in every way that AWS’s API has for a cluster', () => {
    const ofClusters = Object.values(ConnectionErrorCodeType).filter(
      (code) => !code.startsWith('XKS_'),
    )
    const covered = words.map(({ code }) => code)
    const password = connectionErrorOf(backing('cluster-234abcdefABC', 'wrongPswd'))
    for (const code of ofClusters) {
      assert.ok(covered.includes(code) || code === password, code)
    }
  })
})

describe('areRelated', () => {
  it('asks whether the first eleven characters of two ids are the same', () => {
    assert.equal(areRelated('cluster-234abcdefAB', 'cluster-234abcdefABCD'), true)
    assert.equal(areRelated('cluster-234abcdefAB', 'cluster-234abcdefAC'), false)
  })
})
