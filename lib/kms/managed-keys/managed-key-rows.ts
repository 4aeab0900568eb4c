/**
 * The AWS managed keys that there are, one row each, by the name behind `alias/aws/`. No other name
 * there has a key. Source: the 39 keys of us-east-1 and their policies that
 * https://github.com/FogSecurity/aws-managed-kms-keys has collected; KMS developer guide, "AWS
 * managed keys": AWS has made no new ones since 2021.
 */
import {
  archivedMessages,
  brokers,
  certificates,
  contactCenters,
  directly,
  directlyByName,
  mail,
  metadata,
  metadataFor,
  metadataWithoutGrants,
  authorized,
  through,
  throughAnyRegion,
  use,
  useAndGrant,
  useGrantAndList,
  type Part,
} from './managed-key-statements.ts'

export interface ManagedKeyRow {
  /** As its description says: `Default key that protects my … when no other key is defined`. */
  readonly protects: string
  readonly policyId: string
  readonly statements: readonly Part[]
}

function row(policyId: string, protects: string, ...statements: readonly Part[]): ManagedKeyRow {
  return { policyId: `auto-${policyId}`, protects, statements }
}

/** What the keys' descriptions say is as docs/fidelity.md has it. */
export const managedKeyRows: Readonly<Record<string, ManagedKeyRow>> = {
  acm: row('acm-4', 'ACM private keys', ...certificates),
  appflow: row(
    'appflow-2',
    'AppFlow data',
    through('Amazon AppFlow', 'appflow'),
    metadata,
    directlyByName('AppFlow Service', 'appflow'),
    through('S3', 's3', 'kms:Decrypt'),
    through('SecretManager', 'secretsmanager'),
  ),
  backup: row(
    'backup-1',
    'Backup data',
    through(
      'Backup',
      'backup',
      ['kms:CreateGrant', 'kms:Decrypt', 'kms:GenerateDataKey*'],
      `Allow access through Backup ${authorized} Backup Storage`,
    ),
    metadata,
  ),
  cloud9: row('cloud9-1', 'Cloud9 data', through('Cloud9', 'cloud9', use), metadataWithoutGrants),
  codeartifact: row(
    'codeartifact-1',
    'CodeArtifact data',
    through('Amazon CodeArtifact', 'codeartifact'),
    metadata,
    directlyByName('CodeArtifact Service', 'codeartifact'),
  ),
  codecommit: row(
    'codecommit-2',
    'CodeCommit repositories',
    through('CodeCommit', 'codecommit', use),
    metadataWithoutGrants,
  ),
  connect: row('connect-3', 'Connect data', ...contactCenters),
  dax: row('dax-1', 'DAX data', through('DAX', 'dax', useGrantAndList), metadata),
  dms: row(
    'dms-1',
    'DMS replication instance volumes',
    through('DMS', 'dms', useGrantAndList),
    metadata,
  ),
  dynamodb: row(
    'dynamodb-3',
    'DynamoDB data',
    throughAnyRegion('Amazon DynamoDB', 'dynamodb'),
    metadata,
    directly('Allow DynamoDB to directly describe the key', 'dynamodb'),
  ),
  ebs: row('ebs-2', 'EBS volumes', through('EBS', 'ec2'), metadata),
  ecr: row(
    'ecr-1',
    'ECR data',
    through('Amazon ECR', 'ecr', [...useAndGrant, 'kms:RetireGrant']),
    metadata,
  ),
  eks: row(
    'eks-1',
    'EKS data',
    through('Amazon EKS', 'eks'),
    metadata,
    directly('Allow the EKS Service to describe the key directly', 'eks'),
  ),
  elasticache: row(
    'elasticache-1',
    'ElastiCache data',
    through('ElastiCache Service', 'elasticache', useGrantAndList),
    metadata,
    directly('Allow ElastiCache service principals to describe the key directly', 'elasticache'),
  ),
  elasticfilesystem: row(
    'elasticfilesystem-1',
    'EFS filesystems',
    through('EFS', 'elasticfilesystem', useAndGrant, `Allow access to EFS ${authorized} EFS`),
    metadata,
  ),
  es: row(
    'es-2',
    'Amazon OpenSearch Service (successor to Amazon Elasticsearch Service) data',
    through('OpenSearch Service', 'es'),
    metadata,
    directly('Allow OpenSearch service principals to describe the key directly', 'es'),
  ),
  fsx: row('fsx-1', 'FSx data', through('FSx', 'fsx', useGrantAndList), metadata),
  glue: row('glue-1', 'Glue data', through('Glue', 'glue'), metadata),
  imagebuilder: row(
    'imagebuilder-1',
    'EC2 Image Builder data',
    through('Amazon EC2 Image Builder', 'imagebuilder'),
    metadata,
    directly('Allow the EC2 Image Builder Service to describe the key directly', 'imagebuilder'),
  ),
  kafka: row('kafka-1', 'Kafka data', through('Kafka', 'kafka', useGrantAndList), metadata),
  kendra: row(
    'kendra-1',
    'Kendra data',
    through('Amazon Kendra', 'kendra'),
    metadata,
    directly('Allow Kendra Service to describe the key directly', 'kendra'),
  ),
  kinesis: row(
    'kinesis-1',
    'Kinesis data',
    through('Amazon Kinesis', 'kinesis', use),
    metadataWithoutGrants,
  ),
  kinesisvideo: row(
    'kinesisvideo-1',
    'kinesis video data',
    through('Kinesis Video Streams', 'kinesisvideo'),
    metadata,
  ),
  lambda: row('awslambda', 'Lambda functions', through('AWS Lambda', 'lambda'), metadata),
  lex: row('lex-1', 'lex data', through('lex', 'lex'), metadata),
  lightsail: row(
    'lightsail-1',
    'Lightsail data',
    through('Lightsail', 'lightsail', use),
    metadataWithoutGrants,
    directlyByName('Lightsail', 'lightsail'),
  ),
  mq: row('mq-1', 'MQ data', brokers, metadata),
  rds: row('rds-2', 'RDS database volumes', through('RDS', 'rds', useGrantAndList), metadata),
  redshift: row(
    'redshift-3',
    'Redshift data',
    through('RedShift', 'redshift'),
    through('RedShift-Serverless', 'redshift-serverless'),
    metadata,
  ),
  s3: row('s3-2', 'S3 objects', through('S3', 's3', use), metadataWithoutGrants),
  secretsmanager: row(
    'secretsmanager-2',
    'Secrets Manager data',
    through('AWS Secrets Manager', 'secretsmanager', [
      'kms:Encrypt',
      'kms:Decrypt',
      'kms:ReEncrypt*',
      'kms:CreateGrant',
      'kms:DescribeKey',
    ]),
    throughAnyRegion('AWS Secrets Manager', 'secretsmanager', 'kms:GenerateDataKey*'),
    metadata,
  ),
  ses: row('ses-2', 'SES data', ...mail),
  sns: row(
    'sns-2',
    'SNS data',
    through('SNS', 'sns', [
      'kms:Decrypt',
      'kms:GenerateDataKey*',
      'kms:CreateGrant',
      'kms:ListGrants',
      'kms:DescribeKey',
    ]),
    metadata,
    archivedMessages,
  ),
  sqs: row(
    'sqs-1',
    'SQS messages',
    through(
      'SQS',
      'sqs',
      useAndGrant,
      `Allow access through Simple Queue Service (SQS) ${authorized} SQS`,
    ),
    metadata,
  ),
  ssm: row('ssm-1', 'SSM parameters', through('SSM', 'ssm', use), metadataWithoutGrants),
  timestream: row(
    'timestream-1',
    'Timestream data',
    through('Amazon Timestream', 'timestream'),
    metadata,
    directly('Allow the Timestream Service to describe the key directly', 'timestream'),
  ),
  translate: row(
    'translate-1',
    'Translate data',
    through('Amazon Translate', 'translate'),
    metadata,
    directlyByName('Translate Service', 'translate'),
  ),
  workspaces: row(
    'workspaces-1',
    'Workspaces data',
    through('Workspaces', 'workspaces', useGrantAndList),
    metadataFor(['kms:Describe*', 'kms:RevokeGrant', 'kms:List*', 'kms:Get*']),
  ),
  xray: row(
    'xray-1',
    'X-Ray data',
    through('X-Ray', 'xray'),
    metadata,
    directlyByName('X-Ray Service', 'xray'),
  ),
}
