/**
 * The tags of a session: those that a request sets, those that come on from the session before, and
 * those of the role, the strongest first. Names differ by more than case. Refuses a request that
 * says one name twice, sets what it inherits, or makes a session of more tags than AWS has.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 */
import { StsError } from './errors.ts'
import { maxTags } from './parameter-rows.ts'

export type Tags = Readonly<Record<string, string>>

export interface AskedTags {
  readonly tags: readonly { readonly Key: string; readonly Value: string }[]
  /** Of these keys the ones that go on to the next session. */
  readonly transitiveKeys: readonly string[]
}

export interface SessionTags {
  /** Of the request. */
  readonly asked: Tags
  /** Of the request and the session before: what AWS packs. */
  readonly packed: Tags
  /** Of the session: `aws:PrincipalTag/…` */
  readonly tags: Tags
  /** Of the session, those that go on. */
  readonly transitive: Tags
}

/** Throws InvalidParameterValue or ValidationError. */
export function sessionTags(asked: AskedTags, inherited: Tags, ofRole: Tags): SessionTags {
  const own = new Map(
    asked.tags.map(({ Key, Value }) => [Key.toLowerCase(), [Key, Value] as const]),
  )
  if (own.size < asked.tags.length) {
    throw new StsError(
      'InvalidParameterValue',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    )
  }
  if (asked.tags.some(({ Key }) => /^aws:/i.test(Key))) {
    throw new StsError('InvalidParameterValue', 'Tag keys beginning with aws: are reserved.')
  }
  const passedOn = asked.transitiveKeys.map((key) => {
    const tag = own.get(key.toLowerCase())
    if (tag) return tag
    throw new StsError(
      'InvalidParameterValue',
      'The specified transitive tag key must be included in the requested tags.',
    )
  })
  if (Object.keys(inherited).some((key) => own.has(key.toLowerCase()))) {
    throw new StsError(
      'InvalidParameterValue',
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    )
  }
  const requested = Object.fromEntries(own.values())
  const packed = { ...inherited, ...requested }
  checkCount(Object.keys(packed).length)
  return {
    asked: requested,
    packed,
    tags: overlaid(ofRole, inherited, requested),
    transitive: { ...inherited, ...Object.fromEntries(passedOn) },
  }
}

/** Ours: AWS says how many one request may set. A chain of roles would gather them without end. */
function checkCount(count: number): void {
  if (count <= maxTags) return
  throw new StsError(
    'ValidationError',
    `A session has at most 50 session tags, and this one would have ${String(count)} with those that it inherits.`,
  )
}

/** A later tag takes the place of an earlier one of its name, however that is spelt. */
function overlaid(...layers: readonly Tags[]): Tags {
  const tags = new Map<string, readonly [string, string]>()
  for (const layer of layers) {
    for (const tag of Object.entries(layer)) tags.set(tag[0].toLowerCase(), tag)
  }
  return Object.fromEntries(tags.values())
}
