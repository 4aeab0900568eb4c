/** The examples of docs/policy-cases.md hold, each beside the key policy that it names. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCases } from '../../lib/cases/run.ts'
import { fencesOf } from '../support/fences.ts'
import { root } from '../support/programs.ts'
import { nowMs, policyOf, read } from './support.ts'

const worker = {
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::111122223333:role/worker' },
  Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:ScheduleKeyDeletion'],
  Resource: '*',
}

/** By the heading that an example stands under: the policies that it is about. */
const policies: Readonly<Record<string, object>> = {
  'The file': {
    'image-pinned.json': readFileSync(join(root, 'policies/image-pinned.json')),
  },
  Grants: { 'app-key.json': policyOf() },
  'Organization and VPC endpoints': { 'app-key.json': policyOf(worker) },
}

describe('docs/policy-cases.md', () => {
  const page = readFileSync(join(root, 'docs/policy-cases.md'), 'utf8')
  const sections = page.split(/^##+ /m).flatMap((text) => {
    const example = fencesOf(text).find(({ language }) => language === 'yaml')
    return example ? [{ heading: text.slice(0, text.indexOf('\n')), example: example.text }] : []
  })

  it('has the examples that are known here', () => {
    assert.deepEqual(
      sections.map(({ heading }) => heading),
      Object.keys(policies),
    )
  })

  for (const { heading, example } of sections) {
    it(`has cases that hold: ${heading}`, async () => {
      const results = await runCases(await read(example, { ...policies[heading] }), nowMs)
      assert.ok(results.length > 0)
      for (const { name, ok, reason } of results) assert.ok(ok, `${name}: ${reason}`)
    })
  }
})
