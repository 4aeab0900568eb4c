import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { otherThanPolicy } from '../../../lib/cli/policy/not-a-policy.ts'
import { root } from '../../support/programs.ts'

const examples = join(root, 'examples/policy-tests')
const read = (name: string) => readFileSync(join(examples, name), 'utf8')

describe('otherThanPolicy', () => {
  it('knows a Terraform plan, and how a cases file names a key in it', () => {
    assert.equal(
      otherThanPolicy(read('terraform/plan.json'), 'plan.json'),
      'this is a Terraform plan, not a key policy: name the key in it from a cases file, as ' +
        'policy: { terraform: plan.json, address: aws_kms_key.app }',
    )
  })

  it('knows a CloudFormation template in YAML and in JSON', () => {
    const message =
      'this is a CloudFormation template, not a key policy: name the key in it from a cases file, as ' +
      'policy: { cloudformation: t, resource: AppKey }'
    assert.equal(otherThanPolicy(read('cloudformation/key.yaml'), 't'), message)
    assert.equal(otherThanPolicy('{"Resources":{}}', 't'), message)
  })

  it('says nothing of a policy, of what is malformed, and of anything else', () => {
    for (const text of [read('app-key.json'), '{', '[]', '{}', '{"Statement":[],"Resources":{}}']) {
      assert.equal(otherThanPolicy(text, 'a.json'), undefined)
    }
  })
})
