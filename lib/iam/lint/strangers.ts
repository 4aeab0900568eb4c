/**
 * Values that a caller has whom the policy's author does not know: of another account, in another
 * organization, with names, paths and tags of whatever text the policy asks for. Sources: IAM user
 * guide, "AWS global condition context keys" and "IAM identifiers" (whoever has an account names its
 * roles, its users and their tags; accounts, organizations and unique ids are given by AWS).
 */

/** The values to try for one value of the policy, and for none. */
type Strangers = (text: string) => readonly string[]

interface Row {
  readonly keys: RegExp
  readonly values: Strangers
}

/** Of a low number and of a high one: a policy can compare them as numbers. */
const accounts = ['000000000019', '864208642086', '975319753197']
const organization = 'o-zzstranger'
const uniqueIds = ['AROAZZSTRANGERSROLEZZ', 'AIDAZZSTRANGERSUSERZZ']

const rows: readonly Row[] = [
  { keys: /^aws:principalarn$/, values: arns },
  { keys: /^(?:aws:(?:principal|source|vpce)account|kms:calleraccount)$/, values: accountsFor },
  { keys: /^aws:(?:principal|source|vpce)orgid$/, values: (text) => [organizationFor(text)] },
  { keys: /^aws:(?:principal|source|vpce)orgpaths$/, values: organizationPaths },
  { keys: /^aws:userid$/, values: userIds },
  { keys: /^aws:(?:principaltag\/.*|username|sourceidentity)$/, values: (text) => [filled(text)] },
  { keys: /^aws:sourcevpce$/, values: () => ['vpce-0123456789abcdef0'] },
  { keys: /^aws:sourcevpc$/, values: () => ['vpc-0123456789abcdef0'] },
  { keys: /^(?:aws:sourcearn|ec2:sourceinstancearn)$/, values: resourceArns },
]

/** What a stranger's request may have for the key; a few texts of no form where that is not known. */
export function strangersValues(lowerCaseKey: string, expected: readonly string[]): string[] {
  const values = rows.find(({ keys }) => keys.test(lowerCaseKey))?.values ?? (() => [])
  const named = new Set(expected.filter((text) => /^\d{12}$/.test(text)))
  const found = new Set([...expected.flatMap(values), ...someTexts])
  return [...found].filter((value) => !named.has(value))
}

const someTexts = ['arn:x:x:x:x:any', '0']

/** With something where its wildcards are. */
function filled(text: string, character = 'x'): string {
  return text.replace(/[*?]/g, character)
}

function accountsFor(text: string): string[] {
  if (!/[*?]/.test(text)) return accounts
  const missing = Math.max(0, 12 - text.replaceAll('*', '').length)
  const whole = text.replace('*', '?'.repeat(missing)).replaceAll('*', '')
  return [...accounts, filled(whole, '7')]
}

/** An organization's id has ten characters or more after `o-`: a pattern with so many names one. */
function organizationFor(text: string): string {
  const [start = ''] = /^[^*?]*/.exec(text) ?? []
  const isNamed = start === text || start.length >= 'o-'.length + 10
  return isNamed ? organization : start + organization.slice(Math.min(start.length, 2))
}

function organizationPaths(text: string): string[] {
  const [first = '', ...more] = text.split('/')
  const rest = more.length > 0 ? filled(more.join('/')) : 'r-zzzz/ou-zzzz-zzzzzzzz/'
  return [`${organizationFor(first)}/${rest}`]
}

/** The unique id of a role or a user, which AWS gives, and the name of a session, which it does not. */
function userIds(text: string): string[] {
  const [, name = 'any'] = /:([^:]*)$/.exec(text) ?? []
  return uniqueIds.flatMap((id) => [id, `${id}:${filled(name)}`])
}

/** Roles, users and the root user, of the names and paths that the text wants. */
function arns(text: string): string[] {
  const [, partition = 'aws'] = /^arn:(aws(?:-[a-z]+)*):/.exec(text) ?? []
  const path = text.slice(text.indexOf('/') + 1)
  const names = new Set(
    [path, path.slice(path.search(/[^*:]*$/)), text].map((name) => filled(name)),
  )
  return accounts.flatMap((account) => {
    const start = `arn:${partition}:iam::${account}:`
    const named = [...names].flatMap((name) => [`${start}role/${name}`, `${start}user/${name}`])
    return [...named, `${start}root`]
  })
}

/** A resource like the one that is wanted, where the text leaves its account open. */
function resourceArns(text: string): string[] {
  const parts = text.split(':')
  const account = parts[4] ?? (text.includes('*') ? '*' : '')
  if (!/[*?]/.test(account)) return []
  return accounts.map((number) =>
    filled([...parts.slice(0, 4), number, ...parts.slice(5)].join(':')),
  )
}
