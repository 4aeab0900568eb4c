import assert from 'node:assert/strict'
import { Fault } from '../../lib/kms/faults.ts'
import { operations } from '../../lib/kms/operations/index.ts'
import { model } from '../../lib/kms/model/shapes.ts'

describe('Fault', () => {
  it('is HTTP 400 for what the client did, and 5xx for what it did not', () => {
    assert.equal(new Fault('NotFoundException', 'x').status, 400)
    assert.equal(new Fault('AccessDeniedException', 'x').status, 400)
    assert.equal(new Fault('KMSInternalException', 'x').status, 500)
    assert.equal(new Fault('KeyUnavailableException', 'x').status, 500)
    assert.equal(new Fault('DependencyTimeoutException', 'x').status, 503)
    assert.equal(new Fault('RequestEntityTooLargeException', 'x').status, 413)
  })

  it('has its text as message, and AccessDeniedException as Message', () => {
    assert.deepEqual(new Fault('NotFoundException', 'a text').body(), {
      __type: 'NotFoundException',
      message: 'a text',
    })
    assert.deepEqual(new Fault('AccessDeniedException', 'a text').body(), {
      __type: 'AccessDeniedException',
      Message: 'a text',
    })
  })

  it('says what its row says when nobody says more', () => {
    assert.deepEqual(new Fault('DryRunOperationException').body(), {
      __type: 'DryRunOperationException',
      message: 'The request would have succeeded, but the DryRun option is set.',
    })
  })

  for (const code of [
    'InvalidCiphertextException',
    'KMSInvalidMacException',
    'KMSInvalidSignatureException',
  ] as const) {
    it(`has no member for a text where AWS sends none: ${code}`, () => {
      assert.deepEqual(new Fault(code).body(), { __type: code })
    })
  }

  it('has a row for everything that AWS’s model says an operation that is built can answer', () => {
    for (const name of operations.keys()) {
      for (const code of model.operations[name]?.errors ?? []) {
        const fault = new Fault(code as 'NotFoundException', 'x')
        assert.ok(fault.status >= 400, `${name}: ${code}`)
      }
    }
  })
})
