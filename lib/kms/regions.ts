/**
 * The Regions that AWS has, of the partitions that lib/kms/arn.ts knows. Refuses Regions that a key
 * cannot be replicated to. Source: the partitions of AWS's SDK; observed answers for the texts.
 */
import { partitionOf } from './arn.ts'
import { Fault } from './faults.ts'

export const regions: ReadonlySet<string> = new Set([
  'af-south-1',
  ...['ap-east-1', 'ap-east-2', 'ap-south-1', 'ap-south-2'],
  ...['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
  ...['ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4'],
  ...['ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7'],
  ...['ca-central-1', 'ca-west-1'],
  ...['cn-north-1', 'cn-northwest-1'],
  ...['eu-central-1', 'eu-central-2', 'eu-north-1', 'eu-south-1', 'eu-south-2'],
  ...['eu-west-1', 'eu-west-2', 'eu-west-3'],
  'il-central-1',
  ...['me-central-1', 'me-south-1', 'me-west-1'],
  'mx-central-1',
  ...['sa-east-1', 'sa-west-1'],
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'],
  ...['us-gov-east-1', 'us-gov-west-1'],
])

/** Refuses a Region that a primary key in another one cannot have a replica in. */
export function requireReplicaRegion(primaryRegion: string, region: string): void {
  if (region === primaryRegion) {
    throw new Fault(
      'ValidationException',
      `${region} cannot have a replica because it contains the primary.`,
    )
  }
  if (!regions.has(region)) {
    throw new Fault(
      'ValidationException',
      `Region ${region} is not a valid Region or multi-Region keys are not supported in Region ${region}.`,
    )
  }
  if (partitionOf(region) !== partitionOf(primaryRegion)) {
    throw new Fault(
      'ValidationException',
      'The replica key Region must be in the same AWS partition as the primary key Region.',
    )
  }
}
