import assert from 'node:assert/strict'
import { explain, type ElementExplanation } from '../../lib/iam/explain.ts'
import {
  account,
  allow,
  attached,
  deny,
  keyArn,
  policySet,
  requestOf,
  roleArn,
  sessionArn,
  userArn,
} from './support.ts'

const pcr0 = 'kms:RecipientAttestation:PCR0'

function plain(
  element: string,
  expected: readonly string[],
  actual: string,
  matched: boolean,
): ElementExplanation {
  return { element, operator: null, key: null, expected, actual, matched }
}

describe('explain', () => {
  it('lists every element of every statement', () => {
    const statement = allow(
      { AWS: roleArn },
      {
        Sid: 'enclave',
        Action: ['kms:Decrypt', 'kms:Sign'],
        Condition: {
          StringEquals: { [pcr0]: ['AA', 'BB'] },
          Bool: { 'aws:SecureTransport': true },
          Null: { 'kms:ViaService': 'true' },
        },
      },
    )
    const context = { [pcr0]: 'aa', 'aws:SecureTransport': 'false' }
    assert.deepEqual(explain(requestOf('role', 'kms:Decrypt', context), policySet([statement])), {
      effect: 'IMPLICIT_DENY',
      evaluations: [
        {
          policyType: 'RESOURCE_BASED_POLICY',
          policy: 'default',
          statements: [
            {
              sid: 'enclave',
              index: 0,
              effect: 'Allow',
              applies: false,
              elements: [
                plain('Principal', [roleArn], sessionArn, true),
                plain('Action', ['kms:Decrypt', 'kms:Sign'], 'kms:Decrypt', true),
                plain('Resource', ['*'], keyArn, true),
                {
                  element: 'Condition',
                  operator: 'StringEquals',
                  key: pcr0,
                  expected: ['AA', 'BB'],
                  actual: 'aa',
                  matched: false,
                },
                {
                  element: 'Condition',
                  operator: 'Bool',
                  key: 'aws:SecureTransport',
                  expected: ['true'],
                  actual: 'false',
                  matched: false,
                },
                {
                  element: 'Condition',
                  operator: 'Null',
                  key: 'kms:ViaService',
                  expected: ['true'],
                  actual: null,
                  matched: true,
                },
              ],
            },
          ],
        },
      ],
    })
  })

  it('looks at the conditions of statements for others', () => {
    const condition = { Condition: { StringEquals: { 'aws:userid': 'x' } } }
    const set = policySet([allow({ AWS: userArn }, condition), allow('*')])
    const { effect, evaluations } = explain(
      requestOf('role', 'kms:Sign', { 'aws:userid': 'y' }),
      set,
    )
    assert.equal(effect, 'ALLOW')
    assert.deepEqual(
      evaluations[0]?.statements.map(({ applies, elements }) => [
        applies,
        elements.filter(({ matched }) => !matched).map(({ element }) => element),
      ]),
      [
        [false, ['Principal', 'Condition']],
        [true, []],
      ],
    )
  })

  it('names the negated elements, and the missing ones', () => {
    const set = policySet([
      deny(undefined, { NotPrincipal: '*', Action: undefined, NotAction: 'kms:*' }),
      allow('*', { Resource: undefined }),
    ])
    const [negated, incomplete] = explain(requestOf('role'), set).evaluations[0]?.statements ?? []
    assert.ok(negated && incomplete)
    assert.deepEqual(negated.elements, [
      plain('NotPrincipal', ['*'], sessionArn, false),
      plain('NotAction', ['kms:*'], 'kms:Decrypt', false),
      plain('Resource', ['*'], keyArn, true),
    ])
    assert.deepEqual(incomplete.elements.at(-1), plain('Resource', [], keyArn, false))
    assert.equal(incomplete.applies, false)
  })

  it('lists the policies of every type', () => {
    const set = policySet([allow('*')], {
      identity: [
        attached('identity', 'Allow'),
        attached('identity', 'Deny', { Action: 'kms:Sign' }),
      ],
      boundary: attached('boundary', 'Allow'),
      session: [attached('session', 'Allow')],
      serviceControl: [attached('serviceControl', 'Allow')],
      resourceControl: [attached('resourceControl', 'Allow')],
      vpcEndpoint: attached('vpcEndpoint', 'Allow'),
      grants: [{ grantId: 'g', granteePrincipal: roleArn, operations: ['Decrypt'] }],
    })
    assert.deepEqual(
      explain(requestOf('role'), set).evaluations.map(({ policyType, policy }) => [
        policyType,
        policy,
      ]),
      [
        ['SERVICE_CONTROL_POLICY', 'serviceControl-allow'],
        ['RESOURCE_CONTROL_POLICY', 'resourceControl-allow'],
        ['RESOURCE_BASED_POLICY', 'default'],
        ['IDENTITY_BASED_POLICY', 'identity-allow'],
        ['IDENTITY_BASED_POLICY', 'identity-deny'],
        ['PERMISSIONS_BOUNDARY', 'boundary-allow'],
        ['SESSION_POLICY', 'session-allow'],
        ['VPC_ENDPOINT_POLICY', 'vpcEndpoint-allow'],
        ['GRANT', 'g'],
      ],
    )
  })

  it('says of a grant whom it names, what it allows, and under which constraints', () => {
    const grant = {
      grantId: 'g',
      granteePrincipal: roleArn,
      operations: ['Decrypt'],
      constraints: { encryptionContextSubset: { tenant: 'a' } },
    }
    const context = {
      'kms:EncryptionContextKeys': ['tenant'],
      'kms:EncryptionContext:tenant': 'b',
    }
    const request = requestOf('role', 'kms:Decrypt', context)
    const { evaluations } = explain(request, policySet([], { grants: [grant] }))
    assert.deepEqual(evaluations.at(-1)?.statements, [
      {
        sid: null,
        index: 0,
        effect: 'Allow',
        applies: false,
        elements: [
          plain('GranteePrincipal', [roleArn], sessionArn, true),
          plain('Operations', ['Decrypt'], 'kms:Decrypt', true),
          {
            element: 'Constraints',
            operator: 'EncryptionContextSubset',
            key: 'kms:EncryptionContext',
            expected: ['tenant=a'],
            actual: ['tenant=b'],
            matched: false,
          },
        ],
      },
    ])
  })

  it('says who may retire a grant', () => {
    const grant = {
      grantId: 'g',
      granteePrincipal: roleArn,
      operations: ['Decrypt'],
      retiringPrincipal: userArn,
    }
    const request = requestOf('user', 'kms:RetireGrant')
    const { effect, evaluations } = explain(request, policySet([], { grants: [grant] }))
    assert.equal(effect, 'ALLOW')
    assert.deepEqual(evaluations.at(-1)?.statements[0]?.elements, [
      plain('RetiringPrincipal', [userArn, account], userArn, true),
    ])
  })

  it('lists the grants to the caller first, and not more than a hundred', () => {
    const others = Array.from({ length: 200 }, (_, index) => ({
      grantId: `other-${index}`,
      granteePrincipal: userArn,
      operations: ['Decrypt'],
    }))
    const own = { grantId: 'own', granteePrincipal: roleArn, operations: ['Decrypt'] }
    const { effect, evaluations } = explain(
      requestOf('role'),
      policySet([], { grants: [...others, own] }),
    )
    const listed = evaluations.filter(({ policyType }) => policyType === 'GRANT')
    assert.deepEqual([effect, listed.length, listed[0]?.policy], ['ALLOW', 100, 'own'])
  })
})
