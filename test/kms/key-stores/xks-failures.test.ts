import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import {
  answeredFor,
  failures,
  XksFailure,
  type FailureName,
} from '../../../lib/kms/key-stores/xks-failures.ts'

const page = readFileSync(new URL('../../../docs/fidelity.md', import.meta.url), 'utf8')
const names = Object.keys(failures) as FailureName[]

describe('failures', () => {
  it('have texts that docs/fidelity.md lists', () => {
    const missing = names.filter((name) => !page.includes(`\`${failures[name].text}\``))
    assert.deepEqual(missing, [])
  })

  it('hold every error of the specification', () => {
    const specified = [
      'ValidationException',
      'InvalidStateException',
      'InvalidCiphertextException',
      'InvalidKeyUsageException',
      'AuthenticationFailedException',
      'AccessDeniedException',
      'KeyNotFoundException',
      'InvalidUriPathException',
      'ThrottlingException',
      'UnsupportedOperationException',
      'DependencyTimeoutException',
      'InternalException',
    ]
    const errors = names.filter((name) => name.endsWith('Exception'))
    assert.deepEqual(errors.sort(), specified.sort())
  })
})

describe('answeredFor', () => {
  const failing = (name: FailureName) => Promise.reject(new XksFailure(name))

  /** The specification's table, column 2. */
  for (const [name, store, key] of [
    [
      'ValidationException',
      'XksProxyInvalidResponseException',
      'CustomKeyStoreInvalidStateException',
    ],
    [
      'AuthenticationFailedException',
      'XksProxyIncorrectAuthenticationCredentialException',
      'CustomKeyStoreInvalidStateException',
    ],
    [
      'InvalidUriPathException',
      'XksProxyInvalidConfigurationException',
      'CustomKeyStoreInvalidStateException',
    ],
    [
      'DependencyTimeoutException',
      'XksProxyUriUnreachableException',
      'CustomKeyStoreInvalidStateException',
    ],
    [
      'ThrottlingException',
      'XksProxyUriUnreachableException',
      'CustomKeyStoreInvalidStateException',
    ],
    [
      'InternalException',
      'XksProxyInvalidResponseException',
      'CustomKeyStoreInvalidStateException',
    ],
    ['noConnection', 'XksProxyUriUnreachableException', 'CustomKeyStoreInvalidStateException'],
    ['noTls', 'XksProxyUriUnreachableException', 'CustomKeyStoreInvalidStateException'],
    ['timeout', 'XksProxyUriUnreachableException', 'CustomKeyStoreInvalidStateException'],
    ['malformed', 'XksProxyInvalidResponseException', 'CustomKeyStoreInvalidStateException'],
    ['InvalidStateException', null, 'XksKeyInvalidConfigurationException'],
    ['InvalidKeyUsageException', null, 'XksKeyInvalidConfigurationException'],
    ['AccessDeniedException', null, 'KMSInvalidStateException'],
    ['KeyNotFoundException', null, 'XksKeyNotFoundException'],
    ['notConnected', null, 'CustomKeyStoreInvalidStateException'],
  ] as const) {
    it(`answers ${name} as AWS does`, async () => {
      const message = failures[name].text
      if (store) await assert.rejects(answeredFor('store', failing(name)), { code: store, message })
      await assert.rejects(answeredFor('key', failing(name)), { code: key, message })
      const code = 'KMSInvalidStateException'
      await assert.rejects(answeredFor('cryptography', failing(name)), { code, message })
    })
  }

  it('leaves everything else alone', async () => {
    assert.equal(await answeredFor('store', Promise.resolve(7)), 7)
    const mistake = new TypeError('x')
    await assert.rejects(answeredFor('store', Promise.reject(mistake)), mistake)
  })
})
