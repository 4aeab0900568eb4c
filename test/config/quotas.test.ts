import assert from 'node:assert/strict'
import { readQuotas } from '../../lib/config/quotas.ts'

const place = {
  path: 'quotas',
  baseDir: '.',
  readFile: () => assert.fail('no file is read'),
}

const read = (value: unknown) => readQuotas(value, place)

describe('readQuotas', () => {
  it('finds none where nothing is set', () => {
    for (const value of [
      {},
      { defaults: false },
      { requestRates: {} },
      { requestRates: { cryptographicOperations: {} } },
    ]) {
      assert.equal(read(value), undefined)
    }
  })

  it('reads AWS’s defaults, things and rates', () => {
    const none = {
      aliasesPerKey: undefined,
      customKeyStores: undefined,
      grantsPerKey: undefined,
      keys: undefined,
    }
    assert.deepEqual(read({ defaults: true }), {
      defaults: true,
      resources: none,
      requestRates: {},
    })
    assert.deepEqual(
      read({
        keys: 0,
        aliasesPerKey: 50,
        requestRates: {
          CreateKey: 5,
          Decrypt: 0.5,
          customKeyStore: 1800,
          cryptographicOperations: { symmetric: 100, ECC_SM2: 10 },
          GenerateDataKeyPair: { RSA_4096: 0.1 },
        },
      }),
      {
        defaults: false,
        resources: { ...none, keys: 0, aliasesPerKey: 50 },
        requestRates: {
          CreateKey: 5,
          Decrypt: 0.5,
          customKeyStore: 1800,
          'cryptographicOperations.symmetric': 100,
          'cryptographicOperations.ECC_SM2': 10,
          'GenerateDataKeyPair.RSA_4096': 0.1,
        },
      },
    )
  })

  const rate = 'want a number above 0, up to 1000000'
  const refusals: readonly (readonly [value: unknown, message: string])[] = [
    ['on', 'quotas: want a map, got a text'],
    [{ defaults: 'yes' }, 'quotas.defaults: want true or false, got "yes"'],
    [{ keysPerRegion: 1 }, 'quotas.keysPerRegion: unknown member; did you mean keys?'],
    [{ keys: -1 }, 'quotas.keys: want a whole number from 0 to 1000000000, got -1'],
    [{ requestRates: 5 }, 'quotas.requestRates: want a map, got a number'],
    [{ requestRates: { Foo: 5 } }, 'quotas.requestRates.Foo: unknown member'],
    [{ requestRates: { CreateKey: 0 } }, `quotas.requestRates.CreateKey: ${rate}, got 0`],
    [{ requestRates: { CreateKey: '5' } }, `quotas.requestRates.CreateKey: ${rate}, got "5"`],
    [{ requestRates: { CreateKey: NaN } }, `quotas.requestRates.CreateKey: ${rate}, got null`],
    [
      { requestRates: { GenerateDataKeyPair: 5 } },
      'quotas.requestRates.GenerateDataKeyPair: want a map, got a number',
    ],
    [
      { requestRates: { GenerateDataKeyPair: { RSA_1024: 5 } } },
      'quotas.requestRates.GenerateDataKeyPair.RSA_1024: unknown member',
    ],
    [
      { requestRates: { 'GenerateDataKeyPair.RSA_2048': 5 } },
      'quotas.requestRates.GenerateDataKeyPair.RSA_2048: unknown member; did you mean GenerateDataKeyPair?',
    ],
  ]
  for (const [value, message] of refusals) {
    it(`refuses ${JSON.stringify(value)}`, () => {
      assert.throws(() => read(value), { name: 'ConfigError', message })
    })
  }
})
