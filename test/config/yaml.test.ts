import assert from 'node:assert/strict'
import { ConfigError } from '../../lib/config/config-error.ts'
import { readYamlFile } from '../../lib/config/yaml.ts'

const file = 'app.cases.yaml'

function read(text: string | Uint8Array): Promise<unknown> {
  return Promise.resolve().then(() => readYamlFile(file, () => Buffer.from(text)))
}

async function refuses(text: string | Uint8Array, message: string | RegExp): Promise<void> {
  await assert.rejects(read(text), (error) => {
    assert.ok(error instanceof ConfigError, String(error))
    assert.equal(error.path, file)
    if (typeof message === 'string') assert.equal(error.message, `${file}: ${message}`)
    else assert.match(error.message, message)
    return true
  })
}

describe('readYamlFile', () => {
  it('reads YAML 1.2 and JSON as plain data', async () => {
    assert.deepEqual(await read('a: [1, yes, "2"]\nb: &c { 0: x }\nd: *c'), {
      a: [1, 'yes', '2'],
      b: { 0: 'x' },
      d: { 0: 'x' },
    })
    assert.deepEqual(await read('{"a": [1, true, null]}'), { a: [1, true, null] })
  })

  it('reads nothing as null', async () => {
    assert.equal(await read('# nothing\n'), null)
  })

  it('refuses what is not one document, names the line, and shows nothing of it', async () => {
    await refuses('a: 1\na: secret', 'Map keys must be unique at line 2')
    await refuses('a: 1\n---\nb: 2', /^app\.cases\.yaml: .*multiple documents.* at line \d$/)
    await refuses('a: "secret', /^app\.cases\.yaml: (?!.*secret).* at line 1$/)
  })

  it('refuses aliases that multiply', async () => {
    const levels = Array.from(
      { length: 10 },
      (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join()}]`,
    )
    await refuses(['l0: &l0 x', ...levels].join('\n'), /alias/i)
  })

  it('refuses a file that is too large or not UTF-8', async () => {
    await refuses(Buffer.alloc(8 * 1024 * 1024 + 1, 0x20), 'it has more than 8388608 bytes')
    await refuses(Uint8Array.of(0xff), 'it is not UTF-8')
  })
})
