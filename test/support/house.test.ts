/**
 * The house's rules on made-up sources: every rule finds what it forbids and lets pass what it
 * allows. Without this, a rule that finds nothing would look like a tidy house.
 */
import assert from 'node:assert/strict'
import {
  deadMentions,
  focusedOrSkipped,
  leftovers,
  oddOperations,
  poorHeads,
  tooLong,
  untested,
} from './house-files.ts'
import { brokenImports, circles, importsOf, upwardImports, type Sources } from './house.ts'

const head = '/** What this file is, what it refuses, and the clause that it follows. */\n'

function house(files: Record<string, string>): Sources {
  return new Map(Object.entries(files))
}

describe('importsOf', () => {
  it('finds every way to name a module', () => {
    const text = [
      "import { a } from './a.ts'",
      "import type { B } from './b.ts'",
      "import { type C } from './c.ts'",
      "import './d.ts'",
      "export { e } from './e.ts'",
      "export type { F } from './f.ts'",
      "const g = await import('./g.ts')",
      "type H = typeof import('./h.ts')",
      "type I = import('./i.ts').I",
      "const j = createRequire(import.meta.url)('j')",
      "const k = require('k')",
    ]
    assert.deepEqual(
      importsOf('lib/x.ts', text.join('\n')).map(
        ({ specifier, typeOnly, line }) => `${line} ${specifier}${typeOnly ? ' type' : ''}`,
      ),
      [
        '1 ./a.ts',
        '2 ./b.ts type',
        '3 ./c.ts',
        '4 ./d.ts',
        '5 ./e.ts',
        '6 ./f.ts type',
        '7 ./g.ts',
        '8 ./h.ts type',
        '9 ./i.ts type',
        '10 j',
        '11 k',
      ],
    )
  })

  it('is not fooled by text that looks like an import', () => {
    const text = 'const a = "import b from \'./b.ts\'" // import c from "./c.ts"'
    assert.deepEqual(importsOf('lib/x.ts', text), [])
  })
})

describe('upwardImports', () => {
  it('lets a floor import itself and what is below', () => {
    const files = house({
      'lib/cli/main.ts': "import '../index.ts'",
      'lib/index.ts': "import './config/config.ts'; import './enclave/index.ts'",
      'lib/config/config.ts': "import '../http/server.ts'",
      'lib/http/server.ts': "import '../kms/service.ts'",
      'lib/kms/service.ts': "import './operations/index.ts'; import './key.ts'",
      'lib/kms/operations/index.ts': "import './sign.ts'",
      'lib/kms/operations/sign.ts': "import '../key.ts'",
      'lib/kms/key.ts': "import '../store/store.ts'; import './arn.ts'",
      'lib/enclave/index.ts': "import '../attest/verify.ts'",
      'lib/attest/verify.ts': "import '../crypto/envelope.ts'",
      'lib/crypto/envelope.ts': "import '../codec/cms.ts'",
      'lib/iam/document.ts': "import '../codec/bytes.ts'",
      'lib/codec/cms.ts': "import '../errors.ts'",
    })
    assert.deepEqual(upwardImports(files), [])
  })

  it('finds an import of a floor above, a type or a dynamic one too', () => {
    const files = house({
      'lib/codec/cms.ts': "import type { A } from '../crypto/envelope.ts'",
      'lib/errors.ts': "\nawait import('./iam/document.ts')",
    })
    assert.deepEqual(upwardImports(files), [
      'lib/codec/cms.ts:1 imports lib/crypto/envelope.ts, which is above it',
      'lib/errors.ts:2 imports lib/iam/document.ts, which is above it',
    ])
  })

  it('lets only the service import the table of operations, and nothing else of it', () => {
    const files = house({
      'lib/kms/key.ts': "import './operations/index.ts'",
      'lib/kms/service.ts': "import './operations/sign.ts'",
    })
    assert.deepEqual(upwardImports(files), [
      'lib/kms/key.ts:1 imports lib/kms/operations/index.ts, which is above it',
      'lib/kms/service.ts:1 imports lib/kms/operations/sign.ts, which is above it',
    ])
  })

  it('finds a file that stands on no floor', () => {
    assert.deepEqual(upwardImports(house({ 'lib/utils/text.ts': '' })), [
      'lib/utils/text.ts stands on no floor',
    ])
  })
})

describe('circles', () => {
  it('finds none in a tree', () => {
    const files = house({ 'a.ts': "import './b.ts'; import './c.ts'", 'b.ts': "import './c.ts'" })
    assert.deepEqual(circles(files), [])
  })

  it('finds a circle once, types included', () => {
    const files = house({
      'a.ts': "import './b.ts'",
      'b.ts': "import type { C } from './c.ts'",
      'c.ts': "type A = import('./a.ts').A",
      'd.ts': "import './a.ts'",
    })
    assert.deepEqual(circles(files), ['a.ts → b.ts → c.ts → a.ts'])
  })

  it('finds a module that imports itself', () => {
    assert.deepEqual(circles(house({ 'a.ts': "import './a.ts'" })), ['a.ts → a.ts'])
  })

  it('finds both circles that meet in one module', () => {
    const files = house({
      'a.ts': "import './b.ts'",
      'b.ts': "import './a.ts'; import './c.ts'",
      'c.ts': "import './b.ts'",
    })
    assert.deepEqual(circles(files), ['a.ts → b.ts → a.ts', 'c.ts → b.ts → c.ts'])
  })
})

describe('poorHeads', () => {
  const problemOf = (text: string) => poorHeads(house({ 'lib/a.ts': text }))

  it('takes a sentence, below a first line for the shell too', () => {
    assert.deepEqual(problemOf(head), [])
    assert.deepEqual(problemOf(`#!/usr/bin/env node\n${head}`), [])
    const clause = 'https://www.rfc-editor.org/rfc/rfc8949#section-4.2'
    assert.deepEqual(problemOf(`${head.replace(' */', '')}\n * ${clause}\n */`), [])
  })

  it('finds a file without a head', () => {
    const want = ['lib/a.ts has no head: want a block comment before all code']
    assert.deepEqual(problemOf(''), want)
    assert.deepEqual(problemOf(`import './b.ts'\n${head}`), want)
    assert.deepEqual(problemOf(`// ${'A line comment is not a head. '.repeat(3)}`), want)
  })

  it('finds a head that says too little, stops short or goes on', () => {
    assert.deepEqual(problemOf('/** Helpers. */'), ['lib/a.ts has a head that says too little'])
    assert.deepEqual(problemOf('/** What this file is, what it refuses and the clause of */'), [
      'lib/a.ts has a head that does not end as a sentence does',
    ])
    assert.deepEqual(problemOf(`/**\n${' * A line of the head of a file.\n'.repeat(7)} */`), [
      'lib/a.ts has a head of more than 6 lines',
    ])
  })
})

describe('tooLong', () => {
  it('takes files at their limits', () => {
    const files = house({
      'lib/a.ts': '// a line\n'.repeat(350),
      'lib/kms/operations/sign.ts': '// a line\n'.repeat(110),
      'lib/kms/operations/index.ts': '// a line\n'.repeat(111),
    })
    assert.deepEqual(tooLong(files), [])
  })

  it('finds files above them', () => {
    const files = house({
      'lib/a.ts': '// a line\n'.repeat(351),
      'lib/kms/operations/sign.ts': '// a line\n'.repeat(111),
    })
    assert.deepEqual(tooLong(files), [
      'lib/a.ts has 351 lines: at most 350',
      'lib/kms/operations/sign.ts has 111 lines: at most 110',
    ])
  })

  it('finds long functions, methods and arrows', () => {
    const lines = (count: number) => '  a()\n'.repeat(count)
    assert.deepEqual(tooLong(house({ 'lib/a.ts': `function f() {\n${lines(58)}}\n` })), [])
    const files = house({
      'lib/a.ts': `\nfunction f() {\n${lines(59)}}\n`,
      'lib/b.ts': `class B {\n  m() {\n${lines(59)}  }\n}\n`,
      'lib/c.ts': `const c = () => {\n${lines(59)}}\n`,
    })
    assert.deepEqual(tooLong(files), [
      'lib/a.ts:2 has a function of 61 lines: at most 60',
      'lib/b.ts:2 has a function of 61 lines: at most 60',
      'lib/c.ts:1 has a function of 61 lines: at most 60',
    ])
  })
})

describe('untested', () => {
  const code = 'export const a = 1'

  it('takes a test of its own, a listed one, and a module of types', () => {
    const files = house({
      'lib/errors.ts': code,
      'lib/kms/key.ts': code,
      'lib/kms/plain.js': code,
      'lib/kms/model/types.ts':
        "import type { A } from './a.ts'\nexport type { A }\nexport interface B { b: 1 }\ntype C = A",
    })
    const tests = new Set(
      ['errors', 'kms/plain', 'kms/service'].map((name) => `test/${name}.test.ts`),
    )
    assert.deepEqual(untested(files, tests, { 'test/kms/service.test.ts': ['lib/kms/key.ts'] }), [])
  })

  it('finds a module without a test', () => {
    assert.deepEqual(untested(house({ 'lib/kms/key.ts': code }), new Set(), {}), [
      'lib/kms/key.ts has no test/kms/key.test.ts',
    ])
    const another = new Set(['test/key.test.ts'])
    assert.equal(untested(house({ 'lib/kms/key.ts': code }), another, {}).length, 1)
  })

  it('finds what is listed and wrong or needless', () => {
    const files = house({ 'lib/a.ts': code, 'lib/b.ts': code })
    const covered = {
      'test/gone.test.ts': ['lib/a.ts'],
      'test/b.test.ts': ['lib/b.ts', 'lib/gone.ts'],
    }
    assert.deepEqual(untested(files, new Set(['test/b.test.ts']), covered), [
      'test/gone.test.ts is listed and does not exist',
      'lib/b.ts is listed and has a test of its own',
      'lib/gone.ts is listed and does not exist',
    ])
  })
})

describe('brokenImports', () => {
  const packages = { dependencies: ['express', '@a/b'], devDependencies: ['@aws-sdk/client-kms'] }
  const problemsOf = (text: string) =>
    brokenImports(house({ 'lib/a.ts': text, 'lib/b.ts': '', 'lib/plain.js': '' }), packages)

  it('takes files, dependencies, builtins, and types of development dependencies', () => {
    const text = [
      "import './b.ts'",
      "import data from './model.json' with { type: 'json' }",
      "import './plain.js'",
      "import 'express'",
      "import '@a/b/c'",
      "import 'node:fs'",
      "import type { A } from '@aws-sdk/client-kms'",
    ]
    assert.deepEqual(problemsOf(text.join('\n')), [])
  })

  for (const [text, problem] of [
    ["import './b.js'", 'imports ./b.js: want a path that ends in .ts'],
    ["import './c.ts'", 'imports ./c.ts: no such file'],
    ["import '../b.ts'", 'imports ../b.ts: no such file'],
    ["import 'fs'", 'imports fs: want node:fs'],
    ["import 'fs/promises'", 'imports fs/promises: want node:fs/promises'],
    ["import 'left-pad'", 'imports left-pad: not in package.json'],
    ["import type { A } from '@a/c'", 'imports @a/c: not in package.json'],
    [
      "import { type A } from '@aws-sdk/client-kms'",
      'imports @aws-sdk/client-kms: a development dependency is for types only',
    ],
  ] as const) {
    it(`finds ${text}`, () => {
      assert.deepEqual(problemsOf(text), [`lib/a.ts:1 ${problem}`])
    })
  }
})

describe('oddOperations', () => {
  const table = 'lib/kms/operations/index.ts'
  const file = 'lib/kms/operations/re-encrypt.ts'
  const row = "export const ReEncrypt = operation('ReEncrypt', {})"

  it('takes one row, one file, one name', () => {
    const files = house({ [table]: 'const rows = [ReEncrypt] as const', [file]: row })
    assert.deepEqual(oddOperations(files), [])
  })

  for (const [what, files, problems] of [
    [
      'a row without a file',
      { [table]: 'const rows = [Sign]' },
      ['Sign is a row and has no file lib/kms/operations/sign.ts'],
    ],
    [
      'a file without a row',
      { [table]: 'const rows = []', [file]: row },
      [`${file} is no row of the table`],
    ],
    ['no table at all', { [file]: row }, [`${file} is no row of the table`]],
    [
      'two rows',
      { [table]: 'const rows = [ReEncrypt, ReEncrypt]', [file]: row },
      ['ReEncrypt is two rows'],
    ],
    [
      'a second export',
      { [table]: 'const rows = [ReEncrypt]', [file]: `${row}\nexport type A = 1` },
      [`${file} exports ReEncrypt, A`],
    ],
    ['no export', { [table]: 'const rows = [ReEncrypt]', [file]: '' }, [`${file} exports nothing`]],
    [
      'an export of another name',
      { [table]: 'const rows = [ReEncrypt]', [file]: "export const Sign = operation('Sign', {})" },
      [`${file} exports Sign`],
    ],
    [
      'an operation of another name',
      {
        [table]: 'const rows = [ReEncrypt]',
        [file]: "export const ReEncrypt = operation('Sign', {})",
      },
      [`${file} does not call its operation 'ReEncrypt'`],
    ],
  ] as const) {
    it(`finds ${what}`, () => {
      assert.deepEqual(oddOperations(house(files)), problems)
    })
  }
})

describe('leftovers', () => {
  const problemOf = (text: string) => leftovers(house({ 'docs/a.md': `\n${text}` }))
  const path = (...parts: string[]) => ['', ...parts].join('/')

  it('takes paths that every machine has, and addresses', () => {
    for (const text of [
      '#!/usr/bin/env bash',
      'https://example.com/home/page',
      './tmp/x',
      'dist/root/x',
      'WORKDIR /app',
      'arn:aws:iam::111122223333:root',
    ]) {
      assert.deepEqual(problemOf(text), [], text)
    }
  })

  it('finds paths of one machine', () => {
    for (const text of [
      path('home', 'ada', 'key.pem'),
      `cat "${path('root', 'key.pem')}"`,
      `see (${path('tmp', 'key.pem')})`,
      ['C:', 'Users', 'ada'].join('\\'),
    ]) {
      assert.deepEqual(problemOf(text), ["docs/a.md:2 names a machine's path"], text)
    }
  })

  it('finds what is unfinished', () => {
    for (const word of ['TO-DO', 'FIX-ME', 'X-XX']) {
      const text = `// ${word.replace('-', '')}: later`
      assert.deepEqual(problemOf(text), ['docs/a.md:2 is unfinished'], text)
    }
    assert.deepEqual(problemOf('a methodology, and a TODOS.md'), [])
  })
})

describe('deadMentions', () => {
  const problemsOf = (text: string) =>
    deadMentions(house({ 'docs/a.md': text }), (path) => path === 'lib/a.ts')

  it('takes files that are there, and paths of something else', () => {
    for (const text of [
      'see `lib/a.ts`.',
      '(lib/a.ts)',
      'node_modules/b/lib/b.js',
      'lib/ and test/',
    ]) {
      assert.deepEqual(problemsOf(text), [], text)
    }
  })

  it('finds a file that is not there', () => {
    assert.deepEqual(problemsOf('first\nsee lib/a.ts and `lib/gone.ts`'), [
      'docs/a.md:2 names lib/gone.ts: no such file',
    ])
  })
})

describe('focusedOrSkipped', () => {
  const problemsOf = (text: string) => focusedOrSkipped(house({ 'test/a.test.ts': text }))
  const skips = ['test/a.test.ts:1 skips without a reason in the title: want (skipped: …)']

  it('finds a test that shuts out the others', () => {
    const want = ['test/a.test.ts:1 shuts out every other test']
    assert.deepEqual(problemsOf("it.only('adds', () => {})"), want)
    assert.deepEqual(problemsOf("describe.only('add', () => {})"), want)
  })

  it('finds a skip without a reason', () => {
    for (const text of [
      "it.skip('adds', () => {})",
      "describe('add (of two numbers)', () => { it.skip('adds (fast)') })",
      "const test = present ? it : it.skip; test('adds', () => {})",
      "it('adds', function () { this.skip() })",
    ]) {
      assert.deepEqual(problemsOf(text), skips, text)
    }
  })

  it('takes a skip that says why, there or around it', () => {
    for (const text of [
      "it.skip('adds (skipped: no numbers)', () => {})",
      'it.skip(`${id} (not built: ${name})`)',
      '(present ? it : it.skip)(present ? title : `${title} (skipped: no corpus)`, () => {})',
      "describe('add (skipped: no numbers)', () => { it.skip('adds') })",
      "describe('add (needs openssl)', () => { before(function () { this.skip() }) })",
      "it('adds', function () { this.test.title += ' (skipped: no numbers)'; this.skip() })",
      "const titled = (text) => `${text} (skipped: no numbers)`; it.skip(titled('adds'))",
      "const why = ' (skipped: no numbers)'; describe(`add${why}`, () => { it.skip('adds') })",
    ]) {
      assert.deepEqual(problemsOf(text), [], text)
    }
  })

  it('knows the constants of the other test files', () => {
    const files = house({
      'test/support/numbers.ts': "export const note = present ? '' : ' (skipped: no numbers)'",
      'test/a.test.ts': "import { note } from './support/numbers.ts'\nit.skip(`adds${note}`)",
    })
    assert.deepEqual(focusedOrSkipped(files), [])
  })

  it('leaves other things that are called so alone', () => {
    assert.deepEqual(problemsOf('reader.skip(4); list.only; "it.skip(1)"'), [])
  })
})
