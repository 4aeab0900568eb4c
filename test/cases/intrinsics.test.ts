import assert from 'node:assert/strict'
import { resolveIntrinsics, type KnownValue } from '../../lib/cases/intrinsics.ts'
import { ConfigError } from '../../lib/config/config-error.ts'

const place = { path: 'at', baseDir: '.', readFile: () => new Uint8Array() }
const known = new Map<string, KnownValue>([
  ['A', 'a'],
  ['B.Arn', 'b'],
  ['List', ['x', 'y']],
  ['Long', 'x'.repeat(131_073)],
  ['Large', 'x'.repeat(100_000)],
])

function resolve(value: unknown): unknown {
  return resolveIntrinsics(value, (name) => known.get(name), place)
}

/** A text of four to the power of `depth` characters. */
function bomb(depth: number): object {
  const T = depth === 0 ? 'x' : bomb(depth - 1)
  return { 'Fn::Sub': ['${T}${T}${T}${T}', { T }] }
}

function nested(depth: number): object {
  return depth === 0 ? {} : { a: nested(depth - 1) }
}

describe('resolveIntrinsics', () => {
  const rows: readonly (readonly [what: string, value: unknown, resolved: unknown])[] = [
    ['what is none', { a: [1, true, null, 'x'], b: {} }, { a: [1, true, null, 'x'], b: {} }],
    ['Ref', { a: { Ref: 'A' } }, { a: 'a' }],
    ['Ref to a list', { a: { Ref: 'List' } }, { a: ['x', 'y'] }],
    ['AWS::NoValue in a map', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
    ['AWS::NoValue in a list', [{ Ref: 'AWS::NoValue' }, 1], [1]],
    [
      'GetAtt in both forms',
      [{ 'Fn::GetAtt': 'B.Arn' }, { 'Fn::GetAtt': ['B', 'Arn'] }],
      ['b', 'b'],
    ],
    ['Join', { 'Fn::Join': [':', ['arn', { Ref: 'A' }, 1]] }, 'arn:a:1'],
    ['Join of a list that has a name', { 'Fn::Join': [',', { Ref: 'List' }] }, 'x,y'],
    ['Sub', { 'Fn::Sub': '${A}/${B.Arn}' }, 'a/b'],
    ['Sub with a map', { 'Fn::Sub': ['${A}${C}', { A: 'own', C: { Ref: 'A' } }] }, 'owna'],
    [
      'Sub of a policy variable',
      { 'Fn::Sub': '${!aws:PrincipalTag/team}${A}' },
      '${aws:PrincipalTag/team}a',
    ],
    ['Sub of what a replacement would mean', { 'Fn::Sub': ['${C}', { C: '$&$1' }] }, '$&$1'],
    [
      'a policy’s Condition, which is no function',
      { Condition: { Bool: { a: 'true' } } },
      { Condition: { Bool: { a: 'true' } } },
    ],
  ]
  for (const [what, value, resolved] of rows) {
    it(`resolves ${what}`, () => assert.deepEqual(resolve(value), resolved))
  }

  const wrong: readonly (readonly [what: string, value: unknown, message: string])[] = [
    [
      'an unknown name',
      [{ Ref: 'Z' }],
      'at[0]: the value of Z is not known here: give it under policy.parameters',
    ],
    [
      'an unknown name in Sub',
      { a: { 'Fn::Sub': '${Z}' } },
      'at.a: the value of Z is not known here: give it under policy.parameters',
    ],
    [
      'an inherited name in Sub',
      { 'Fn::Sub': '${toString}' },
      'at: the value of toString is not known here: give it under policy.parameters',
    ],
    [
      'another function',
      { a: { 'Fn::If': ['x', 1, 2] } },
      'at.a: Fn::If is known only to CloudFormation: want Ref, Fn::GetAtt, Fn::Join, Fn::Sub',
    ],
    ['a function beside members', { Ref: 'A', b: 1 }, 'at: Ref stands beside other members'],
    ['a list in a text', { 'Fn::Sub': '${List}' }, 'at: Fn::Sub wants texts'],
    ['a Ref to no name', { Ref: {} }, 'at: Ref wants texts'],
    ['a Join of no list', { 'Fn::Join': ['', 'x'] }, 'at: Fn::Join wants a delimiter and a list'],
    [
      'a Join without a delimiter',
      { 'Fn::Join': [['x']] },
      'at: Fn::Join wants a delimiter and a list',
    ],
    ['a Sub of no text', { 'Fn::Sub': [1] }, 'at: Fn::Sub wants a text, or a text and a map'],
    [
      'a Sub of a name with a brace',
      { 'Fn::Sub': '${${A}}' },
      'at: the value of ${A is not known here: give it under policy.parameters',
    ],
    [
      'substitutions that multiply',
      { a: [bomb(14)] },
      `at.a[0]${'.T'.repeat(6)}: longer than a policy may be: 131072 characters`,
    ],
    [
      'a Join that multiplies',
      { 'Fn::Join': ['x'.repeat(1000), Array.from({ length: 200 }, () => 'a')] },
      'at: longer than a policy may be: 131072 characters',
    ],
    [
      'a name for what no policy has room for',
      [{ Ref: 'Long' }],
      'at[0]: longer than a policy may be: 131072 characters',
    ],
    [
      'a large value in many places',
      Array.from({ length: 50 }, () => ({ Ref: 'Large' })),
      'at[41]: all functions together make more than 4194304 characters',
    ],
    ['nothing for all of it', { Ref: 'AWS::NoValue' }, 'at: want a value, got AWS::NoValue'],
    ['what is nested too deep', nested(40), `at${'.a'.repeat(33)}: nested deeper than 32 levels`],
  ]
  for (const [what, value, message] of wrong) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => resolve(value),
        (error) => error instanceof ConfigError && (assert.equal(error.message, message), true),
      )
    })
  }

  it('reads a text of one megabyte in linear time', () => {
    const began = performance.now()
    assert.throws(() => resolve({ 'Fn::Sub': '${'.repeat(500_000) }), ConfigError)
    assert.throws(() => resolve({ 'Fn::Sub': `${'${'.repeat(500_000)}}` }), {
      message: `at: the value of ${'${'.repeat(32)}… is not known here: give it under policy.parameters`,
    })
    assert.ok(performance.now() - began < 1000)
  })

  it('leaves an opening that nothing closes', () => {
    assert.equal(resolve({ 'Fn::Sub': '${A}${A' }), 'a${A')
  })
})
