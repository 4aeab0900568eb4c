/**
 * The request that `policy explain` is asked about: a case of a cases file, or one that the flags
 * describe, read by the readers of cases files. What is refused is refused under its flag's name.
 */
import type { PolicyCase } from '../../cases/case.ts'
import { parseCases, readCasesFile, type CasesFile } from '../../cases/file.ts'
import { ConfigError } from '../../config/config-error.ts'
import { readFromDisk } from '../../config/disk.ts'
import { attachedPolicy } from '../../config/policies.ts'
import type { PolicyDocument } from '../../iam/document.ts'
import { shortened } from '../../iam/shortened.ts'

export interface CaseFlags {
  readonly policy?: string
  readonly principal?: string
  readonly action?: string
  /** `N=HEX` */
  readonly pcr?: readonly string[]
  readonly eif?: string
  readonly debug?: boolean
  readonly platform?: string
  readonly document?: string
  /** `KEY=VALUE`, as the next. */
  readonly context?: readonly string[]
  readonly encryptionContext?: readonly string[]
  readonly sessionName?: string
  readonly identityPolicy?: readonly string[]
  readonly boundary?: string
  readonly sessionPolicy?: readonly string[]
  readonly key?: string
}

export interface ExplainedCase {
  readonly file: CasesFile
  readonly one: PolicyCase
  /** Whether nobody says whose key it is, and the caller's account is not the one that it has. */
  readonly isKeyAssumed: boolean
}

/** Where a cases file has what a flag says, and the flag; the first that begins the path counts. */
const flagsByPath: readonly (readonly [path: RegExp, flag: string])[] = [
  [/^policy/, '--policy'],
  [/^key/, '--key'],
  [/^principals\.caller\.sessionName/, '--session-name'],
  [/^principals\.caller\.policies\[\d+\]/, '--identity-policy'],
  [/^principals\.caller\.boundary/, '--boundary'],
  [/^principals\.caller/, '--principal'],
  [/^cases\[0\]\.action/, '--action'],
  [/^cases\[0\]\.encryptionContext\.?/, '--encryption-context'],
  [/^cases\[0\]\.context\.?/, '--context'],
  [/^cases\[0\]\.attestation\.pcrs\.?/, '--pcr'],
  [/^cases\[0\]\.attestation\.eif/, '--eif'],
  [/^cases\[0\]\.attestation\.debug/, '--debug'],
  [/^cases\[0\]\.attestation\.document/, '--document'],
  [/^cases\[0\]\.attestation/, '--platform'],
]

/** Throws ConfigError under the name of a flag. */
export async function caseOfFlags(flags: CaseFlags): Promise<ExplainedCase> {
  const members = membersOf(flags)
  const place = { path: '', baseDir: process.cwd(), readFile: readFromDisk }
  try {
    const file = await parseCases('policy explain', members, place)
    const [first] = file.cases
    if (!first) throw new Error('a case was read and is not there')
    const read = attachedPolicy('session')
    const session = flags.sessionPolicy?.map((path) =>
      read(path, { ...place, path: '--session-policy' }),
    )
    const one = session ? { ...first, caller: { ...first.caller, session } } : first
    return flags.key === undefined ? withOwner(file, one) : { file, one, isKeyAssumed: false }
  } catch (error) {
    throw error instanceof ConfigError ? underFlag(error) : error
  }
}

/**
 * Ours: a key policy that names one account alone is that account's. One that names several may be
 * any one's, and what it allows to whom depends on it.
 */
function withOwner(file: CasesFile, one: PolicyCase): ExplainedCase {
  const accounts = accountsOf(file.policy)
  const [account = file.key.account, ...others] = accounts
  if (others.length > 0) {
    const named = `${accounts.slice(0, -1).join(', ')} and ${String(accounts.at(-1))}`
    throw new ConfigError('--key', `want it: the policy names accounts ${named}`)
  }
  const isKeyAssumed = account !== file.key.account
  return { file: { ...file, key: { ...file.key, account } }, one, isKeyAssumed }
}

/** Those of the principals that a policy names, in its order. */
function accountsOf({ statements }: PolicyDocument): string[] {
  const names = statements.flatMap(({ principal }) => principal?.expected ?? [])
  const found = names.flatMap((name) => {
    const [, id, ofArn] = /^(\d{12})$|^arn:[^:]*:[^:]*::(\d{12}):/.exec(name) ?? []
    return id ?? ofArn ?? []
  })
  return [...new Set(found)]
}

function underFlag(error: ConfigError): ConfigError {
  for (const [path, flag] of flagsByPath) {
    const found = path.exec(error.path)?.[0]
    if (found === undefined) continue
    const rest = error.path.slice(found.length)
    const name = found.endsWith('.') ? `${flag} ${shortened(rest)}` : flag
    return new ConfigError(name, error.message.slice(error.path.length + ': '.length))
  }
  return error
}

function membersOf(flags: CaseFlags): object {
  const policy = need('--policy', flags.policy)
  const caller = callerOf(need('--principal', flags.principal))
  const action = need('--action', flags.action)
  const encryptionContext = pairsOf('--encryption-context', flags.encryptionContext)
  return {
    policy,
    key: { arn: flags.key ?? defaultKeyArn(caller.arn) },
    principals: {
      caller: withoutAbsent({
        arn: caller.arn,
        sessionName: flags.sessionName ?? caller.sessionName,
        policies: flags.identityPolicy,
        boundary: flags.boundary,
      }),
    },
    cases: [
      withoutAbsent({
        name: 'policy explain',
        principal: 'caller',
        action,
        encryptionContext: encryptionContext && Object.fromEntries(encryptionContext),
        attestation: attestationOf(flags),
        context: contextOf(flags.context),
        expect: 'allow',
      }),
    ],
  }
}

function need(flag: string, value: string | undefined): string {
  if (value !== undefined) return value
  throw new ConfigError(flag, 'want it, or --cases and --case')
}

/** AWS's texts name a session: it stands for its role, which then has no path. */
function callerOf(arn: string): { readonly arn: string; readonly sessionName?: string } {
  const [, partition, account, role, sessionName] =
    /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([^/]+)\/([^/]+)$/.exec(arn) ?? []
  if (!partition || !account || !role || !sessionName) return { arn }
  return { arn: `arn:${partition}:iam::${account}:role/${role}`, sessionName }
}

/** Ours: by partition, the Region of a key that nobody names. */
const regions: Readonly<Record<string, string>> = {
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
}

/** Ours: the id is that of AWS's own examples. */
function defaultKeyArn(principalArn: string): string {
  const [, partition = 'aws', , , account = ''] = principalArn.split(':')
  const region = regions[partition] ?? 'us-east-1'
  const owner = /^\d{12}$/.test(account) ? account : '111122223333'
  const prefix = region === 'us-east-1' ? 'aws' : partition
  return `arn:${prefix}:kms:${region}:${owner}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
}

/** Undefined for a request without a document. */
function attestationOf(flags: CaseFlags): object | undefined {
  const { pcr, eif, debug, platform, document } = flags
  if ([pcr, eif, debug, platform, document].every((flag) => flag === undefined)) return undefined
  if ([pcr, eif, debug, document].every((flag) => flag === undefined)) {
    throw new ConfigError('--platform', 'want --pcr, --eif, --debug or --document beside it')
  }
  const registers = pairsOf('--pcr', pcr, 'N=HEX')
  const pcrs = registers && Object.fromEntries(registers)
  return withoutAbsent({ pcrs, eif, debug, platform, document })
}

/** A key that is named once has one value, and one that is repeated a list. */
function contextOf(pairs: readonly string[] | undefined): object | undefined {
  const context = new Map<string, string | readonly string[]>()
  for (const [key, value] of pairsOf('--context', pairs, 'KEY=VALUE', true) ?? []) {
    const before = context.get(key)
    context.set(key, before === undefined ? value : [before, value].flat())
  }
  return context.size > 0 ? Object.fromEntries(context) : undefined
}

type Pair = readonly [name: string, value: string]

function pairsOf(
  flag: string,
  texts: readonly string[] | undefined,
  form = 'KEY=VALUE',
  mayRepeat = false,
): Pair[] | undefined {
  const seen = new Set<string>()
  return texts?.map((text): Pair => {
    const at = text.indexOf('=')
    const name = text.slice(0, at)
    if (at < 1) throw new ConfigError(flag, `want ${form}`)
    if (seen.has(name) && !mayRepeat) throw new ConfigError(`${flag} ${name}`, 'it is there twice')
    seen.add(name)
    return [name, text.slice(at + 1)]
  })
}

function withoutAbsent(members: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

/** Throws ConfigError; `others` are the flags that a cases file leaves no room for. */
export async function caseOfFile(
  path: string,
  name: string | undefined,
  others: CaseFlags,
): Promise<ExplainedCase> {
  const [other] = Object.keys(others)
  if (other !== undefined) {
    const flag = `--${other.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    throw new ConfigError(flag, 'the cases file says this itself')
  }
  const file = await readCasesFile(path, readFromDisk)
  const named = file.cases.filter((one) => one.name === name)
  // One that asks about several actions is a case for each of them.
  const found =
    named.length > 0 ? named : file.cases.filter((one) => one.name.startsWith(`${String(name)}: `))
  const [one, more] = name === undefined ? file.cases : found
  if (one && !more) return { file, one, isKeyAssumed: false }
  const names = (more ? (name === undefined ? file.cases : found) : file.cases).map(
    (one) => `'${one.name}'`,
  )
  const shown = names.length > 3 ? [...names.slice(0, 3), '…'] : names
  throw new ConfigError('--case', `want the name of one case of ${path}: ${shown.join(', ')}`)
}
