/**
 * Random sequences of calls against a server and against a small model of KMS, which must agree on
 * every answer. What fails is shrunk to a short sequence; fast-check prints its seed.
 */
import fc from 'fast-check'
import { startKms, type TestKms } from '../support/kms.ts'
import { post } from '../support/call.ts'
import { Model } from './model.ts'
import { steps, type Dice, type Server } from './steps.ts'

const sequences = 140
const stepsEach = 200
/** What the issue of this suite asks for; most sequences are shorter than their limit. */
const leastSteps = 10_000

type Taken = readonly [name: string, dice: Dice]

const die = fc.nat(255)
const dice = fc.tuple(die, die, die, die) as fc.Arbitrary<Dice>
const step: fc.Arbitrary<Taken> = fc.oneof(
  ...Object.entries(steps).map(([name, [weight]]) => ({
    weight,
    arbitrary: dice.map((thrown) => [name, thrown] as const),
  })),
)

function serverOf(kms: TestKms): Server {
  return {
    async call(operation, input) {
      const { status, body } = await post(kms.url, operation, input)
      return { code: status === 200 ? null : String(body.__type), body }
    },
    async advance(days) {
      await kms.control('PUT', '/_/clock', { advanceSeconds: days * 86_400 })
    },
    async reset() {
      await kms.control('POST', '/_/reset')
    },
  }
}

describe('random sequences of operations', function () {
  this.timeout(600_000)
  let kms: TestKms
  before(async () => {
    kms = await startKms()
  })
  after(() => kms.close())

  it('are answered as a model of KMS says', async () => {
    const server = serverOf(kms)
    let taken = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: stepsEach, size: 'max' }), async (sequence) => {
        await server.reset()
        const model = new Model()
        for (const [name, thrown] of sequence) {
          const row = steps[name]
          if (!row) throw new Error(`no step ${name}`)
          await row[1](model, server, thrown)
          taken += 1
        }
      }),
      { numRuns: sequences, endOnFailure: false },
    )
    if (taken < leastSteps) throw new Error(`only ${String(taken)} steps were taken`)
  })
})
