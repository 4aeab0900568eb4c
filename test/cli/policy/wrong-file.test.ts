import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { lineOfWrong } from '../../../lib/cli/policy/wrong-file.ts'
import { runOf } from './reporters/support.ts'

const key = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'
const cases = `policy: ./app.json
key: { arn: ${key} }
principals: {}
cases: [{}]
`

describe('lineOfWrong', () => {
  it('says a mistake of the cases under their name', () => {
    const at = { file: resolve('p/a.cases.yaml'), line: 3 }
    assert.equal(
      lineOfWrong({ path: 'p/a.cases.yaml', message: 'key: want', at }),
      'p/a.cases.yaml: key: want',
    )
  })

  it('says a mistake of a policy under its own name, with line and column where they are known', async () => {
    const texts = {
      '{\n "Statement": [\n':
        /^p\/app\.json:3:1: policy: .*not JSON: .*[^\d] \(of p\/a\.cases\.yaml\)$/,
      '{\n "Statement": [{\n"Effect":"Maybe"}]}':
        /^p\/app\.json:\d: policy: Statement\[0\].* \(of p\/a\.cases\.yaml\)$/,
    }
    for (const [text, line] of Object.entries(texts)) {
      const { wrong } = await runOf({ 'p/app.json': text, 'p/a.cases.yaml': cases })
      assert.ok(wrong[0])
      assert.match(lineOfWrong(wrong[0]), line)
    }
  })
})
