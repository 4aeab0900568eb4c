import assert from 'node:assert/strict'
import { errorAnswer, resultAnswer } from '../../lib/sts/xml.ts'

const error = { code: 'X', message: 'y', status: 400 }

describe('resultAnswer', () => {
  it('writes members in their order, times without milliseconds, and nothing for undefined', () => {
    const result = {
      Text: 'a',
      Nothing: undefined,
      Inner: { Time: new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678)), Number: 0 },
    }
    assert.deepEqual(resultAnswer('Do', result, 'id'), {
      status: 200,
      contentType: 'text/xml',
      body: `<DoResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <DoResult>
    <Text>a</Text>
    <Inner>
      <Time>2026-01-02T03:04:05Z</Time>
      <Number>0</Number>
    </Inner>
  </DoResult>
  <ResponseMetadata>
    <RequestId>id</RequestId>
  </ResponseMetadata>
</DoResponse>
`,
    })
  })

  it('escapes what it repeats, and what XML does not have', () => {
    const { body } = resultAnswer('Do', { Text: '<&>"\u0000\ud800' }, 'id')
    assert.match(body, /<Text>&lt;&amp;&gt;&quot;\uFFFD\uFFFD<\/Text>/)
  })
})

describe('errorAnswer', () => {
  it('blames the sender unless said', () => {
    assert.match(errorAnswer(error, 'id').body, /<Type>Sender<\/Type>/)
    assert.match(errorAnswer({ ...error, type: 'Receiver' }, 'id').body, /<Type>Receiver<\/Type>/)
  })
})
