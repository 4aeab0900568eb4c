/**
 * The 56 operations and the types of their input and output, one row each: the SDK's own types,
 * with bytes as Buffer and with the members that AWS requires present, as lib/kms/model/model.ts leaves
 * them. Types only: the SDK is never loaded.
 */
import type * as Kms from '@aws-sdk/client-kms'

/** AWS answers with no member, or with an empty body. */
type Nothing = Record<string, never>

interface Operations {
  CancelKeyDeletion: [Kms.CancelKeyDeletionRequest, Kms.CancelKeyDeletionResponse]
  ConnectCustomKeyStore: [Kms.ConnectCustomKeyStoreRequest, Nothing]
  CreateAlias: [Kms.CreateAliasRequest, Nothing]
  CreateCustomKeyStore: [Kms.CreateCustomKeyStoreRequest, Kms.CreateCustomKeyStoreResponse]
  CreateGrant: [Kms.CreateGrantRequest, Kms.CreateGrantResponse]
  CreateKey: [Kms.CreateKeyRequest, Kms.CreateKeyResponse]
  Decapsulate: [Kms.DecapsulateRequest, Kms.DecapsulateResponse]
  Decrypt: [Kms.DecryptRequest, Kms.DecryptResponse]
  DeleteAlias: [Kms.DeleteAliasRequest, Nothing]
  DeleteCustomKeyStore: [Kms.DeleteCustomKeyStoreRequest, Nothing]
  DeleteImportedKeyMaterial: [
    Kms.DeleteImportedKeyMaterialRequest,
    Kms.DeleteImportedKeyMaterialResponse,
  ]
  DeriveSharedSecret: [Kms.DeriveSharedSecretRequest, Kms.DeriveSharedSecretResponse]
  DescribeCustomKeyStores: [Kms.DescribeCustomKeyStoresRequest, Kms.DescribeCustomKeyStoresResponse]
  DescribeKey: [Kms.DescribeKeyRequest, Kms.DescribeKeyResponse]
  DisableKey: [Kms.DisableKeyRequest, Nothing]
  DisableKeyRotation: [Kms.DisableKeyRotationRequest, Nothing]
  DisconnectCustomKeyStore: [Kms.DisconnectCustomKeyStoreRequest, Nothing]
  EnableKey: [Kms.EnableKeyRequest, Nothing]
  EnableKeyRotation: [Kms.EnableKeyRotationRequest, Nothing]
  Encapsulate: [Kms.EncapsulateRequest, Kms.EncapsulateResponse]
  Encrypt: [Kms.EncryptRequest, Kms.EncryptResponse]
  GenerateDataKey: [Kms.GenerateDataKeyRequest, Kms.GenerateDataKeyResponse]
  GenerateDataKeyPair: [Kms.GenerateDataKeyPairRequest, Kms.GenerateDataKeyPairResponse]
  GenerateDataKeyPairWithoutPlaintext: [
    Kms.GenerateDataKeyPairWithoutPlaintextRequest,
    Kms.GenerateDataKeyPairWithoutPlaintextResponse,
  ]
  GenerateDataKeyWithoutPlaintext: [
    Kms.GenerateDataKeyWithoutPlaintextRequest,
    Kms.GenerateDataKeyWithoutPlaintextResponse,
  ]
  GenerateMac: [Kms.GenerateMacRequest, Kms.GenerateMacResponse]
  GenerateRandom: [Kms.GenerateRandomRequest, Kms.GenerateRandomResponse]
  GetKeyLastUsage: [Kms.GetKeyLastUsageRequest, Kms.GetKeyLastUsageResponse]
  GetKeyPolicy: [Kms.GetKeyPolicyRequest, Kms.GetKeyPolicyResponse]
  GetKeyRotationStatus: [Kms.GetKeyRotationStatusRequest, Kms.GetKeyRotationStatusResponse]
  GetParametersForImport: [Kms.GetParametersForImportRequest, Kms.GetParametersForImportResponse]
  GetPublicKey: [Kms.GetPublicKeyRequest, Kms.GetPublicKeyResponse]
  ImportKeyMaterial: [Kms.ImportKeyMaterialRequest, Kms.ImportKeyMaterialResponse]
  ListAliases: [Kms.ListAliasesRequest, Kms.ListAliasesResponse]
  ListGrants: [Kms.ListGrantsRequest, Kms.ListGrantsResponse]
  ListKeyPolicies: [Kms.ListKeyPoliciesRequest, Kms.ListKeyPoliciesResponse]
  ListKeyRotations: [Kms.ListKeyRotationsRequest, Kms.ListKeyRotationsResponse]
  ListKeys: [Kms.ListKeysRequest, Kms.ListKeysResponse]
  ListResourceTags: [Kms.ListResourceTagsRequest, Kms.ListResourceTagsResponse]
  ListRetirableGrants: [Kms.ListRetirableGrantsRequest, Kms.ListGrantsResponse]
  PutKeyPolicy: [Kms.PutKeyPolicyRequest, Nothing]
  ReEncrypt: [Kms.ReEncryptRequest, Kms.ReEncryptResponse]
  ReplicateKey: [Kms.ReplicateKeyRequest, Kms.ReplicateKeyResponse]
  RetireGrant: [Kms.RetireGrantRequest, Nothing]
  RevokeGrant: [Kms.RevokeGrantRequest, Nothing]
  RotateKeyOnDemand: [Kms.RotateKeyOnDemandRequest, Kms.RotateKeyOnDemandResponse]
  ScheduleKeyDeletion: [Kms.ScheduleKeyDeletionRequest, Kms.ScheduleKeyDeletionResponse]
  Sign: [Kms.SignRequest, Kms.SignResponse]
  TagResource: [Kms.TagResourceRequest, Nothing]
  UntagResource: [Kms.UntagResourceRequest, Nothing]
  UpdateAlias: [Kms.UpdateAliasRequest, Nothing]
  UpdateCustomKeyStore: [Kms.UpdateCustomKeyStoreRequest, Nothing]
  UpdateKeyDescription: [Kms.UpdateKeyDescriptionRequest, Nothing]
  UpdatePrimaryRegion: [Kms.UpdatePrimaryRegionRequest, Nothing]
  Verify: [Kms.VerifyRequest, Kms.VerifyResponse]
  VerifyMac: [Kms.VerifyMacRequest, Kms.VerifyMacResponse]
}

/** The name of an operation, as it stands after `TrentService.` */
export type OperationName = keyof Operations

/** The input of an operation after validation: blobs are Buffers, timestamps are Dates. */
export type Input<Name extends OperationName> = ReadMembers<Operations[Name][0]>

/** The answer of an operation: blobs are bytes, timestamps are Dates or milliseconds since 1970. */
export type Output<Name extends OperationName> = WrittenMembers<Operations[Name][1]>

type Simple = string | number | boolean | undefined

type Read<T> = T extends Simple | Date
  ? T
  : T extends Uint8Array
    ? Buffer
    : T extends readonly (infer Item)[]
      ? readonly Read<Item>[]
      : ReadMembers<T>

type ReadMembers<T> = { readonly [K in keyof T]: Read<Present<T, K>> }

/** The SDK types a required member `T | undefined`; one that passed validation is there. */
type Present<T, K extends keyof T> =
  Partial<Pick<T, K>> extends Pick<T, K> ? T[K] : Exclude<T[K], undefined>

type Written<T> = T extends Simple
  ? T
  : T extends Date
    ? Date | number
    : T extends Uint8Array
      ? Uint8Array
      : T extends readonly (infer Item)[]
        ? readonly Written<Item>[]
        : WrittenMembers<T>

type WrittenMembers<T> = { readonly [K in keyof T]: Written<T[K]> }
