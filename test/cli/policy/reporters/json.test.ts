import assert from 'node:assert/strict'
import { json } from '../../../../lib/cli/policy/reporters/json.ts'
import { attested, casesOf, holds, mixedRun, runOf, surroundings } from './support.ts'

interface Measured {
  readonly file: string
  readonly percent: number
  readonly total: number
  readonly gaps: readonly { readonly path: string; readonly line: number }[]
  readonly survivors: readonly { readonly path: string; readonly line: number }[]
}

describe('json', () => {
  it('is what the contract says, and what helps with a case that fails', async () => {
    const report: unknown = JSON.parse(json(await mixedRun(), surroundings))
    const file = 'policies/app.cases.yaml'
    assert.deepEqual(report, {
      passed: 1,
      failed: 2,
      cases: [
        {
          file,
          name: 'it holds',
          ok: true,
          expected: 'deny',
          actual: 'implicit-deny',
          reason:
            'statement Decrypt of the key policy wants StringEqualsIgnoreCase kms:RecipientAttestation:ImageSha384 abababababababab…abababab; the request has none',
        },
        {
          file,
          name: 'no document',
          ok: false,
          expected: 'allow',
          actual: 'implicit-deny',
          reason:
            'statement Decrypt of the key policy wants StringEqualsIgnoreCase kms:RecipientAttestation:ImageSha384 abababababababab…abababab; the request has none',
          nearestMiss: [
            "the request would have to carry a Nitro enclave's attestation document, whose ImageSha384 would have to be abababababababab…abababab",
          ],
          hints: [
            'the request carried no attestation document (Recipient): kms:RecipientAttestation:ImageSha384 is not there',
          ],
          command:
            "npx enclave-kms policy explain --cases policies/app.cases.yaml --case 'no document'",
        },
        {
          file,
          name: "the 'admin' may not",
          ok: false,
          expected: 'deny',
          actual: 'allow',
          reason: 'statement Administration of the key policy allows it',
          nearestMiss: [],
          hints: [],
          command: `npx enclave-kms policy explain --cases policies/app.cases.yaml --case 'the '\\''admin'\\'' may not'`,
        },
      ],
    })
  })

  it('adds coverage and mutation where they are asked for, with lines of the policy', async () => {
    const files = { 'policies/app.cases.yaml': casesOf(holds, attested) }
    const run = await runOf(files, { coverage: true, mutate: true })
    const { coverage, mutation } = JSON.parse(json(run, surroundings)) as Record<string, Measured[]>
    assert.equal(coverage?.[0]?.file, 'policies/app.cases.yaml')
    assert.ok(coverage[0].percent < 100)
    assert.deepEqual(coverage[0].gaps[0], {
      path: 'Statement[0]',
      line: 4,
      kind: 'statement',
      text: 'Administration',
      gap: 'no case that it applies to',
    })
    assert.deepEqual(mutation?.[0]?.survivors[0], {
      path: 'Statement[0]',
      line: 4,
      change: 'Administration: without the statement',
    })
  })
})
