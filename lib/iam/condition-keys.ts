/**
 * The condition keys that a request to KMS can have, to tell a misspelt key from one that is merely
 * not there. Sources: service authorization reference, "Actions, resources, and condition keys for
 * AWS KMS"; IAM user guide, "AWS global condition context keys".
 */

const names = [
  'aws:AssumedRoot',
  'aws:CalledVia',
  'aws:CalledViaFirst',
  'aws:CalledViaLast',
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
  'aws:SourceAccount',
  'aws:SourceArn',
  'aws:SourceIdentity',
  'aws:SourceIp',
  'aws:SourceOrgID',
  'aws:SourceOrgPaths',
  'aws:SourceVpc',
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
  return all.has(lower) || families.some((prefix) => lower.startsWith(prefix.toLowerCase()))
}

/** The known key that a misspelt one most likely means: at most three slips away. */
export function closestKey(key: string): string | undefined {
  const lower = key.toLowerCase()
  let best: string | undefined
  let fewest = 4
  for (const [known, name] of all) {
    const slips = distance(lower, known)
    if (slips < fewest) [best, fewest] = [name, slips]
  }
  for (const prefix of families) {
    const start = lower.slice(0, prefix.length)
    const slips = distance(start, prefix.toLowerCase())
    if (slips < fewest) [best, fewest] = [prefix + key.slice(prefix.length), slips]
  }
  return best
}

/** Levenshtein's distance; lengths that differ too much are not compared. */
export function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 3) return Infinity
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1
      current.push(
        Math.min(
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (previous[column - 1] ?? 0) + same,
        ),
      )
    }
    previous = current
  }
  return previous[b.length] ?? Infinity
}
