#!/bin/sh
# The common scenario with the AWS CLI: every step's outcome, as one JSON line on stdout. OpenSSL
# makes the recipient's key, checks the signature and opens the envelope.
#
# Which steps there are, and what each has to say, is in test/interop/steps.ts.
set -eu
PATH=$PWD/venv/bin:$PATH
cd "$INTEROP_SCRATCH"

# Endpoint, Region and credentials come from the environment.
kms() { aws kms "$@"; }

# report STEP MEMBER VALUE: one line for what is made into JSON at the end.
report() { printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>steps; }

# refused STEP COMMAND…: what the command is refused with.
refused() {
  step=$1
  shift
  if "$@" >/dev/null 2>error; then
    report "$step" error none
    return
  fi
  report "$step" error "$(sed -n 's/.*An error occurred (\([A-Za-z]*\)).*/\1/p' error)"
  report "$step" message "$(sed -n 's/.* operation: //p' error)"
}

# bytes FILE: from base64 on stdin.
bytes() { openssl base64 -d -A -out "$1"; }

printf 'attack at dawn' >plaintext
printf 'sign here' >message
printf 'another' >another
context='tenant=a,purpose=café'

# Symmetric keys, aliases and the encryption context.
made=$(kms create-key --description interop --query KeyMetadata.Arn --output text)
report createKey arn "$made"
report createKey keyId "${made##*/}"

kms create-alias --alias-name "$INTEROP_ALIAS" --target-key-id "${made##*/}"
report createAlias alias "$INTEROP_ALIAS"

described() { kms describe-key --key-id "$INTEROP_ALIAS" --query "KeyMetadata.$1" --output text; }
report describeKey keyId "$(described KeyId)"
report describeKey keySpec "$(described KeySpec)"

kms encrypt --key-id "$INTEROP_ALIAS" --plaintext fileb://plaintext --encryption-context "$context" \
  --query '[KeyId, CiphertextBlob]' --output text >encrypted
ciphertext=$(cut -f 2 encrypted)
report encrypt keyId "$(cut -f 1 encrypted)"
report encrypt ciphertext "$ciphertext"

printf %s "$ciphertext" | bytes blob
kms decrypt --ciphertext-blob fileb://blob --encryption-context "$context" \
  --query '[KeyId, Plaintext]' --output text >decrypted
report decrypt keyId "$(cut -f 1 decrypted)"
report decrypt plaintext "$(cut -f 2 decrypted)"

refused wrongContext kms decrypt --ciphertext-blob fileb://blob --encryption-context tenant=b

kms generate-data-key --key-id "$INTEROP_ALIAS" --key-spec AES_256 --encryption-context "$context" \
  --query '[KeyId, Plaintext, CiphertextBlob]' --output text >data-key
report generateDataKey keyId "$(cut -f 1 data-key)"
report generateDataKey plaintext "$(cut -f 2 data-key)"
report generateDataKey ciphertext "$(cut -f 3 data-key)"

cut -f 3 data-key | bytes wrapped
report decryptDataKey plaintext "$(kms decrypt --ciphertext-blob fileb://wrapped \
  --encryption-context "$context" --query Plaintext --output text)"

# Signatures, checked by KMS and without it.
signer=$(kms create-key --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY \
  --query KeyMetadata.KeyId --output text)
signature=$(kms sign --key-id "$signer" --signing-algorithm ECDSA_SHA_256 \
  --message fileb://message --query Signature --output text)
public_key=$(kms get-public-key --key-id "$signer" --query PublicKey --output text)
report sign message "$(openssl base64 -A -in message)"
report sign signature "$signature"
report sign publicKey "$public_key"

printf %s "$signature" | bytes signature
verify() {
  kms verify --key-id "$signer" --signing-algorithm ECDSA_SHA_256 --signature fileb://signature \
    --query SignatureValid --output json --message "fileb://$1"
}
report verify valid "$(verify message)"

printf %s "$public_key" | bytes public-key.der
openssl pkey -pubin -inform DER -in public-key.der -out public-key.pem
openssl dgst -sha256 -verify public-key.pem -signature signature message >/dev/null
report verifyLocally valid true

refused wrongSignature verify another

# Message authentication codes.
hmac=$(kms create-key --key-spec HMAC_256 --key-usage GENERATE_VERIFY_MAC \
  --query KeyMetadata.KeyId --output text)
mac=$(kms generate-mac --key-id "$hmac" --mac-algorithm HMAC_SHA_256 --message fileb://message \
  --query Mac --output text)
report generateMac mac "$mac"

printf %s "$mac" | bytes mac
verify_mac() {
  kms verify-mac --key-id "$hmac" --mac-algorithm HMAC_SHA_256 --mac fileb://mac \
    --query MacValid --output json --message "fileb://$1"
}
report verifyMac valid "$(verify_mac message)"

refused wrongMac verify_mac another

# Attestation: a key that only one image may decrypt with.
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out recipient.pem
recipient=$(openssl pkey -in recipient.pem -pubout -outform DER | openssl base64 -A)

# document IMAGE: minted by the server for our public key, to the file `document`.
document() {
  curl --fail --silent --show-error "$AWS_ENDPOINT_URL/_/attestation-documents" \
    --header 'Content-Type: application/json' \
    --data "{\"pcrs\": {\"0\": \"$1\"}, \"publicKey\": \"$recipient\"}" |
    sed -n 's/.*"document": *"\([^"]*\)".*/\1/p' | bytes document
}

attested_decrypt() {
  kms decrypt --ciphertext-blob fileb://pinned --recipient \
    KeyEncryptionAlgorithm=RSAES_OAEP_SHA_256,AttestationDocument@=fileb://document "$@"
}

kms encrypt --key-id "$INTEROP_PINNED_KEY" --plaintext fileb://plaintext \
  --query CiphertextBlob --output text | bytes pinned
document "$INTEROP_IMAGE"
attested_decrypt --query '[KeyId, CiphertextForRecipient, Plaintext]' --output text >attested
cut -f 2 attested | bytes envelope
openssl cms -decrypt -inform DER -in envelope -inkey recipient.pem -binary -out opened
report attestedDecrypt keyId "$(cut -f 1 attested)"
report attestedDecrypt opened "$(openssl base64 -A -in opened)"
case $(cut -f 3 attested) in
None | '') report attestedDecrypt hasPlaintext false ;;
*) report attestedDecrypt hasPlaintext true ;;
esac

document "$INTEROP_OTHER_IMAGE"
refused otherImage attested_decrypt

"$INTEROP_NODE" -e '
  const steps = {}
  for (const line of require("node:fs").readFileSync("steps", "utf8").trim().split("\n")) {
    const [step, member, value] = line.split("\t")
    steps[step] = { ...steps[step], [member]: { true: true, false: false }[value] ?? value }
  }
  console.log(JSON.stringify(steps))
'
