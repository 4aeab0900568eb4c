import assert from 'node:assert/strict'
import { authorize, denialText, type PolicySet } from '../../lib/iam/authorize.ts'
import type { AccessRequest } from '../../lib/iam/request.ts'
import {
  account,
  allow,
  attached,
  callers,
  deny,
  keyArn,
  policySet,
  requestOf,
  roleArn,
  rootArn,
  sessionArn,
  userArn,
} from './support.ts'

const clause = 'IAM: Troubleshoot access denied error messages'
const answers = 'answers of AWS'
const byAnalogy = 'by analogy'
const cross =
  'because the resource does not exist in this Region, no resource-based policies allow access, ' +
  'or a resource-based policy explicitly denies access'

type TextCase = readonly [
  source: string,
  title: string,
  request: AccessRequest,
  policies: PolicySet,
  text: string,
  throughCiphertext?: boolean,
]

const delegates = allow({ AWS: account })
const foreign = callers.foreignRole.arn
const foreignDecrypt = `User: ${foreign} is not authorized to perform: kms:Decrypt`
const decrypt = `User: ${sessionArn} is not authorized to perform: kms:Decrypt`
const narrow = { Action: 'kms:Encrypt' }
const arn = 'arn:aws:organizations::111122223333:policy/o-x/service_control_policy/p-y'
const scp = { ...attached('serviceControl', 'Deny'), arn }

const textCases: readonly TextCase[] = [
  [
    answers,
    'the key policy delegates, IAM is silent',
    requestOf('role'),
    policySet([delegates]),
    `${decrypt} on resource: ${keyArn} because no identity-based policy allows the kms:Decrypt action`,
  ],
  [
    answers,
    'the key policy is silent',
    requestOf('role'),
    policySet([]),
    `${decrypt} on resource: ${keyArn} because no resource-based policy allows the kms:Decrypt action`,
  ],
  [
    answers,
    'the key policy is silent, and the key came by its ciphertext',
    requestOf('role'),
    policySet([]),
    `${decrypt} on resource: ${keyArn} because no resource-based policy allows the kms:Decrypt action`,
    true,
  ],
  [
    answers,
    'a user',
    requestOf('user', 'kms:Sign'),
    policySet([]),
    `User: ${userArn} is not authorized to perform: kms:Sign on resource: ${keyArn} because no resource-based policy allows the kms:Sign action`,
  ],
  [
    answers,
    'the root user',
    requestOf('root', 'kms:Sign'),
    policySet([]),
    `User: ${rootArn} is not authorized to perform: kms:Sign on resource: ${keyArn} because no resource-based policy allows the kms:Sign action`,
  ],
  [
    clause,
    'the key policy denies',
    requestOf('role'),
    policySet([deny('*')]),
    `${decrypt} on resource: ${keyArn} with an explicit deny in a resource-based policy`,
  ],
  [
    clause,
    'an identity policy denies',
    requestOf('role'),
    policySet([], { identity: [attached('identity', 'Deny')] }),
    `${decrypt} on resource: ${keyArn} with an explicit deny in an identity-based policy`,
  ],
  [
    clause,
    'a managed identity policy denies',
    requestOf('role'),
    policySet([], {
      identity: [{ ...attached('identity', 'Deny'), arn: 'arn:aws:iam::1:policy/p' }],
    }),
    `${decrypt} on resource: ${keyArn} with an explicit deny in an identity-based policy: arn:aws:iam::1:policy/p`,
  ],
  [
    clause,
    'a boundary denies',
    requestOf('role'),
    policySet([], { boundary: attached('boundary', 'Deny') }),
    `${decrypt} on resource: ${keyArn} with an explicit deny in a permissions boundary`,
  ],
  [
    clause,
    'a session policy denies',
    requestOf('role'),
    policySet([], { session: [attached('session', 'Deny')] }),
    `${decrypt} on resource: ${keyArn} with an explicit deny in a session policy`,
  ],
  [
    clause,
    'an SCP denies',
    requestOf('role'),
    policySet([], { serviceControl: [scp] }),
    `${decrypt} on resource: ${keyArn} with an explicit deny in a service control policy: ${arn}`,
  ],
  [
    clause,
    'an RCP denies',
    requestOf('role'),
    policySet([], { resourceControl: [attached('resourceControl', 'Deny')] }),
    `${decrypt} on resource: ${keyArn} with an explicit deny in a resource control policy`,
  ],
  [
    clause,
    'an endpoint policy denies',
    requestOf('role'),
    policySet([], { vpcEndpoint: attached('vpcEndpoint', 'Deny') }),
    `${decrypt} on resource: ${keyArn} with an explicit deny in a VPC endpoint policy`,
  ],
  [
    clause,
    'no boundary allows',
    requestOf('role'),
    policySet([allow({ AWS: roleArn })], { boundary: attached('boundary', 'Allow', narrow) }),
    `${decrypt} on resource: ${keyArn} because no permissions boundary allows the kms:Decrypt action`,
  ],
  [
    clause,
    'no session policy allows',
    requestOf('role'),
    policySet([allow({ AWS: roleArn })], { session: [attached('session', 'Allow', narrow)] }),
    `${decrypt} on resource: ${keyArn} because no session policy allows the kms:Decrypt action`,
  ],
  [
    clause,
    'no SCP allows',
    requestOf('role'),
    policySet([allow('*')], { serviceControl: [attached('serviceControl', 'Allow', narrow)] }),
    `${decrypt} on resource: ${keyArn} because no service control policy allows the kms:Decrypt action`,
  ],
  [
    clause,
    'no RCP allows',
    requestOf('role'),
    policySet([allow('*')], { resourceControl: [attached('resourceControl', 'Allow', narrow)] }),
    `${decrypt} on resource: ${keyArn} because no resource control policy allows the kms:Decrypt action`,
  ],
  [
    clause,
    'no endpoint policy allows',
    requestOf('role'),
    policySet([allow('*')], { vpcEndpoint: attached('vpcEndpoint', 'Allow', narrow) }),
    `${decrypt} on resource: ${keyArn} because no VPC endpoint policy allows the kms:Decrypt action`,
  ],
  [
    answers,
    'another account, and the key policy is silent',
    requestOf('foreignRole'),
    policySet([]),
    `${foreignDecrypt} on this resource ${cross}`,
  ],
  [
    answers,
    'another account, and the key policy denies',
    requestOf('foreignRole'),
    policySet([deny('*')]),
    `${foreignDecrypt} on this resource ${cross}`,
  ],
  [
    answers,
    'another account, by the ciphertext',
    requestOf('foreignRole'),
    policySet([]),
    `${foreignDecrypt} on the resource associated with this ciphertext ${cross}`,
    true,
  ],
  [
    answers,
    'another account, denied, by the ciphertext',
    requestOf('foreignRole'),
    policySet([deny('*')]),
    `${foreignDecrypt} on the resource associated with this ciphertext ${cross}`,
    true,
  ],
  [
    answers,
    'another account, whose own policies are silent',
    requestOf('foreignRole'),
    policySet([allow('*')]),
    `${foreignDecrypt} on this resource because no identity-based policy allows the kms:Decrypt action`,
  ],
  [
    answers,
    'another account, whose own policies are silent, by the ciphertext',
    requestOf('foreignRole'),
    policySet([allow('*')]),
    `${foreignDecrypt} on the resource associated with this ciphertext because no identity-based policy allows the kms:Decrypt action`,
    true,
  ],
  [
    answers,
    'another account, whose session policy is silent',
    requestOf('foreignRole'),
    policySet([allow('*')], {
      identity: [attached('identity', 'Allow')],
      session: [attached('session', 'Allow', narrow)],
    }),
    `${foreignDecrypt} on this resource because no session policy allows the kms:Decrypt action`,
  ],
  [
    byAnalogy,
    'another account, whose boundary is silent',
    requestOf('foreignRole'),
    policySet([allow('*')], {
      identity: [attached('identity', 'Allow')],
      boundary: attached('boundary', 'Allow', narrow),
    }),
    `${foreignDecrypt} on this resource because no permissions boundary allows the kms:Decrypt action`,
  ],
  [
    byAnalogy,
    'another account, whose own policy denies',
    requestOf('foreignRole'),
    policySet([allow('*')], { identity: [attached('identity', 'Deny')] }),
    `${foreignDecrypt} on this resource with an explicit deny in an identity-based policy`,
  ],
  [
    byAnalogy,
    'another account, whose own policy denies, by the ciphertext',
    requestOf('foreignRole'),
    policySet([allow('*')], { identity: [attached('identity', 'Deny')] }),
    `${foreignDecrypt} on the resource associated with this ciphertext with an explicit deny in an identity-based policy`,
    true,
  ],
  [
    answers,
    'another account, and another service',
    requestOf('foreignRole', 'sts:AssumeRole', {}, roleArn),
    policySet([allow('*')], {
      resourceControl: [{ ...attached('resourceControl', 'Deny', { Action: 'sts:*' }), arn }],
    }),
    `User: ${foreign} is not authorized to perform: sts:AssumeRole on resource: ${roleArn} with an explicit deny in a resource control policy: ${arn}`,
  ],
  [
    clause,
    'an action on no key',
    requestOf('user', 'kms:CreateKey', {}, '*'),
    policySet(null),
    `User: ${userArn} is not authorized to perform: kms:CreateKey on resource: * because no identity-based policy allows the kms:CreateKey action`,
  ],
  [
    clause,
    'an alias',
    requestOf('user', 'kms:CreateAlias', {}, `arn:aws:kms:us-east-1:${account}:alias/a`),
    policySet(null),
    `User: ${userArn} is not authorized to perform: kms:CreateAlias on resource: arn:aws:kms:us-east-1:${account}:alias/a because no identity-based policy allows the kms:CreateAlias action`,
  ],
]

describe('denialText', () => {
  for (const [source, title, request, policies, text, throughCiphertext = false] of textCases) {
    it(`${title} [${source}]`, () => {
      const verdict = authorize(request, policies)
      assert.equal(denialText(request, verdict, { throughCiphertext }), text)
    })
  }

  it('has nothing to say when the request is allowed', () => {
    const request = requestOf('root')
    assert.equal(denialText(request, authorize(request, policySet([allow('*')]))), '')
  })
})
