/**
 * Cases files for tests: a small one that holds, with whatever a test puts in the place of its
 * members, read as if it stood in a folder with the other files that the test names.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { ConfigError } from '../../lib/config/config-error.ts'
import { readCasesFile, type CasesFile } from '../../lib/cases/file.ts'
import { runCases, type CaseResult } from '../../lib/cases/run.ts'

export const folder = join('/', 'project', 'policies')
export const path = join(folder, 'app.cases.yaml')
export const keyArn = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'
export const parentArn = 'arn:aws:iam::111122223333:role/enclave-parent'
export const image = 'ab'.repeat(48)
export const zeros = '0'.repeat(96)

export function policyOf(...statements: readonly object[]): object {
  return { Version: '2012-10-17', Statement: statements }
}

export function allow(action: string | readonly string[], more: object = {}): object {
  return {
    Sid: 'Allow',
    Effect: 'Allow',
    Principal: { AWS: parentArn },
    Action: action,
    Resource: '*',
    ...more,
  }
}

/** A statement's Condition: the image, by the key that AWS calls ImageSha384. */
export function byImage(value: string = image): object {
  return {
    Condition: { StringEqualsIgnoreCase: { 'kms:RecipientAttestation:ImageSha384': value } },
  }
}

/** The case of the file below. */
export const example = {
  name: 'the image may decrypt',
  principal: 'parent',
  action: 'kms:Decrypt',
  attestation: { pcrs: { 0: image } },
  expect: 'allow',
}

export const members = {
  policy: policyOf(allow('kms:Decrypt', byImage())),
  key: { arn: keyArn, spec: 'SYMMETRIC_DEFAULT', tags: {} },
  principals: { parent: { arn: parentArn, sessionName: 'worker-1' } },
  grants: [] as readonly object[],
  cases: [example] as readonly object[],
}

export type Files = Readonly<Record<string, string | Uint8Array | object>>

/** Reads a cases file of this text or these members; `files` are by their path in its folder. */
export function read(file: string | object = members, files: Files = {}): Promise<CasesFile> {
  return readCasesFile(path, (wanted) => {
    if (wanted === path) return bytesOf(file)
    const found = Object.entries(files).find(([name]) => join(folder, name) === wanted)
    if (!found) throw new Error(`ENOENT: no such file or directory, open '${wanted}'`)
    return bytesOf(found[1])
  })
}

/** `message` is the whole of it behind the file's name. */
export async function refuses(
  file: string | object,
  message: string,
  files: Files = {},
): Promise<void> {
  await assert.rejects(read(file, files), (error) => {
    assert.ok(error instanceof ConfigError, String(error))
    assert.equal(error.message, `${path}: ${message}`)
    assert.equal(error.path, path)
    return true
  })
}

function bytesOf(content: string | Uint8Array | object): Uint8Array {
  if (content instanceof Uint8Array) return content
  return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content))
}

/** The example file with one case: the example's, with these members in the place of its own. */
export function withCase(more: object, rest: object = {}): object {
  return { ...members, ...rest, cases: [{ ...example, ...more }] }
}

export const nowMs = Date.parse('2026-03-01T12:00:00Z')

/** Runs the one case of a file. */
export async function run(file: object, files: Files = {}): Promise<CaseResult> {
  const [result, ...more] = await runCases(await read(file, files), nowMs)
  if (!result || more.length > 0) throw new Error('want a file of one case')
  return result
}
