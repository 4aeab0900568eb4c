import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { configFileOf, resolveOptions } from '../../lib/config/options.ts'

const defaults = {
  port: 4599,
  host: '127.0.0.1',
  data: undefined,
  databaseUrl: undefined,
  workers: 1,
  auth: 'open',
  tls: false,
  logLevel: 'info',
}

describe('resolveOptions', () => {
  it('has the contract’s defaults', () => {
    assert.deepEqual(resolveOptions({}, {}), { options: defaults, notBuilt: [] })
  })

  it('lets a flag win over the environment, and that over the file', () => {
    const file = { port: 1, host: 'file', auth: 'strict', tls: true } as const
    const environment = { ENCLAVE_KMS_PORT: '2', ENCLAVE_KMS_HOST: 'environment' }
    const { options } = resolveOptions({ port: '3' }, environment, file)
    assert.deepEqual(options, {
      ...defaults,
      port: 3,
      host: 'environment',
      auth: 'strict',
      tls: true,
    })
  })

  it('reads every option from its flag and from its variable', () => {
    const flags = {
      port: '0',
      host: '::1',
      data: 'dir',
      databaseUrl: 'postgres://db/kms',
      workers: '2',
      auth: 'strict',
      tls: true,
      logLevel: 'debug',
    }
    const environment = {
      ENCLAVE_KMS_PORT: '0',
      ENCLAVE_KMS_HOST: '::1',
      ENCLAVE_KMS_DATA: 'dir',
      ENCLAVE_KMS_DATABASE_URL: 'postgres://db/kms',
      ENCLAVE_KMS_WORKERS: '2',
      ENCLAVE_KMS_AUTH: 'strict',
      ENCLAVE_KMS_TLS: 'true',
      ENCLAVE_KMS_LOG_LEVEL: 'debug',
    }
    const options = { ...flags, port: 0, workers: 2, data: resolve('dir') }
    assert.deepEqual(resolveOptions(flags, {}).options, options)
    assert.deepEqual(resolveOptions({}, environment).options, options)
  })

  it('names what is not built yet as it was given', () => {
    const { notBuilt } = resolveOptions(
      { data: 'dir' },
      { ENCLAVE_KMS_DATABASE_URL: 'postgres://db/kms' },
      { workers: 2 },
    )
    assert.deepEqual(notBuilt, ['--data', 'ENCLAVE_KMS_DATABASE_URL', 'workers'])
    assert.deepEqual(resolveOptions({ workers: '1' }, {}).notBuilt, [])
  })

  it('takes an empty variable for one that is not set', () => {
    assert.equal(resolveOptions({}, { ENCLAVE_KMS_PORT: '' }).options.port, 4599)
  })

  it('takes a switch from the environment as true, false, 1 or 0', () => {
    const of = (value: string) => resolveOptions({}, { ENCLAVE_KMS_TLS: value }).options.tls
    assert.deepEqual(['true', '1', 'false', '0'].map(of), [true, true, false, false])
    assert.throws(() => of('yes'), {
      name: 'ConfigError',
      path: 'ENCLAVE_KMS_TLS',
      message: 'ENCLAVE_KMS_TLS: want true or false, got "yes"',
    })
  })

  it('refuses a wrong value under the name that it was given by', () => {
    const port = 'want a whole number from 0 to 65535'
    for (const value of ['x', '65536', '-1', '1e3', ' 1', '1.0']) {
      assert.throws(() => resolveOptions({ port: value }, {}), {
        name: 'ConfigError',
        path: '--port',
        message: `--port: ${port}, got "${value}"`,
      })
    }
    assert.throws(() => resolveOptions({}, { ENCLAVE_KMS_PORT: '70000' }), {
      path: 'ENCLAVE_KMS_PORT',
      message: `ENCLAVE_KMS_PORT: ${port}, got "70000"`,
    })
    assert.throws(() => resolveOptions({ auth: 'loose' }, {}), {
      path: '--auth',
      message: '--auth: want open or strict, got "loose"',
    })
    assert.throws(() => resolveOptions({ host: 'a b' }, {}), { path: '--host' })
    assert.throws(() => resolveOptions({ workers: '0' }, {}), { path: '--workers' })
    assert.throws(() => resolveOptions({ logLevel: 'loud' }, {}), { path: '--log-level' })
    assert.throws(() => resolveOptions({ databaseUrl: 'db' }, {}), { path: '--database-url' })
  })
})

describe('configFileOf', () => {
  it('lets the flag win over the environment', () => {
    const environment = { ENCLAVE_KMS_CONFIG: 'b.yaml' }
    const [flag, variable] = [
      { path: 'a.yaml', source: '--config' },
      { path: 'b.yaml', source: 'ENCLAVE_KMS_CONFIG' },
    ]
    assert.deepEqual(configFileOf({ config: 'a.yaml' }, environment), flag)
    assert.deepEqual(configFileOf({}, environment), variable)
    assert.equal(configFileOf({}, { ENCLAVE_KMS_CONFIG: '' }), undefined)
    assert.equal(configFileOf({}, {}), undefined)
  })

  it('refuses an empty path', () => {
    assert.throws(() => configFileOf({ config: '' }, {}), {
      path: '--config',
      message: '--config: want the path of a file',
    })
  })
})
