/** Runs of policy cases for tests of reporters: of files that are in no folder. */
import { resolve } from 'node:path'
import { plainStyle } from '../../../../lib/cli/policy/style.ts'
import { runFiles, type TestOptions, type TestRun } from '../../../../lib/cli/policy/test-run.ts'
import type { Surroundings } from '../../../../lib/cli/policy/reporters/report.ts'

export const image = 'ab'.repeat(48)
export const nowMs = Date.parse('2026-03-01T12:00:00Z')
export const surroundings: Surroundings = { style: plainStyle, repository: process.cwd() }

/** The second statement is what most cases hang on: it begins on line 10. */
export const policy = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Administration",
      "Effect": "Allow",
      "Principal": { "AWS": "arn:aws:iam::111122223333:role/admin" },
      "Action": "kms:*", "Resource": "*"
    },
    {
      "Sid": "Decrypt",
      "Effect": "Allow",
      "Principal": { "AWS": "arn:aws:iam::111122223333:role/app" },
      "Action": "kms:Decrypt",
      "Resource": "*",
      "Condition": {
        "StringEqualsIgnoreCase": { "kms:RecipientAttestation:ImageSha384": "${image}" }
      }
    }
  ]
}
`

const head = `policy: ./app.json
key: { arn: arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab }
principals:
  app: { arn: arn:aws:iam::111122223333:role/app }
  admin: { arn: arn:aws:iam::111122223333:role/admin }
cases:
`

/** A cases file of these cases; the first of them is on line 7. */
export function casesOf(...cases: readonly object[]): string {
  return head + cases.map((one) => `  - ${JSON.stringify(one)}\n`).join('')
}

export const holds = { name: 'it holds', principal: 'app', action: 'kms:Decrypt', expect: 'deny' }
export const unattested = { ...holds, name: 'no document', expect: 'allow' }
export const administrator = { ...holds, name: "the 'admin' may not", principal: 'admin' }
export const attested = {
  ...holds,
  name: 'the image may',
  attestation: { pcrs: { 0: image } },
  expect: 'allow',
}

const plainOptions: TestOptions = {
  coverage: false,
  mutate: false,
  minCoverage: undefined,
  minMutationScore: undefined,
}

/** `files` by their paths from the current folder; those of cases are run. */
export function runOf(
  files: Readonly<Record<string, string>>,
  options: Partial<TestOptions> = {},
): Promise<TestRun> {
  const all = { 'policies/app.json': policy, ...files }
  const texts = new Map(Object.entries(all).map(([path, text]) => [resolve(path), text]))
  const read = (path: string) => {
    const text = texts.get(resolve(path))
    if (text === undefined) throw new Error('ENOENT')
    return Buffer.from(text)
  }
  const textOf = (path: string) => texts.get(resolve(path)) ?? ''
  const paths = Object.keys(files).filter((path) => path.includes('.cases.'))
  return runFiles(paths, { read, textOf }, { ...plainOptions, ...options }, nowMs)
}

/** One that has everything: a failure that a statement explains, one that allows, and a wrong file. */
export function mixedRun(options: Partial<TestOptions> = {}): Promise<TestRun> {
  return runOf(
    {
      'policies/app.cases.yaml': casesOf(holds, unattested, administrator),
      'policies/bad.cases.yaml': 'policy: ./app.json\nkey: {}\n',
    },
    options,
  )
}
