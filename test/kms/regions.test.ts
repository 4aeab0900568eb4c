import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { partitionOf } from '../../lib/kms/arn.ts'
import { regions, requireReplicaRegion } from '../../lib/kms/regions.ts'

/** Where AWS's SDK keeps them; it exports no list. */
const path =
  '../../node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js'
const file = fileURLToPath(new URL(path, import.meta.url))

describe('regions', () => {
  if (!existsSync(file)) it.skip('are those of the SDK (skipped: it keeps them elsewhere)')
  else {
    it('are those of the SDK, of the three partitions', () => {
      const text = readFileSync(file, 'utf8')
      const names = [...text.matchAll(/"([a-z]+(?:-[a-z]+)+-\d+)": \{/g)].map(([, name]) => name!)
      const elsewhere = /^(?:eusc|us-iso[a-z]?|eu-isoe)-/
      const wanted = names.filter((name) => !elsewhere.test(name))
      assert.ok(wanted.length > 30)
      assert.deepEqual([...regions].sort(), [...new Set(wanted)].sort())
    })
  }

  it('are of the partition that their name says', () => {
    const partitions = new Set([...regions].map(partitionOf))
    assert.deepEqual([...partitions].sort(), ['aws', 'aws-cn', 'aws-us-gov'])
  })
})

describe('requireReplicaRegion', () => {
  const refusalOf = (primary: string, region: string) => {
    try {
      requireReplicaRegion(primary, region)
      return null
    } catch (error) {
      const { code, message } = error as { code: string; message: string }
      return [code, message]
    }
  }

  it('takes another Region of the partition', () => {
    for (const [primary, region] of [
      ['us-east-1', 'eu-west-1'],
      ['cn-north-1', 'cn-northwest-1'],
      ['us-gov-east-1', 'us-gov-west-1'],
    ] as const) {
      assert.equal(refusalOf(primary, region), null)
    }
  })

  it('refuses the Region of the primary, whatever its name', () => {
    assert.deepEqual(refusalOf('test-here-1', 'test-here-1'), [
      'ValidationException',
      'test-here-1 cannot have a replica because it contains the primary.',
    ])
  })

  it('refuses a Region that there is not', () => {
    assert.deepEqual(refusalOf('us-east-1', 'us-esat-1'), [
      'ValidationException',
      'Region us-esat-1 is not a valid Region or multi-Region keys are not supported in Region us-esat-1.',
    ])
  })

  it('refuses a Region of another partition, either way', () => {
    for (const [primary, region] of [
      ['us-east-1', 'cn-north-1'],
      ['us-east-1', 'us-gov-west-1'],
      ['cn-north-1', 'us-east-1'],
    ] as const) {
      assert.deepEqual(refusalOf(primary, region), [
        'ValidationException',
        'The replica key Region must be in the same AWS partition as the primary key Region.',
      ])
    }
  })
})
