// The common scenario with the AWS SDK for Go v2: every step's outcome, as one JSON line on stdout.
//
// Which steps there are, and what each has to say, is in test/interop/steps.ts.
package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
)

var (
	ctx               = context.Background()
	plaintext         = []byte("attack at dawn")
	encryptionContext = map[string]string{"tenant": "a", "purpose": "café"}
	message           = []byte("sign here")
	another           = []byte("another")
)

// step is what one step saw; encoding/json writes bytes as base64.
type step map[string]any

type scenario struct {
	client *kms.Client
	alias  string
	steps  map[string]step
}

func main() {
	// Endpoint, Region and credentials come from the environment.
	settings := must(config.LoadDefaultConfig(ctx))
	run := scenario{
		client: kms.NewFromConfig(settings),
		alias:  os.Getenv("INTEROP_ALIAS"),
		steps:  map[string]step{},
	}
	run.encryption()
	run.signatures()
	run.macs()
	run.attestation()
	fmt.Println(string(must(json.Marshal(run.steps))))
}

// encryption: symmetric keys, aliases and the encryption context.
func (run *scenario) encryption() {
	made := run.createKey(&kms.CreateKeyInput{Description: aws.String("interop")})
	run.steps["createKey"] = step{"keyId": *made.KeyId, "arn": *made.Arn}

	must(run.client.CreateAlias(ctx, &kms.CreateAliasInput{
		AliasName:   &run.alias,
		TargetKeyId: made.KeyId,
	}))
	run.steps["createAlias"] = step{"alias": run.alias}

	described := must(run.client.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &run.alias})).KeyMetadata
	run.steps["describeKey"] = step{"keyId": *described.KeyId, "keySpec": described.KeySpec}

	encrypted := must(run.client.Encrypt(ctx, &kms.EncryptInput{
		KeyId:             &run.alias,
		Plaintext:         plaintext,
		EncryptionContext: encryptionContext,
	}))
	run.steps["encrypt"] = step{"keyId": *encrypted.KeyId, "ciphertext": encrypted.CiphertextBlob}

	decrypted := run.decrypt(encrypted.CiphertextBlob)
	run.steps["decrypt"] = step{"keyId": *decrypted.KeyId, "plaintext": decrypted.Plaintext}

	_, err := run.client.Decrypt(ctx, &kms.DecryptInput{
		CiphertextBlob:    encrypted.CiphertextBlob,
		EncryptionContext: map[string]string{"tenant": "b"},
	})
	run.steps["wrongContext"] = refusal[*types.InvalidCiphertextException](err)

	dataKey := must(run.client.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{
		KeyId:             &run.alias,
		KeySpec:           types.DataKeySpecAes256,
		EncryptionContext: encryptionContext,
	}))
	run.steps["generateDataKey"] = step{
		"keyId":      *dataKey.KeyId,
		"plaintext":  dataKey.Plaintext,
		"ciphertext": dataKey.CiphertextBlob,
	}
	run.steps["decryptDataKey"] = step{"plaintext": run.decrypt(dataKey.CiphertextBlob).Plaintext}
}

// signatures: checked by KMS and without it.
func (run *scenario) signatures() {
	algorithm := types.SigningAlgorithmSpecEcdsaSha256
	key := run.createKey(&kms.CreateKeyInput{
		KeySpec:  types.KeySpecEccNistP256,
		KeyUsage: types.KeyUsageTypeSignVerify,
	}).KeyId
	signature := must(run.client.Sign(ctx, &kms.SignInput{
		KeyId:            key,
		Message:          message,
		SigningAlgorithm: algorithm,
	})).Signature
	publicKey := must(run.client.GetPublicKey(ctx, &kms.GetPublicKeyInput{KeyId: key})).PublicKey
	run.steps["sign"] = step{"message": message, "signature": signature, "publicKey": publicKey}

	verify := func(message []byte) (*kms.VerifyOutput, error) {
		return run.client.Verify(ctx, &kms.VerifyInput{
			KeyId:            key,
			Message:          message,
			Signature:        signature,
			SigningAlgorithm: algorithm,
		})
	}
	run.steps["verify"] = step{"valid": must(verify(message)).SignatureValid}

	parsed := must(x509.ParsePKIXPublicKey(publicKey)).(*ecdsa.PublicKey)
	digest := sha256.Sum256(message)
	run.steps["verifyLocally"] = step{"valid": ecdsa.VerifyASN1(parsed, digest[:], signature)}

	_, err := verify(another)
	run.steps["wrongSignature"] = refusal[*types.KMSInvalidSignatureException](err)
}

// macs: message authentication codes.
func (run *scenario) macs() {
	algorithm := types.MacAlgorithmSpecHmacSha256
	key := run.createKey(&kms.CreateKeyInput{
		KeySpec:  types.KeySpecHmac256,
		KeyUsage: types.KeyUsageTypeGenerateVerifyMac,
	}).KeyId
	mac := must(run.client.GenerateMac(ctx, &kms.GenerateMacInput{
		KeyId:        key,
		Message:      message,
		MacAlgorithm: algorithm,
	})).Mac
	run.steps["generateMac"] = step{"mac": mac}

	verify := func(message []byte) (*kms.VerifyMacOutput, error) {
		return run.client.VerifyMac(ctx, &kms.VerifyMacInput{
			KeyId:        key,
			Message:      message,
			Mac:          mac,
			MacAlgorithm: algorithm,
		})
	}
	run.steps["verifyMac"] = step{"valid": must(verify(message)).MacValid}

	_, err := verify(another)
	run.steps["wrongMac"] = refusal[*types.KMSInvalidMacException](err)
}

// attestation: a key that only one image may decrypt with.
func (run *scenario) attestation() {
	recipientKey := must(rsa.GenerateKey(rand.Reader, 2048))
	pinned := must(run.client.Encrypt(ctx, &kms.EncryptInput{
		KeyId:     aws.String(os.Getenv("INTEROP_PINNED_KEY")),
		Plaintext: plaintext,
	})).CiphertextBlob
	decryptAs := func(image string) (*kms.DecryptOutput, error) {
		return run.client.Decrypt(ctx, &kms.DecryptInput{
			CiphertextBlob: pinned,
			Recipient: &types.RecipientInfo{
				KeyEncryptionAlgorithm: types.KeyEncryptionMechanismRsaesOaepSha256,
				AttestationDocument:    mint(image, &recipientKey.PublicKey),
			},
		})
	}

	answer := must(decryptAs(os.Getenv("INTEROP_IMAGE")))
	run.steps["attestedDecrypt"] = step{
		"keyId":        *answer.KeyId,
		"hasPlaintext": len(answer.Plaintext) > 0,
		"opened":       open(answer.CiphertextForRecipient, recipientKey),
	}

	// KMS's model has no type for this one: the SDK has smithy's general one.
	_, err := decryptAs(os.Getenv("INTEROP_OTHER_IMAGE"))
	run.steps["otherImage"] = refusal[*smithy.GenericAPIError](err)
}

func (run *scenario) createKey(input *kms.CreateKeyInput) *types.KeyMetadata {
	return must(run.client.CreateKey(ctx, input)).KeyMetadata
}

func (run *scenario) decrypt(blob []byte) *kms.DecryptOutput {
	return must(run.client.Decrypt(ctx, &kms.DecryptInput{
		CiphertextBlob:    blob,
		EncryptionContext: encryptionContext,
	}))
}

// mint has the server mint a document for a public key.
func mint(image string, key *rsa.PublicKey) []byte {
	body := must(json.Marshal(map[string]any{
		"pcrs":      map[string]string{"0": image},
		"publicKey": must(x509.MarshalPKIXPublicKey(key)),
	}))
	url := os.Getenv("AWS_ENDPOINT_URL") + "/_/attestation-documents"
	answer := must(http.Post(url, "application/json", bytes.NewReader(body)))
	defer answer.Body.Close()
	var minted struct{ Document []byte }
	check(json.NewDecoder(answer.Body).Decode(&minted))
	return minted.Document
}

// open opens a CiphertextForRecipient with `enclave-kms open`: Go's library has no CMS.
func open(envelope []byte, key *rsa.PrivateKey) []byte {
	file := filepath.Join(os.Getenv("INTEROP_SCRATCH"), "recipient.der")
	check(os.WriteFile(file, must(x509.MarshalPKCS8PrivateKey(key)), 0o600))
	command := exec.Command(os.Getenv("INTEROP_NODE"), os.Getenv("INTEROP_COMMAND"), "open", "--key", file)
	command.Stdin = bytes.NewReader(envelope)
	command.Stderr = os.Stderr
	return must(command.Output())
}

// refusal is what a call was refused with, as the SDK's own type for it.
func refusal[Class smithy.APIError](err error) step {
	var refused Class
	if !errors.As(err, &refused) {
		log.Fatalf("want %T, got %v", refused, err)
	}
	return step{"error": refused.ErrorCode(), "message": refused.ErrorMessage()}
}

func must[Value any](value Value, err error) Value {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
