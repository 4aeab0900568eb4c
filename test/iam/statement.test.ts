import assert from 'node:assert/strict'
import { judgeDocument, questionOf } from '../../lib/iam/statement.ts'
import type { PrincipalMatch } from '../../lib/iam/principals.ts'
import { parsePolicy } from '../../lib/iam/document.ts'
import {
  account,
  allow,
  callers,
  deny,
  federatedArn,
  keyArn,
  otherAccount,
  policyOf,
  policySet,
  requestOf,
  roleArn,
  rootArn,
  sessionArn,
  userArn,
  type CallerName,
  type StatementSource,
} from './support.ts'

const principal = 'IAM JSON policy elements: Principal'
const notPrincipal = 'IAM JSON policy elements: NotPrincipal'

type PrincipalCase = readonly [
  clause: string,
  title: string,
  principal: unknown,
  caller: CallerName,
  match: PrincipalMatch,
]

const principalCases: readonly PrincipalCase[] = [
  [principal, '* is everyone', '*', 'user', 'WILDCARD'],
  [principal, '* is everyone in another account', '*', 'foreignRole', 'WILDCARD'],
  [principal, '* is a service', '*', 'service', 'WILDCARD'],
  [principal, '{"AWS": "*"} is everyone', { AWS: '*' }, 'role', 'WILDCARD'],
  [principal, 'an account by its number', { AWS: account }, 'user', 'ACCOUNT'],
  [principal, 'an account by its root ARN', { AWS: rootArn }, 'role', 'ACCOUNT'],
  [principal, 'an account and its root user', { AWS: account }, 'root', 'ACCOUNT'],
  [principal, 'an account and its federated user', { AWS: account }, 'federated', 'ACCOUNT'],
  [principal, 'an account is not another', { AWS: otherAccount }, 'user', 'NONE'],
  [principal, 'an account is no service', { AWS: account }, 'service', 'NONE'],
  [principal, 'an account is no bearer of a token', { AWS: account }, 'webIdentity', 'NONE'],
  [principal, 'a user by name and path', { AWS: userArn }, 'user', 'DIRECT_USER'],
  [
    principal,
    'a user without its path',
    { AWS: `arn:aws:iam::${account}:user/alice` },
    'user',
    'NONE',
  ],
  [principal, 'a name in another case', { AWS: userArn.replace('alice', 'Alice') }, 'user', 'NONE'],
  [principal, 'a role covers its sessions', { AWS: roleArn }, 'role', 'DIRECT_ROLE'],
  [principal, 'a role is no other role', { AWS: `${roleArn}-2` }, 'role', 'NONE'],
  [principal, 'a session is itself', { AWS: sessionArn }, 'role', 'DIRECT_SESSION'],
  [principal, 'a session is no other session', { AWS: `${sessionArn}0` }, 'role', 'NONE'],
  [principal, 'a federated user', { AWS: federatedArn }, 'federated', 'DIRECT_SESSION'],
  [
    principal,
    'a service by its name',
    { Service: callers.service.arn },
    'service',
    'DIRECT_SERVICE',
  ],
  [principal, 'a service is no other', { Service: 'logs.amazonaws.com' }, 'service', 'NONE'],
  [principal, 'one of several', { AWS: [otherAccount, userArn] }, 'user', 'DIRECT_USER'],
  [
    principal,
    'the strongest: user over account',
    { AWS: [account, userArn] },
    'user',
    'DIRECT_USER',
  ],
  [
    principal,
    'the strongest: session over role',
    { AWS: [sessionArn, roleArn] },
    'role',
    'DIRECT_SESSION',
  ],
  [principal, 'the strongest: everyone over role', { AWS: ['*', roleArn] }, 'role', 'WILDCARD'],
  [
    principal,
    'the strongest: role over account',
    { AWS: [roleArn, account] },
    'role',
    'DIRECT_ROLE',
  ],
  [principal, 'nobody', { AWS: [] }, 'user', 'NONE'],
]

type NotPrincipalCase = readonly [
  title: string,
  names: unknown,
  caller: CallerName,
  denied: boolean,
]

const notPrincipalCases: readonly NotPrincipalCase[] = [
  ['denies who is not listed', { AWS: otherAccount }, 'user', true],
  ['denies a user whose account is not listed', { AWS: userArn }, 'user', true],
  ['exempts a user with its account', { AWS: [userArn, account] }, 'user', false],
  ['denies another user of a listed account', { AWS: [`${userArn}2`, account] }, 'user', true],
  ['denies a session of which only the role is listed', { AWS: [roleArn, account] }, 'role', true],
  ['denies a session without its role', { AWS: [sessionArn, account] }, 'role', true],
  [
    'exempts a session with role and account',
    { AWS: [sessionArn, roleArn, account] },
    'role',
    false,
  ],
  ['exempts the root user by its account', { AWS: account }, 'root', false],
  [
    'exempts a federated user with its account',
    { AWS: [federatedArn, account] },
    'federated',
    false,
  ],
  ['exempts a service', { Service: callers.service.arn }, 'service', false],
  ['exempts everyone', '*', 'foreignUser', false],
]

type ElementCase = readonly [
  clause: string,
  title: string,
  change: StatementSource,
  action: string,
  resource: string,
  applies: boolean,
]

const actionClause = 'IAM JSON policy elements: Action'
const resourceClause = 'IAM JSON policy elements: Resource'
const notAction = 'IAM JSON policy elements: NotAction'
const notResource = 'IAM JSON policy elements: NotResource'
const keyPolicies = 'KMS key policies'
const decrypt = 'kms:Decrypt'
const aliasArn = `arn:aws:kms:us-east-1:${account}:alias/app`
const variable = `arn:aws:kms:us-east-1:${account}:key/\${aws:PrincipalTag/key}`

/** A statement of an identity policy with one thing changed; the caller has the tag `id`. */
const elementCases: readonly ElementCase[] = [
  [actionClause, 'the action itself', { Action: 'kms:Decrypt' }, decrypt, keyArn, true],
  [actionClause, 'in any case', { Action: 'KMS:dECRYPT' }, decrypt, keyArn, true],
  [actionClause, 'another action', { Action: 'kms:Encrypt' }, decrypt, keyArn, false],
  [actionClause, 'every action', { Action: '*' }, decrypt, keyArn, true],
  [actionClause, 'every action of KMS', { Action: 'kms:*' }, decrypt, keyArn, true],
  [actionClause, 'every action of another service', { Action: 's3:*' }, decrypt, keyArn, false],
  [actionClause, 'a beginning', { Action: 'kms:De*' }, decrypt, keyArn, true],
  [
    actionClause,
    'a wildcard in the middle',
    { Action: 'kms:Generate*Plaintext' },
    'kms:GenerateDataKeyWithoutPlaintext',
    keyArn,
    true,
  ],
  [actionClause, 'one character', { Action: 'kms:?ecrypt' }, decrypt, keyArn, true],
  [actionClause, 'one of several', { Action: ['kms:Sign', 'kms:Decrypt'] }, decrypt, keyArn, true],
  [
    actionClause,
    'ReEncrypt is two actions',
    { Action: 'kms:ReEncrypt' },
    'kms:ReEncryptFrom',
    keyArn,
    false,
  ],
  [
    actionClause,
    'ReEncrypt* is both',
    { Action: 'kms:ReEncrypt*' },
    'kms:ReEncryptTo',
    keyArn,
    true,
  ],
  [actionClause, 'an empty list', { Action: [] }, decrypt, keyArn, false],
  [
    notAction,
    'all but the one',
    { Action: undefined, NotAction: 'kms:Sign' },
    decrypt,
    keyArn,
    true,
  ],
  [
    notAction,
    'not the one',
    { Action: undefined, NotAction: 'kms:Decrypt' },
    decrypt,
    keyArn,
    false,
  ],
  [
    notAction,
    'none of several',
    { Action: undefined, NotAction: ['kms:Sign', 'kms:D*'] },
    decrypt,
    keyArn,
    false,
  ],
  [
    notAction,
    'an empty list has no effect',
    { Action: undefined, NotAction: [] },
    decrypt,
    keyArn,
    false,
  ],
  [resourceClause, 'the key itself', { Resource: keyArn }, decrypt, keyArn, true],
  [resourceClause, 'another key', { Resource: `${keyArn}0` }, decrypt, keyArn, false],
  [
    resourceClause,
    'case counts',
    { Resource: keyArn.toUpperCase().replace('ARN:AWS:KMS', 'arn:aws:kms') },
    decrypt,
    keyArn,
    false,
  ],
  [
    resourceClause,
    'every key of the account',
    { Resource: `arn:aws:kms:*:${account}:key/*` },
    decrypt,
    keyArn,
    true,
  ],
  [
    resourceClause,
    'every key of another account',
    { Resource: `arn:aws:kms:*:${otherAccount}:key/*` },
    decrypt,
    keyArn,
    false,
  ],
  [
    resourceClause,
    'every key of another Region',
    { Resource: `arn:aws:kms:eu-*:${account}:key/*` },
    decrypt,
    keyArn,
    false,
  ],
  [
    resourceClause,
    'a last * reaches over colons',
    { Resource: 'arn:aws:kms:us-east-1:*' },
    decrypt,
    keyArn,
    true,
  ],
  [
    'KMS: KMS keys in IAM policies',
    'an alias is not its key',
    { Resource: aliasArn },
    decrypt,
    keyArn,
    false,
  ],
  [
    'KMS: KMS keys in IAM policies',
    'an alias is an alias',
    { Resource: aliasArn },
    'kms:CreateAlias',
    aliasArn,
    true,
  ],
  [
    'KMS: KMS keys in IAM policies',
    'an action on no key needs *',
    { Resource: `arn:aws:kms:*:${account}:key/*` },
    'kms:ListKeys',
    '*',
    false,
  ],
  [
    'KMS: KMS keys in IAM policies',
    'an action on no key has *',
    { Resource: '*' },
    'kms:ListKeys',
    '*',
    true,
  ],
  [
    notResource,
    'all but the one',
    { Resource: undefined, NotResource: aliasArn },
    decrypt,
    keyArn,
    true,
  ],
  [
    notResource,
    'not the one',
    { Resource: undefined, NotResource: keyArn },
    decrypt,
    keyArn,
    false,
  ],
  [
    notResource,
    'an action on no key',
    { Resource: undefined, NotResource: keyArn },
    'kms:ListKeys',
    '*',
    true,
  ],
  [
    'IAM policy variables: Resource',
    'a variable',
    { Resource: variable },
    decrypt,
    `arn:aws:kms:us-east-1:${account}:key/id`,
    true,
  ],
  [
    'IAM policy variables: Resource',
    'a variable of another value',
    { Resource: variable },
    decrypt,
    keyArn,
    false,
  ],
  [
    'IAM policy variables with no value',
    'a variable without value',
    { Resource: variable.replace('/key}', '/no}') },
    decrypt,
    keyArn,
    false,
  ],
  [
    'IAM policy variables with no value',
    'beside a resource that matches',
    { Resource: [variable.replace('/key}', '/no}'), keyArn] },
    decrypt,
    keyArn,
    true,
  ],
  [
    'IAM policy variables with no value',
    'in NotResource',
    { Resource: undefined, NotResource: variable.replace('/key}', '/no}') },
    decrypt,
    keyArn,
    false,
  ],
  [
    'IAM policy variables: Resource',
    'in NotResource, with another value',
    { Resource: undefined, NotResource: variable },
    decrypt,
    keyArn,
    true,
  ],
]

describe('judgeDocument', () => {
  for (const [clause, title, names, caller, match] of principalCases) {
    it(`principal: ${title} [${clause}]`, () => {
      const question = questionOf(requestOf(caller), policySet(null))
      assert.equal(judgeDocument(policyOf('key', allow(names)), question).allows, match)
    })
  }

  it(`principal: a provider of identities, which is no principal of IAM [${principal}]`, () => {
    const matches = (provider: string, caller: CallerName) => {
      const statement = allow({ Federated: provider }, { Resource: undefined })
      const question = questionOf(requestOf(caller), policySet(null))
      return judgeDocument(policyOf('trust', statement), question).allows
    }
    assert.equal(matches(callers.webIdentity.arn, 'webIdentity'), 'DIRECT_SESSION')
    assert.equal(matches(userArn, 'user'), 'NONE')
  })

  for (const [title, names, caller, denied] of notPrincipalCases) {
    it(`NotPrincipal ${title} [${notPrincipal}]`, () => {
      const question = questionOf(requestOf(caller), policySet(null))
      const statement = deny(undefined, { NotPrincipal: names })
      assert.equal(judgeDocument(policyOf('key', statement), question).denial !== null, denied)
    })
  }

  it(`NotPrincipal denies whoever has a permissions boundary [${notPrincipal}]`, () => {
    const boundary = { name: 'b', document: policyOf('boundary') }
    const question = questionOf(requestOf('user'), policySet(null, { boundary }))
    const statement = deny(undefined, { NotPrincipal: { AWS: [userArn, account] } })
    assert.equal(judgeDocument(policyOf('key', statement), question).denial?.index, 0)
  })

  for (const [clause, title, change, action, resource, applies] of elementCases) {
    it(`${title} [${clause}]`, () => {
      const request = requestOf('user', action, { 'aws:PrincipalTag/key': 'id' }, resource)
      const statement = { Effect: 'Allow', Action: '*', Resource: '*', ...change }
      const judgement = judgeDocument(
        policyOf('identity', statement),
        questionOf(request, policySet(null)),
      )
      assert.equal(judgement.allows !== 'NONE', applies)
    })
  }

  it(`a statement without Resource has no effect [${keyPolicies}]`, () => {
    const question = questionOf(requestOf('user'), policySet(null))
    const statement = deny('*', { Resource: undefined })
    assert.equal(judgeDocument(policyOf('key', statement), question).denial, null)
  })

  it(`a statement without Action has no effect [${keyPolicies}]`, () => {
    const question = questionOf(requestOf('user'), policySet(null))
    const statement = deny('*', { Action: undefined })
    assert.equal(judgeDocument(policyOf('key', statement), question).denial, null)
  })

  it('variables in resources are text before 2012 [IAM policy variables: Version]', () => {
    const text = JSON.stringify({
      Statement: { Effect: 'Allow', Action: '*', Resource: variable },
    })
    const request = requestOf('user', decrypt, { 'aws:PrincipalTag/key': 'id' }, variable)
    const question = questionOf(request, policySet(null))
    assert.equal(judgeDocument(parsePolicy(text, 'identity'), question).allows, 'WILDCARD')
  })

  it('all conditions have to hold [IAM condition logic: multiple context keys]', () => {
    const condition = {
      StringEquals: { 'aws:userid': 'a', 'aws:username': 'b' },
      Bool: { 'aws:SecureTransport': 'true' },
    }
    const document = policyOf('key', allow('*', { Condition: condition }))
    const context = { 'aws:userid': 'a', 'aws:username': 'b', 'aws:SecureTransport': 'true' }
    for (const [key, value] of Object.entries(context)) {
      const wrong = questionOf(
        requestOf('user', decrypt, { ...context, [key]: `${value}x` }),
        policySet(null),
      )
      assert.equal(judgeDocument(document, wrong).allows, 'NONE', key)
    }
    const right = questionOf(requestOf('user', decrypt, context), policySet(null))
    assert.equal(judgeDocument(document, right).allows, 'WILDCARD')
  })

  it('names the first statement that denies', () => {
    const document = policyOf('key', deny({ AWS: otherAccount }), deny('*'), deny('*'))
    assert.equal(
      judgeDocument(document, questionOf(requestOf('user'), policySet(null))).denial?.index,
      1,
    )
  })
})
