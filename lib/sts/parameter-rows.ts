/**
 * The constraints of the parameters that several of STS's actions have, as its service model states
 * them.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
import { required, structures, text, whole } from './parameters.ts'

const wordPattern = '[\\w+=,.@-]*'

/** The model writes Java's pattern, which JavaScript would read as something else. */
const arnText = text({
  min: 20,
  max: 2048,
  pattern:
    '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+',
  form: /^[\t\n\r\x20-\x7E\x85\xA0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]+$/u,
})

export const sourceIdentity = text({ min: 2, max: 64, pattern: wordPattern })

export const tagKey = text({ min: 1, max: 128, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+' })
export const tagValue = text({ min: 0, max: 256, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*' })

/** AWS's own: session tags. */
export const maxTags = 50

/** AWS's own: managed session policies. */
const maxPolicyArns = 10

/** What AssumeRole and AssumeRoleWithWebIdentity have in common. */
export const roleRows = {
  RoleArn: required(arnText),
  RoleSessionName: required(text({ min: 2, max: 64, pattern: wordPattern })),
  PolicyArns: structures({ arn: required(arnText) }, maxPolicyArns),
  Policy: text({ min: 1, max: 2048, pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+' }),
  DurationSeconds: whole(900, 43_200),
}

/** How a caller says that it has a device for multi-factor authentication. */
export const mfaRows = {
  SerialNumber: text({ min: 9, max: 256, pattern: '[\\w+=/:,.@-]*' }),
  TokenCode: text({ min: 6, max: 6, pattern: '[\\d]*' }),
}
