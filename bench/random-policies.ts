/**
 * Key policies as large as AWS stores them, of random statements that nearly apply: principals,
 * actions and resources fit often, so that conditions are asked, and their values are long and full
 * of wildcards and variables. The same seed makes the same policies.
 */

/** AWS's limit for a key policy, in bytes. */
const maxBytes = 32_768

const account = '111122223333'
export const roleArn = `arn:aws:iam::${account}:role/bench`

export type Random = () => number

/** Numbers from 0 up to 1: mulberry32, which is good enough to choose words by. */
export function seeded(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const principals = [
  '*',
  { AWS: account },
  { AWS: roleArn },
  { AWS: `arn:aws:iam::${account}:root` },
]
const actions = ['kms:*', 'kms:De*', 'kms:Decrypt', 'kms:*e*r*y*t', '*']
const resources = ['*', `arn:aws:kms:*:${account}:key/*`]
const operators = [
  'StringLike',
  'StringNotLike',
  'ForAnyValue:StringLike',
  'StringEqualsIgnoreCase',
  'ArnLike',
]

/** The condition keys that the requests have, and one that they have not. */
const keys = [
  'kms:EncryptionContext:k',
  'kms:EncryptionContextKeys',
  'aws:UserAgent',
  'aws:SourceArn',
]
const pieces = [
  'a',
  'b',
  'ab',
  '*',
  '?',
  '*a',
  'a?',
  '??',
  '${aws:username}',
  '${kms:EncryptionContext:k}',
  'aaaaaaaa',
  'arn:aws:*:',
]

function some<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)] as T
}

/** Of a length from 1 to `most`: short ones are as likely as long ones. */
export function randomText(random: Random, most: number, from: readonly string[]): string {
  const length = Math.ceil(most ** random())
  let text = ''
  while (text.length < length) text += some(random, from)
  return text
}

export function randomPolicy(random: Random): string {
  const statements: string[] = []
  let left = maxBytes - 100
  for (;;) {
    const statement = JSON.stringify({
      Effect: random() < 0.8 ? 'Allow' : 'Deny',
      Principal: some(random, principals),
      Action: some(random, actions),
      Resource: some(random, resources),
      Condition: randomConditions(random),
    })
    left -= statement.length + 1
    if (left < 0) return `{"Version":"2012-10-17","Statement":[${statements.join(',')}]}`
    statements.push(statement)
  }
}

function randomConditions(random: Random): object {
  const most = 4 ** (2 + 4 * random())
  const values = Array.from({ length: 1 + Math.floor(8 * random()) }, () =>
    randomText(random, most, pieces),
  )
  return { [some(random, operators)]: { [some(random, keys)]: values } }
}
