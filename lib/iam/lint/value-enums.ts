/**
 * The condition keys that have one of a few values, in AWS's spelling, so that no request has another.
 * Sources: KMS API reference, the enumerations of those names; IAM user guide, "AWS global condition
 * context keys", aws:PrincipalType. A key whose values AWS does not list has no row.
 */

const rsa = ['RSA_2048', 'RSA_3072', 'RSA_4096']
const ecc = [
  'ECC_NIST_P256',
  'ECC_NIST_P384',
  'ECC_NIST_P521',
  'ECC_SECG_P256K1',
  'ECC_NIST_EDWARDS25519',
]
const mlKem = ['ML_KEM_512', 'ML_KEM_768', 'ML_KEM_1024']
const mlDsa = ['ML_DSA_44', 'ML_DSA_65', 'ML_DSA_87']
const hmac = ['HMAC_224', 'HMAC_256', 'HMAC_384', 'HMAC_512']
const hashes = ['SHA_256', 'SHA_384', 'SHA_512']
const oaep = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256']

/** By the key in lower case. */
export const valuesOfKey: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    'aws:PrincipalType': ['Account', 'User', 'FederatedUser', 'AssumedRole', 'Anonymous'],
    'kms:DataKeyPairSpec': [...rsa, ...ecc, ...mlKem, 'SM2'],
    'kms:EncryptionAlgorithm': ['SYMMETRIC_DEFAULT', ...oaep, 'SM2PKE'],
    'kms:ExpirationModel': ['KEY_MATERIAL_EXPIRES', 'KEY_MATERIAL_DOES_NOT_EXPIRE'],
    'kms:KeyAgreementAlgorithm': ['ECDH'],
    'kms:KeyOrigin': ['AWS_KMS', 'EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'],
    'kms:KeySpec': ['SYMMETRIC_DEFAULT', ...rsa, ...ecc, ...hmac, ...mlDsa, ...mlKem, 'SM2'],
    'kms:KeyUsage': [
      'ENCRYPT_DECRYPT',
      'SIGN_VERIFY',
      'GENERATE_VERIFY_MAC',
      'KEY_AGREEMENT',
      'ENCAPSULATE_DECAPSULATE',
    ],
    'kms:MacAlgorithm': ['HMAC_SHA_224', ...hashes.map((hash) => `HMAC_${hash}`)],
    'kms:MessageType': ['RAW', 'DIGEST', 'EXTERNAL_MU'],
    'kms:MultiRegionKeyType': ['PRIMARY', 'REPLICA'],
    'kms:SigningAlgorithm': [
      ...['RSASSA_PSS', 'RSASSA_PKCS1_V1_5', 'ECDSA'].flatMap((name) =>
        hashes.map((hash) => `${name}_${hash}`),
      ),
      'SM2DSA',
      'ML_DSA_SHAKE_256',
      'ED25519_SHA_512',
      'ED25519_PH_SHA_512',
    ],
    'kms:WrappingAlgorithm': [
      'RSAES_PKCS1_V1_5',
      ...oaep,
      'RSA_AES_KEY_WRAP_SHA_1',
      'RSA_AES_KEY_WRAP_SHA_256',
      'SM2PKE',
    ],
    'kms:WrappingKeySpec': [...rsa, 'SM2'],
  }).map(([key, values]) => [key.toLowerCase(), values]),
)
