import assert from 'node:assert/strict'
import { roleRows, tagKey, tagValue } from '../../lib/sts/parameter-rows.ts'
import {
  listOf,
  readParameters,
  required,
  structures,
  text,
  whole,
  type Parameters,
} from '../../lib/sts/parameters.ts'

function read<T extends object>(rows: Parameters<T>, form: string): T {
  return readParameters(new Map(new URLSearchParams(form)), rows)
}

function refuses<T extends object>(rows: Parameters<T>, form: string, ...texts: string[]): void {
  const count = `${String(texts.length)} validation error${texts.length > 1 ? 's' : ''} detected: `
  assert.throws(() => read(rows, form), {
    code: 'ValidationError',
    message: count + texts.join('; '),
  })
}

const failed = 'failed to satisfy constraint:'

describe('readParameters', () => {
  it('reads texts, numbers, lists and lists of structures', () => {
    const rows = {
      Name: required(text({ min: 1, max: 9 })),
      Other: text({ min: 1, max: 9 }),
      Seconds: whole(1, 9),
      Keys: listOf(tagKey, 3),
      Tags: structures({ Key: required(tagKey), Value: required(tagValue) }, 3),
    }
    const form =
      'Name=a&Seconds=3&Keys.member.1=x&Keys.member.2=y&Keys.member.4=lost' +
      '&Tags.member.1.Key=k&Tags.member.1.Value=&Tags.member.2.Value=v&Tags.member.2.Key=l&Extra=1'
    assert.deepEqual(read(rows, form), {
      Name: 'a',
      Other: undefined,
      Seconds: 3,
      Keys: ['x', 'y'],
      Tags: [
        { Key: 'k', Value: '' },
        { Key: 'l', Value: 'v' },
      ],
    })
    assert.deepEqual(read(rows, 'Name=a').Tags, [])
  })

  it('names what is broken in AWS’s words', () => {
    refuses({ A: required(tagKey) }, '', `Value null at 'a' ${failed} Member must not be null`)
    refuses(
      { RoleSessionName: roleRows.RoleSessionName },
      'RoleSessionName=:',
      `Value ':' at 'roleSessionName' ${failed} Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
      `Value ':' at 'roleSessionName' ${failed} Member must have length greater than or equal to 2`,
    )
    const tags = structures({ Key: required(tagKey), Value: required(tagValue) }, 1)
    refuses(
      { Tags: tags },
      'Tags.member.1.Key=%7E',
      `Value '~' at 'tags.1.member.key' ${failed} Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+`,
      `Value null at 'tags.1.member.value' ${failed} Member must not be null`,
    )
    refuses(
      { Tags: tags },
      'Tags.member.1.Key=a&Tags.member.1.Value=b&Tags.member.2.Key=c&Tags.member.3.Key=d',
      `Value at 'tags' ${failed} Member must have length less than or equal to 1`,
    )
  })

  it('takes whole numbers within their range only', () => {
    const rows = { N: whole(900, 3600) }
    for (const right of ['900', '0900', '%2B900']) assert.equal(read(rows, `N=${right}`).N, 900)
    refuses(
      rows,
      'N=-1',
      `Value '-1' at 'n' ${failed} Member must have value greater than or equal to 900`,
    )
    refuses(
      rows,
      'N=3601',
      `Value '3601' at 'n' ${failed} Member must have value less than or equal to 3600`,
    )
    refuses(
      rows,
      'N=2147483647',
      `Value '2147483647' at 'n' ${failed} Member must have value less than or equal to 3600`,
    )
    for (const wrong of ['', '%20900%20', '900.0', '9e2', '0x384', '2147483648', '-2147483649']) {
      assert.throws(
        () => read(rows, `N=${wrong}`),
        { code: 'MalformedInput', status: 400, message: 'n is no integer of 32 bits' },
        wrong,
      )
    }
  })

  it('repeats no secret, nothing very long, and ten errors at most', () => {
    const secret = { T: text({ min: 1, max: 3, sensitive: true }) }
    refuses(
      secret,
      'T=secret',
      `Value at 't' ${failed} Member must have length less than or equal to 3`,
    )
    const long = { T: text({ min: 1, max: 3 }) }
    refuses(
      long,
      `T=${'x'.repeat(2049)}`,
      `Value at 't' ${failed} Member must have length less than or equal to 3`,
    )
    const many = Array.from({ length: 30 }, (_, n) => `K.member.${String(n + 1)}=%7E`).join('&')
    assert.throws(() => read({ K: listOf(tagKey, 50) }, many), {
      message: /^10 validation errors detected: /,
    })
  })

  it('takes ARNs of every plane of Unicode, and no lone control character', () => {
    const rows = { RoleArn: roleRows.RoleArn }
    const arn = `arn:aws:iam::111122223333:role/`
    assert.equal(
      read(rows, `RoleArn=${encodeURIComponent(`${arn}\u{1F600}`)}`).RoleArn,
      `${arn}\u{1F600}`,
    )
    assert.throws(() => read(rows, `RoleArn=${encodeURIComponent(`${arn}\u0007`)}`), {
      code: 'ValidationError',
    })
  })
})
