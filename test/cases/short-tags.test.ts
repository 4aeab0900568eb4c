import assert from 'node:assert/strict'
import { parseTemplate, readYamlFile } from '../../lib/config/yaml.ts'
import { shortTags } from '../../lib/cases/short-tags.ts'

function parse(text: string): Promise<unknown> {
  return parseTemplate('template.yaml', text, shortTags)
}

async function readOther(text: string): Promise<unknown> {
  return readYamlFile('app.cases.yaml', () => Buffer.from(text))
}

describe('shortTags', () => {
  const rows: readonly (readonly [text: string, value: unknown])[] = [
    ['!Ref A', { Ref: 'A' }],
    ['!GetAtt A.Arn', { 'Fn::GetAtt': 'A.Arn' }],
    ['!GetAtt [A, Arn]', { 'Fn::GetAtt': ['A', 'Arn'] }],
    ["!Sub '${A}'", { 'Fn::Sub': '${A}' }],
    ['!Sub ["${A}", { A: !Ref B }]', { 'Fn::Sub': ['${A}', { A: { Ref: 'B' } }] }],
    ["!Join ['', [a, !Ref B]]", { 'Fn::Join': ['', ['a', { Ref: 'B' }]] }],
    ['!Transform { Name: x }', { 'Fn::Transform': { Name: 'x' } }],
    ['!Condition Here', { Condition: 'Here' }],
    ['Version: 2012-10-17', { Version: '2012-10-17' }],
  ]
  for (const [text, value] of rows) {
    it(`reads ${text}`, async () => assert.deepEqual(await parse(text), value))
  }

  it('reads a tag before a block and behind an anchor', async () => {
    const text = 'a: !Join\n  - ":"\n  - - x\n    - !Ref B\nb: &same !Ref C\nc: *same\n'
    assert.deepEqual(await parse(text), {
      a: { 'Fn::Join': [':', ['x', { Ref: 'B' }]] },
      b: { Ref: 'C' },
      c: { Ref: 'C' },
    })
  })

  it('leaves other tags to be refused', async () => {
    await assert.rejects(parse('a: !Unknown x'), {
      message: 'template.yaml: Unresolved tag: !Unknown at line 1',
    })
  })

  it('does not read them in other files', async () => {
    await assert.rejects(readOther('a: !Ref x'), {
      message: 'app.cases.yaml: Unresolved tag: !Ref at line 1',
    })
  })
})
