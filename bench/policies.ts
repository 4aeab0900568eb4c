/**
 * What a decision costs where it costs most, in this process, on one core: random key policies of
 * 32 KB about long values, each read anew so that nothing is ready, the patterns that are hardest
 * to search for, at one length and at twice that length, and many values against many.
 */
import { authorize } from '../lib/iam/authorize.ts'
import { parsePolicy } from '../lib/iam/document.ts'
import { wildcardTest } from '../lib/iam/pattern.ts'
import type { AccessRequest, ContextValue } from '../lib/iam/request.ts'
import { randomPolicy, randomText, roleArn, seeded, type Random } from './random-policies.ts'
import type { Comparison, Found } from './report.ts'

const rounds = 5
const policiesEach = 100

/** The longest that KMS and HTTP take: an encryption context, and all headers of a request. */
const longestContext = 8_192
const longestHeader = 16_384

/** The shorter of the two lengths of a pattern. */
const shortPattern = 2_048

const worst = 'the slowest of random 32 KB policies'
const limit = '50 ms'

export const policyComparisons: readonly Comparison[] = [
  { of: worst, to: limit, target: { below: 1 } },
  ...patternFamilies().map(({ name }) => ({
    of: lengthened(name, 2),
    to: lengthened(name, 1),
    target: { below: 3 },
  })),
]

/** Milliseconds. */
export function measurePolicies(): Found[] {
  const found = [worst, 'the same in the middle', limit].map(newFound)
  const families = patternFamilies().flatMap(({ name, patternOf }) =>
    [1, 2].map((times) => ({
      ...newFound(lengthened(name, times)),
      pattern: patternOf(times * shortPattern),
    })),
  )
  const crowds = crowdsOfValues().map((crowd) => ({ ...newFound(crowd.name), crowd }))
  const random = seeded(1)
  for (let round = 0; round <= rounds; round++) {
    console.error(round === 0 ? 'warming up' : `policies, round ${round} of ${rounds}`)
    const times = Array.from({ length: policiesEach }, () => timeOfDecision(random)).sort(
      (a, b) => a - b,
    )
    const patterns = families.map(({ pattern }) => timeOfSearch(pattern))
    const crowdTimes = crowds.map(({ crowd }) => timeOfCrowd(crowd))
    // In the first round what is hot is compiled.
    if (round === 0) continue
    for (const [at, ms] of [times.at(-1), times[policiesEach / 2], 50].entries()) {
      found[at]?.rounds.push(ms ?? NaN)
    }
    for (const [at, ms] of patterns.entries()) families[at]?.rounds.push(ms)
    for (const [at, ms] of crowdTimes.entries()) crowds[at]?.rounds.push(ms)
  }
  return [...found, ...[...families, ...crowds].map(({ name, rounds }) => ({ name, rounds }))]
}

function newFound(name: string): { name: string; rounds: number[] } {
  return { name, rounds: [] }
}

/** The best of three, each with a policy that was read anew: other work of the machine is left out. */
function timeOfDecision(random: Random): number {
  const text = randomPolicy(random)
  const request = randomRequest(random)
  const times = Array.from({ length: 3 }, () => {
    const keyPolicy = parsePolicy(text, 'key')
    return millisecondsOf(() => authorize(request, { keyPolicy, identity: [], grants: [] }))
  })
  return Math.min(...times)
}

function randomRequest(random: Random): AccessRequest {
  const letters = ['a', 'a', 'a', 'b', 'ab']
  const values = new Map<string, ContextValue>([
    ['kms:encryptioncontext:k', randomText(random, longestContext, letters)],
    [
      'kms:encryptioncontextkeys',
      Array.from({ length: 100 }, () => randomText(random, 80, letters)),
    ],
    ['aws:useragent', randomText(random, longestHeader, letters)],
    ['aws:username', randomText(random, 64, letters)],
  ])
  return requestOf(values)
}

function requestOf(values: ReadonlyMap<string, ContextValue>): AccessRequest {
  const account = roleArn.split(':')[4] ?? ''
  return {
    principal: {
      type: 'AssumedRole',
      arn: `arn:aws:sts::${account}:assumed-role/bench/s`,
      roleArn,
      account,
    },
    action: 'kms:Decrypt',
    resource: `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
    resourceAccount: account,
    context: { get: (key) => values.get(key), entries: () => values.entries() },
  }
}

/** A condition's values, and those of the request: as many as a policy and a context can hold. */
interface Crowd {
  readonly name: string
  readonly operator: string
  readonly expected: readonly string[]
  readonly actual: readonly string[]
}

/** No value of the request is what one of the policy asks for: each could be compared with each. */
function crowdsOfValues(): Crowd[] {
  const base64 = (at: number, last: number) =>
    Buffer.from([at >> 8, at & 0xff, last]).toString('base64')
  const crowd = (
    operator: string,
    wanted: number,
    expected: (at: number) => string,
    actual: (at: number) => string,
    form = '',
  ): Crowd => ({
    name: `${operator}${form}, ${wanted.toLocaleString('en-US')} values against 800`,
    operator,
    expected: Array.from({ length: wanted }, (_, at) => expected(at)),
    actual: Array.from({ length: 800 }, (_, at) => actual(at)),
  })
  const short = (at: number) => at.toString(36)
  return [
    crowd(
      'IpAddress',
      3_200,
      (at) => `::${at.toString(16)}`,
      (at) => `${(at + 1).toString(16)}::0`,
    ),
    crowd(
      'BinaryEquals',
      3_200,
      (at) => base64(at, 1),
      (at) => base64(at, 2),
    ),
    crowd(
      'DateEquals',
      3_200,
      (at) => String(at + 10_000),
      (at) => String(at + 20_000),
    ),
    crowd(
      'NumericEquals',
      3_200,
      (at) => String(at + 10_000),
      (at) => String(at + 20_000),
    ),
    crowd(
      'StringEqualsIgnoreCase',
      3_200,
      (at) => `A${at}`,
      (at) => `b${at}`,
    ),
    crowd(
      'StringLike',
      3_200,
      (at) => `a${at}`,
      (at) => `b${at}`,
    ),
    crowd(
      'StringLike',
      3_200,
      (at) => `*${short(at)}_*`,
      (at) => `b${short(at)}`,
      ' *…*',
    ),
    crowd(
      'ArnLike',
      2_000,
      (at) => `*:::::${short(at)}`,
      (at) => `:::::-${short(at)}`,
    ),
    crowd(
      'ArnLike',
      1_300,
      (at) => `?*:?*:?*:?*:?*:*${short(at)}_*`,
      (at) => `a:a:a:a:a:${short(at)}`,
      ' ?*:…:*…*',
    ),
    {
      name: 'StringLike *${8,192 characters}?…, 800 values against 16,384 characters',
      operator: 'StringLike',
      expected: Array.from(
        { length: 800 },
        (_, at) => `*\${kms:EncryptionContext:k}?${short(at)}*`,
      ),
      actual: ['ab'.repeat(longestHeader / 2)],
    },
  ]
}

function timeOfCrowd({ operator, expected, actual }: Crowd): number {
  const key = 'kms:EncryptionContextKeys'
  const statement = {
    Effect: 'Allow',
    Principal: '*',
    Action: '*',
    Resource: '*',
    Condition: { [`ForAnyValue:${operator}`]: { [key]: expected } },
  }
  const text = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  const times = Array.from({ length: 3 }, () => {
    const keyPolicy = parsePolicy(text, 'key')
    const values = new Map<string, ContextValue>([
      [key.toLowerCase(), [...actual]],
      ['kms:encryptioncontext:k', 'ab'.repeat(longestContext / 2)],
    ])
    const request = requestOf(values)
    return millisecondsOf(() => authorize(request, { keyPolicy, identity: [], grants: [] }))
  })
  return Math.min(...times)
}

/** Of each length a pattern that fits nowhere but is hard to give up. */
function patternFamilies(): { name: string; patternOf: (length: number) => string }[] {
  const ab = (length: number) => 'ab'.repeat(length / 2)
  return [
    { name: 'a star behind each letter', patternOf: (length) => `${'a*'.repeat(length / 2)}c` },
    {
      name: 'a ? behind each letter',
      patternOf: (length) => `*${'a?'.repeat(length / 4)}b${'?a'.repeat(length / 4)}*`,
    },
    { name: 'letters that repeat', patternOf: (length) => `*${ab(length / 2)}b${ab(length / 2)}*` },
    {
      name: 'letters that repeat, and a ?',
      patternOf: (length) => `*${ab(length / 2)}?b${ab(length / 2)}*`,
    },
  ]
}

function lengthened(name: string, times: number): string {
  return `${name}, ${(times * shortPattern).toLocaleString('en-US')} characters`
}

const searched = 'ab'.repeat(longestHeader / 2)

function timeOfSearch(pattern: string): number {
  const times = Array.from({ length: 9 }, () => {
    const test = wildcardTest(pattern)
    return millisecondsOf(() => test(searched))
  })
  return Math.min(...times)
}

function millisecondsOf(work: () => unknown): number {
  const startedMs = performance.now()
  work()
  return performance.now() - startedMs
}
