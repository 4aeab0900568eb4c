import assert from 'node:assert/strict'
import { eachMutation } from '../../lib/iam/mutate.ts'
import { describeMutation, mutationsOf, type MutationLimits } from '../../lib/cases/mutation.ts'
import {
  allow,
  byImage,
  example,
  image,
  members,
  nowMs,
  parentArn,
  policyOf,
  read,
} from './support.ts'

const everything = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
}
const principals = {
  ...members.principals,
  administrator: { arn: 'arn:aws:iam::111122223333:role/administrator', policies: [everything] },
}
const without = { ...example, name: 'without', attestation: undefined, expect: 'deny' }
const another = { ...without, name: 'another', attestation: { pcrs: { 0: 'cd'.repeat(48) } } }
const more = {
  ...without,
  name: 'more',
  action: 'kms:GenerateDataKey',
  attestation: example.attestation,
}
const others = { ...example, name: 'others', principal: 'administrator', expect: 'deny' }
const enough = [example, without, another, more, others]

function scoreOf(cases: readonly object[], limits?: MutationLimits, rest: object = {}) {
  return read({ ...members, principals, cases, ...rest }).then((file) =>
    mutationsOf(file, nowMs, limits),
  )
}

async function survivorsOf(...cases: readonly object[]): Promise<string[]> {
  return (await scoreOf(cases)).survivors.map(({ change }) => change.replace(/^Allow: /, ''))
}

describe('mutationsOf', () => {
  it('is whole where every change has a case that notices', async () => {
    const { survivors, killed, total, percent, limit } = await scoreOf(enough)
    assert.deepEqual(survivors.map(describeMutation), [])
    assert.equal(killed, total)
    assert.ok(total >= 9)
    assert.equal(percent, 100)
    assert.equal(limit, null)
  })

  const key = 'kms:RecipientAttestation:ImageSha384'
  const unnoticed: readonly (readonly [left: object, survivors: readonly string[]])[] = [
    [without, [`StringEqualsIgnoreCaseIfExists ${key} in place of StringEqualsIgnoreCase`]],
    [another, [`StringLike ${key} * in place of StringEqualsIgnoreCase`]],
    [more, ['the action kms:*: all of KMS']],
    [others, ['the principal *: everyone']],
  ]
  for (const [left, survivors] of unnoticed) {
    const { name } = left as { name: string }
    it(`lists what goes unnoticed without the case "${name}"`, async () => {
      assert.deepEqual(await survivorsOf(...enough.filter((one) => one !== left)), survivors)
    })
  }

  it('lists every change where no case says what is allowed', async () => {
    const { killed, total, percent } = await scoreOf([{ ...without, action: 'kms:Encrypt' }])
    assert.ok(total > killed)
    assert.ok(percent < 50)
  })

  it('leaves out a change that alters no decision', async () => {
    const { equivalent } = await scoreOf(enough)
    assert.deepEqual(equivalent.map(describeMutation), [
      'Statement[0].Action[0]: Allow: the action kms:Decrypt* in place of kms:Decrypt',
    ])
  })

  it('does not take a case that fails as it is for one that notices', async () => {
    const wrong = { ...example, expect: 'deny' }
    const { killed } = await scoreOf([wrong])
    assert.equal(killed, 0)
  })

  it('asks grants as a call does: what a grant allows hides the change of a statement', async () => {
    const grants = [{ granteePrincipal: parentArn, operations: ['Decrypt'] }]
    const { survivors } = await scoreOf([example], {}, { grants })
    const dropped = survivors.filter(({ change }) => change === 'Allow: without the statement')
    assert.equal(dropped.length, 1)
  })

  it('asks control and endpoint policies: what they deny anyway, no change of the key policy alters', async () => {
    const never = { Effect: 'Deny', Action: 'kms:Decrypt', Resource: '*' }
    const id = 'vpce-1234abcd'
    const vpcEndpoints = [
      { id, vpc: 'vpc-1234abcd', policy: policyOf({ ...never, Principal: '*' }) },
    ]
    const inOrganization = (member: string, statement: object) => ({
      organization: { id: 'o-exampleorgid', [member]: [policyOf(statement)] },
    })
    const rows: readonly (readonly [more: object, rest: object])[] = [
      [{}, inOrganization('serviceControlPolicies', never)],
      [{}, inOrganization('resourceControlPolicies', { ...never, Principal: '*' })],
      [{ vpcEndpoint: id }, { vpcEndpoints }],
    ]
    for (const [more, rest] of rows) {
      const denied = { ...example, ...more, expect: 'explicit-deny' }
      const { killed, survivors } = await scoreOf([denied], {}, rest)
      assert.equal(killed, 0)
      assert.ok(survivors.length > 0)
    }
  })

  it('changes the key policy alone', async () => {
    const organization = {
      id: 'o-exampleorgid',
      serviceControlPolicies: [policyOf({ Effect: 'Allow', Action: '*', Resource: '*' })],
    }
    const { total, percent } = await scoreOf(enough, {}, { organization })
    assert.equal(total, (await scoreOf(enough)).total)
    assert.equal(percent, 100)
  })

  it('ignores cases about actions on no key', async () => {
    const random = { ...without, action: 'kms:GenerateRandom' }
    const { killed } = await scoreOf([random])
    assert.equal(killed, 0)
  })

  it('tries so many changes at most, and says so', async () => {
    const { total, limit } = await scoreOf(enough, { changes: 2 })
    assert.equal(total, 2)
    assert.equal(limit, 'only the first 2 changes were tried: more are too many')
  })

  it('takes so much time at most, and says so', async () => {
    let time = 0
    const clock = () => time++
    const { total, limit } = await scoreOf(enough, { timeMs: 4, clock })
    assert.equal(total, 3)
    assert.equal(limit, 'only the first 3 changes were tried: 0.004 s were over')
  })

  it('looks at the time before changes that AWS would not store, too', async () => {
    let looks = 0
    const clock = () => looks++
    const { total, equivalent } = await scoreOf(enough, { timeMs: 1000, clock })
    const all = [
      ...eachMutation((await read({ ...members, principals, cases: enough })).policy.source),
    ]
    assert.ok(all.length > total + equivalent.length)
    assert.equal(looks, 1 + all.length)
  })

  it('ends in time for thousands of values, where a minimum is asked for', async () => {
    const addresses = Array.from({ length: 2500 }, (_, index) => `${index >> 8}.1.1.${index % 250}`)
    const condition = { 'ForAnyValue:IpAddress': { 'aws:SourceIp': addresses } }
    const policy = policyOf(allow('kms:Decrypt', { Condition: condition }))
    const began = performance.now()
    const { limit } = await scoreOf(enough, { changes: 100_000, timeMs: 300 }, { policy })
    assert.match(limit ?? '', /^only the first \d+ changes were tried: 0\.3 s were over$/)
    assert.ok(performance.now() - began < 3000)
  })

  it('ends in time for a policy of 32 KB', async () => {
    const Action = Array.from({ length: 2500 }, (_, index) => `kms:A${index}`)
    const policy = policyOf(allow(['kms:Decrypt', ...Action], byImage(image)))
    const began = performance.now()
    const { limit, total, equivalent } = await scoreOf(enough, { timeMs: 300 }, { policy })
    assert.equal(
      limit,
      `only the first ${total + equivalent.length} changes were tried: 0.3 s were over`,
    )
    assert.ok(performance.now() - began < 3000)
  })
})
