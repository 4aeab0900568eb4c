import assert from 'node:assert/strict'
import { keyPolicyOfPlan } from '../../lib/cases/terraform.ts'
import { ConfigError } from '../../lib/config/config-error.ts'

const policy = '{"Version":"2012-10-17","Statement":[]}'
const key = { address: 'aws_kms_key.app', type: 'aws_kms_key', mode: 'managed', values: { policy } }
const inModule = {
  address: 'module.keys.module.inner.aws_kms_key_policy.app["a.b"]',
  type: 'aws_kms_key_policy',
  values: { key_id: 'x', policy: '{"inner":true}' },
}
const bucket = { address: 'aws_s3_bucket.b', type: 'aws_s3_bucket', values: { policy } }
const later = { address: 'aws_kms_key.later', type: 'aws_kms_key', values: {} }
const none = { address: 'aws_kms_key.none', type: 'aws_kms_key', values: { policy: null } }

const rootModule = {
  resources: [key, bucket, later, none],
  child_modules: [{ child_modules: [{ resources: [inModule] }] }],
}

/** As `terraform show -json` prints a plan. */
const plan = {
  format_version: '1.2',
  planned_values: { root_module: rootModule },
  resource_changes: [
    { address: 'aws_kms_key.app', change: { after_unknown: { arn: true } } },
    {
      address: 'aws_kms_key.later',
      change: { actions: ['create'], after_unknown: { policy: true } },
    },
  ],
}

function policyOf(content: unknown, address: string): string {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  const place = { path: 'policy', baseDir: '.', readFile: () => new Uint8Array() }
  return keyPolicyOfPlan(text, { terraform: 'plan.json', address }, place)
}

function refuses(content: unknown, address: string, message: string): void {
  assert.throws(
    () => policyOf(content, address),
    (error) => error instanceof ConfigError && (assert.equal(error.message, message), true),
  )
}

describe('keyPolicyOfPlan', () => {
  it('finds a key’s policy by its address', () => {
    assert.equal(policyOf(plan, 'aws_kms_key.app'), policy)
  })

  it('finds a policy in modules of modules, with an index', () => {
    assert.equal(policyOf(plan, inModule.address), '{"inner":true}')
  })

  it('finds it in a state, too', () => {
    assert.equal(policyOf({ values: { root_module: rootModule } }, key.address), policy)
  })

  it('refuses a policy that is known only after apply, and says so', () => {
    refuses(
      plan,
      'aws_kms_key.later',
      'policy.address: the policy of aws_kms_key.later is known only after apply: it cannot be tested',
    )
  })

  it('refuses a key without a policy', () => {
    refuses(
      plan,
      'aws_kms_key.none',
      'policy.address: aws_kms_key.none has no policy: AWS gives it the default key policy',
    )
  })

  const others =
    'aws_kms_key.app, aws_kms_key.later, aws_kms_key.none, module.keys.module.inner.aws_kms_key_policy.app["a.b"]'

  it('refuses an address that is not there, and names those that are', () => {
    refuses(
      plan,
      'aws_kms_key.typo',
      `policy.address: plan.json has no resource aws_kms_key.typo: want one of ${others}`,
    )
  })

  it('refuses a resource of another type', () => {
    refuses(
      plan,
      'aws_s3_bucket.b',
      `policy.address: aws_s3_bucket.b is no KMS key and no key's policy: want one of ${others}`,
    )
  })

  it('lists no more addresses than a line has room for', () => {
    const resources = Array.from({ length: 12 }, (_, index) => ({ ...key, address: `k${index}` }))
    const many = { planned_values: { root_module: { resources } } }
    const named = 'k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, …'
    refuses(many, 'x', `policy.address: plan.json has no resource x: want one of ${named}`)
  })

  it('refuses what is no plan', () => {
    const want = 'want what terraform show -json prints'
    refuses('PK\u0003\u0004', 'x', `policy.terraform: plan.json is not JSON: ${want}`)
    for (const content of ['[]', 'null', '{}', '{"planned_values":{"root_module":[]}}']) {
      refuses(content, 'x', `policy.terraform: plan.json has no values: ${want}`)
    }
  })

  it('reads modules nested as deep as a file can be', () => {
    const depth = 100_000
    const text = `{"values":{"root_module":${'{"child_modules":['.repeat(depth)}{}${']}'.repeat(depth)}}}`
    refuses(text, 'x', 'policy.address: plan.json has no resource x')
  })
})
