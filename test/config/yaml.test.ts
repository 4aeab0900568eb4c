import assert from 'node:assert/strict'
import { ConfigError } from '../../lib/config/config-error.ts'
import { ChangedNumber } from '../../lib/config/changed-number.ts'
import { parseTemplate, readYamlFile } from '../../lib/config/yaml.ts'

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

  it('takes a byte order mark', async () => {
    assert.deepEqual(await read('\ufeffa: 1'), { a: 1 })
  })

  it('refuses a number that would be another, and does not show it', async () => {
    await refuses(
      'account: 012345678901',
      'account: a number that would not stay as it is written: put it in quotes',
    )
    await refuses('007', 'a number that would not stay as it is written: put it in quotes')
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

describe('parseTemplate', () => {
  it('keeps a number that would be another, for whoever uses it', async () => {
    assert.deepEqual(await parseTemplate(file, 'mode: 000644\ncount: 3', []), {
      mode: new ChangedNumber('000644'),
      count: 3,
    })
  })

  it('refuses a name that would be another', () =>
    assert.rejects(parseTemplate(file, 'a: { 01: x }', []), {
      name: 'ConfigError',
      message: `${file}: a.01: a number that would not stay as it is written: put it in quotes`,
    }))
})
