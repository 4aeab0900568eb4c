/**
 * The condition keys that a request to KMS can have, to tell a misspelt key from one that is merely
 * not there. Sources: service authorization reference, "Actions, resources, and condition keys for
 * AWS KMS"; IAM user guide, "AWS global condition context keys".
 */
import { distance } from './distance.ts'

const names = [
  'aws:AssumedRoot',
  'aws:CalledVia',
  'aws:CalledViaFirst',
  'aws:CalledViaLast',
  'aws:ChatbotSourceArn',
  'aws:CurrentTime',
  'aws:Ec2InstanceSourcePrivateIPv4',
  'aws:Ec2InstanceSourceVpc',
  'aws:EpochTime',
  'aws:FederatedProvider',
  'aws:MultiFactorAuthAge',
  'aws:MultiFactorAuthPresent',
  'aws:PrincipalAccount',
  'aws:PrincipalArn',
  'aws:PrincipalIsAWSService',
  'aws:PrincipalOrgID',
  'aws:PrincipalOrgPaths',
  'aws:PrincipalServiceName',
  'aws:PrincipalServiceNamesList',
  'aws:PrincipalType',
  'aws:Referer',
  'aws:RequestedRegion',
  'aws:ResourceAccount',
  'aws:ResourceOrgID',
  'aws:ResourceOrgPaths',
  'aws:SecureTransport',
  'aws:SignInSessionArn',
  'aws:SourceAccount',
  'aws:SourceArn',
  'aws:SourceIdentity',
  'aws:SourceIp',
  'aws:SourceOrgID',
  'aws:SourceOrgPaths',
  'aws:SourceVpc',
  'aws:SourceVpcArn',
  'aws:SourceVpce',
  'aws:TagKeys',
  'aws:TokenIssueTime',
  'aws:UserAgent',
  'aws:ViaAWSService',
  'aws:VpcSourceIp',
  'aws:VpceAccount',
  'aws:VpceOrgID',
  'aws:VpceOrgPaths',
  'aws:userid',
  'aws:username',
  'kms:BypassPolicyLockoutSafetyCheck',
  'kms:CallerAccount',
  'kms:CustomerMasterKeySpec',
  'kms:CustomerMasterKeyUsage',
  'kms:DataKeyPairSpec',
  'kms:EncryptionAlgorithm',
  'kms:EncryptionContextKeys',
  'kms:ExpirationModel',
  'kms:GrantConstraintSourceArn',
  'kms:GrantConstraintType',
  'kms:GrantIsForAWSResource',
  'kms:GrantOperations',
  'kms:GranteePrincipal',
  'kms:GranteeServicePrincipal',
  'kms:KeyAgreementAlgorithm',
  'kms:KeyOrigin',
  'kms:KeySpec',
  'kms:KeyUsage',
  'kms:MacAlgorithm',
  'kms:MessageType',
  'kms:MultiRegion',
  'kms:MultiRegionKeyType',
  'kms:PrimaryRegion',
  'kms:ReEncryptOnSameKey',
  'kms:RecipientAttestation:ImageSha384',
  'kms:ReplicaRegion',
  'kms:RequestAlias',
  'kms:ResourceAliases',
  'kms:RetiringPrincipal',
  'kms:RetiringServicePrincipal',
  'kms:RotationPeriodInDays',
  'kms:ScheduleKeyDeletionPendingWindowInDays',
  'kms:SigningAlgorithm',
  'kms:TrailingDaysWithoutKeyUsage',
  'kms:ValidTo',
  'kms:ViaService',
  'kms:WrappingAlgorithm',
  'kms:WrappingKeySpec',
]

/** Keys that go on with a name of the request's own. */
const families = [
  'aws:PrincipalTag/',
  'aws:RequestTag/',
  'aws:ResourceTag/',
  'kms:EncryptionContext:',
]

const registers: readonly (readonly [prefix: string, count: number])[] = [
  ['kms:RecipientAttestation:PCR', 32],
  ['kms:RecipientAttestation:NitroTPMPCR', 24],
]

const all = new Map(
  [
    ...names,
    ...registers.flatMap(([prefix, count]) =>
      Array.from({ length: count }, (_, register) => `${prefix}${register}`),
    ),
  ].map((name) => [name.toLowerCase(), name]),
)

/** Whether requests can have a key of that name; other services' keys count as known. */
export function isKnownKey(key: string): boolean {
  const lower = key.toLowerCase()
  if (!/^(?:kms|aws):/.test(lower)) return true
  return all.has(lower) || families.some((prefix) => isOfFamily(lower, prefix))
}

/** The prefix alone is no key. */
function isOfFamily(lower: string, prefix: string): boolean {
  return lower.length > prefix.length && lower.startsWith(prefix.toLowerCase())
}

const registerForm = /^kms:recipientattestation:((?:nitro)?tpm)?pcr(\d+)$/

/** Of a key that names a register which no document has: those that there are, in words. */
export function registerRange(key: string): string | undefined {
  const family = registerFamily(key.toLowerCase())
  if (!family || all.has(`${family.prefix}${family.number}`.toLowerCase())) return undefined
  return `${family.prefix}0 to ${family.prefix}${family.count - 1}`
}

function registerFamily(
  lower: string,
): { readonly prefix: string; readonly count: number; readonly number: string } | undefined {
  const [, tpm, number] = registerForm.exec(lower) ?? []
  const [prefix, count] = registers[tpm === undefined ? 0 : 1] ?? []
  if (number === undefined || prefix === undefined || count === undefined) return undefined
  return { prefix, count, number }
}

/**
 * The known key that a misspelt one most likely means: at most three slips away, none of them in the
 * number of a register. Undefined for a register that there is not.
 */
export function closestKey(key: string): string | undefined {
  const lower = key.toLowerCase()
  const family = registerFamily(lower)
  if (family) return all.get(`${family.prefix}${family.number}`.toLowerCase())
  const number = /\d+$/.exec(lower)?.[0]
  let best: string | undefined
  let fewest = 4
  for (const [known, name] of all) {
    if (number !== undefined && !isSameNumber(known, number)) continue
    const slips = distance(lower, known)
    if (slips < fewest) [best, fewest] = [name, slips]
  }
  for (const prefix of families) {
    const start = lower.slice(0, prefix.length)
    const slips = distance(start, prefix.toLowerCase())
    const name = key.slice(prefix.length) || '<name>'
    if (slips < fewest) [best, fewest] = [prefix + name, slips]
  }
  return best
}

function isSameNumber(known: string, number: string): boolean {
  return !/pcr\d+$/.test(known) || /\d+$/.exec(known)?.[0] === number
}

/** Keys whose value is a list: the set operators are for them. */
const multivalued = new Set([
  'aws:calledvia',
  'aws:principalorgpaths',
  'aws:principalservicenameslist',
  'aws:resourceorgpaths',
  'aws:sourceorgpaths',
  'aws:tagkeys',
  'aws:vpceorgpaths',
  'kms:encryptioncontextkeys',
  'kms:grantoperations',
  'kms:resourcealiases',
])

export function isMultivalued(lowerCaseKey: string): boolean {
  return multivalued.has(lowerCaseKey)
}
