//! The common scenario with the AWS SDK for Rust: every step's outcome, as one JSON line on stdout.
//!
//! Which steps there are, and what each has to say, is in test/interop/steps.ts.

use std::collections::HashMap;
use std::env::var;
use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use aws_config::BehaviorVersion;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeySize, PrivateDecryptingKey};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use aws_sdk_kms::Client;
use aws_sdk_kms::error::ProvideErrorMetadata;
use aws_sdk_kms::operation::decrypt::DecryptError;
use aws_sdk_kms::operation::verify::VerifyError;
use aws_sdk_kms::operation::verify_mac::VerifyMacError;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{
    DataKeySpec, KeyEncryptionMechanism, KeySpec, KeyUsageType, MacAlgorithmSpec, RecipientInfo,
    SigningAlgorithmSpec,
};
use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Map, Value, json};

const PLAINTEXT: &[u8] = b"attack at dawn";
const MESSAGE: &[u8] = b"sign here";
const ANOTHER: &[u8] = b"another";

type Fallible<T> = Result<T, Box<dyn Error>>;

struct Scenario {
    kms: Client,
    alias: String,
    steps: Map<String, Value>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Fallible<()> {
    // Endpoint, Region and credentials come from the environment.
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let mut run = Scenario {
        kms: Client::new(&config),
        alias: var("INTEROP_ALIAS")?,
        steps: Map::new(),
    };
    run.encryption().await?;
    run.signatures().await?;
    run.macs().await?;
    run.attestation().await?;
    println!("{}", Value::Object(run.steps));
    Ok(())
}

impl Scenario {
    fn saw(&mut self, step: &str, members: Value) {
        self.steps.insert(step.to_owned(), members);
    }

    /// Symmetric keys, aliases and the encryption context.
    async fn encryption(&mut self) -> Fallible<()> {
        let kms = self.kms.clone();
        let alias = self.alias.clone();
        let context = HashMap::from([
            ("tenant".to_owned(), "a".to_owned()),
            ("purpose".to_owned(), "café".to_owned()),
        ]);

        let made = kms.create_key().description("interop").send().await?;
        let made = made.key_metadata().ok_or("no metadata")?;
        self.saw(
            "createKey",
            json!({ "keyId": made.key_id(), "arn": made.arn() }),
        );

        let naming = kms
            .create_alias()
            .alias_name(&alias)
            .target_key_id(made.key_id());
        naming.send().await?;
        self.saw("createAlias", json!({ "alias": alias }));

        let described = kms.describe_key().key_id(&alias).send().await?;
        let described = described.key_metadata().ok_or("no metadata")?;
        let spec = described.key_spec().map(KeySpec::as_str);
        self.saw(
            "describeKey",
            json!({ "keyId": described.key_id(), "keySpec": spec }),
        );

        let encrypting = kms.encrypt().key_id(&alias).plaintext(Blob::new(PLAINTEXT));
        let encrypted = encrypting
            .set_encryption_context(Some(context.clone()))
            .send()
            .await?;
        let blob = encrypted.ciphertext_blob();
        self.saw(
            "encrypt",
            json!({ "keyId": encrypted.key_id(), "ciphertext": text(blob) }),
        );

        let decrypting = kms.decrypt().set_ciphertext_blob(blob.cloned());
        let decrypted = decrypting
            .clone()
            .set_encryption_context(Some(context.clone()))
            .send()
            .await?;
        let plaintext = text(decrypted.plaintext());
        self.saw(
            "decrypt",
            json!({ "keyId": decrypted.key_id(), "plaintext": plaintext }),
        );

        let refused = decrypting.encryption_context("tenant", "b").send().await;
        let error = refused
            .err()
            .ok_or("decrypted with a wrong context")?
            .into_service_error();
        let class = matches!(error, DecryptError::InvalidCiphertextException(_));
        self.saw("wrongContext", refusal(&error, class)?);

        let generating = kms
            .generate_data_key()
            .key_id(&alias)
            .key_spec(DataKeySpec::Aes256);
        let data_key = generating
            .set_encryption_context(Some(context.clone()))
            .send()
            .await?;
        let wrapped = data_key.ciphertext_blob();
        self.saw(
            "generateDataKey",
            json!({
                "keyId": data_key.key_id(),
                "plaintext": text(data_key.plaintext()),
                "ciphertext": text(wrapped),
            }),
        );

        let unwrapping = kms.decrypt().set_ciphertext_blob(wrapped.cloned());
        let unwrapped = unwrapping
            .set_encryption_context(Some(context))
            .send()
            .await?;
        self.saw(
            "decryptDataKey",
            json!({ "plaintext": text(unwrapped.plaintext()) }),
        );
        Ok(())
    }

    /// Signatures, checked by KMS and without it.
    async fn signatures(&mut self) -> Fallible<()> {
        let kms = self.kms.clone();
        let key = self
            .create_key(KeySpec::EccNistP256, KeyUsageType::SignVerify)
            .await?;
        let algorithm = SigningAlgorithmSpec::EcdsaSha256;

        let signing = kms.sign().key_id(&key).message(Blob::new(MESSAGE));
        let signed = signing.signing_algorithm(algorithm.clone()).send().await?;
        let signature = signed.signature().ok_or("no signature")?;
        let public = kms.get_public_key().key_id(&key).send().await?;
        let public_key = public.public_key().ok_or("no public key")?;
        self.saw(
            "sign",
            json!({
                "message": BASE64_STANDARD.encode(MESSAGE),
                "signature": text(Some(signature)),
                "publicKey": text(Some(public_key)),
            }),
        );

        let verifying = kms
            .verify()
            .key_id(&key)
            .signature(signature.clone())
            .signing_algorithm(algorithm);
        let verified = verifying.clone().message(Blob::new(MESSAGE)).send().await?;
        self.saw("verify", json!({ "valid": verified.signature_valid() }));

        let parsed = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, public_key.as_ref());
        let valid = parsed.verify(MESSAGE, signature.as_ref()).is_ok();
        self.saw("verifyLocally", json!({ "valid": valid }));

        let refused = verifying.message(Blob::new(ANOTHER)).send().await;
        let error = refused
            .err()
            .ok_or("verified another message")?
            .into_service_error();
        let class = matches!(error, VerifyError::KmsInvalidSignatureException(_));
        self.saw("wrongSignature", refusal(&error, class)?);
        Ok(())
    }

    /// Message authentication codes.
    async fn macs(&mut self) -> Fallible<()> {
        let kms = self.kms.clone();
        let key = self
            .create_key(KeySpec::Hmac256, KeyUsageType::GenerateVerifyMac)
            .await?;
        let algorithm = MacAlgorithmSpec::HmacSha256;

        let generating = kms.generate_mac().key_id(&key).message(Blob::new(MESSAGE));
        let generated = generating.mac_algorithm(algorithm.clone()).send().await?;
        let mac = generated.mac();
        self.saw("generateMac", json!({ "mac": text(mac) }));

        let verifying = kms
            .verify_mac()
            .key_id(&key)
            .set_mac(mac.cloned())
            .mac_algorithm(algorithm);
        let verified = verifying.clone().message(Blob::new(MESSAGE)).send().await?;
        self.saw("verifyMac", json!({ "valid": verified.mac_valid() }));

        let refused = verifying.message(Blob::new(ANOTHER)).send().await;
        let error = refused
            .err()
            .ok_or("verified another message")?
            .into_service_error();
        let class = matches!(error, VerifyMacError::KmsInvalidMacException(_));
        self.saw("wrongMac", refusal(&error, class)?);
        Ok(())
    }

    /// A key that only one image may decrypt with.
    async fn attestation(&mut self) -> Fallible<()> {
        let kms = self.kms.clone();
        let recipient_key = PrivateDecryptingKey::generate(KeySize::Rsa2048)?;
        let pinned = kms.encrypt().key_id(var("INTEROP_PINNED_KEY")?);
        let pinned = pinned.plaintext(Blob::new(PLAINTEXT)).send().await?;
        let decrypting = kms
            .decrypt()
            .set_ciphertext_blob(pinned.ciphertext_blob().cloned());

        let recipient = attested(&var("INTEROP_IMAGE")?, &recipient_key)?;
        let answer = decrypting.clone().recipient(recipient).send().await?;
        let envelope = answer
            .ciphertext_for_recipient()
            .ok_or("no CiphertextForRecipient")?;
        let opened = open(envelope.as_ref(), &recipient_key)?;
        self.saw(
            "attestedDecrypt",
            json!({
                "keyId": answer.key_id(),
                "hasPlaintext": answer.plaintext().is_some_and(|bytes| !bytes.as_ref().is_empty()),
                "opened": BASE64_STANDARD.encode(opened),
            }),
        );

        let recipient = attested(&var("INTEROP_OTHER_IMAGE")?, &recipient_key)?;
        let refused = decrypting.recipient(recipient).send().await;
        let error = refused
            .err()
            .ok_or("decrypted for another image")?
            .into_service_error();
        // KMS's model has no variant for this one: the SDK tells it by its code.
        let class = error.code() == Some("AccessDeniedException");
        self.saw("otherImage", refusal(&error, class)?);
        Ok(())
    }

    async fn create_key(&self, spec: KeySpec, usage: KeyUsageType) -> Fallible<String> {
        let made = self
            .kms
            .create_key()
            .key_spec(spec)
            .key_usage(usage)
            .send()
            .await?;
        Ok(made
            .key_metadata()
            .ok_or("no metadata")?
            .key_id()
            .to_owned())
    }
}

/// Recipient, with a document that the server minted for our public key.
fn attested(image: &str, key: &PrivateDecryptingKey) -> Fallible<RecipientInfo> {
    let public: PublicKeyX509Der = key.public_key().as_der()?;
    let public_key = BASE64_STANDARD.encode(public.as_ref());
    let url = format!("{}/_/attestation-documents", var("AWS_ENDPOINT_URL")?);
    let minted: Value = ureq::post(url)
        .send_json(json!({ "pcrs": { "0": image }, "publicKey": public_key }))?
        .body_mut()
        .read_json()?;
    let document = minted["document"].as_str().ok_or("no document")?;
    Ok(RecipientInfo::builder()
        .key_encryption_algorithm(KeyEncryptionMechanism::RsaesOaepSha256)
        .attestation_document(Blob::new(BASE64_STANDARD.decode(document)?))
        .build())
}

/// Opens a CiphertextForRecipient with `enclave-kms open`: there is no CMS here.
fn open(envelope: &[u8], key: &PrivateDecryptingKey) -> Fallible<Vec<u8>> {
    let file = Path::new(&var("INTEROP_SCRATCH")?).join("recipient.der");
    let private: Pkcs8V1Der = key.as_der()?;
    std::fs::write(&file, private.as_ref())?;
    let mut child = Command::new(var("INTEROP_NODE")?)
        .args([var("INTEROP_COMMAND")?.as_str(), "open", "--key"])
        .arg(&file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    child.stdin.take().ok_or("no stdin")?.write_all(envelope)?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        return Err("enclave-kms open failed".into());
    }
    Ok(output.stdout)
}

/// What a call was refused with, if that is the SDK's own variant for it.
fn refusal(
    error: &(impl ProvideErrorMetadata + std::fmt::Debug),
    is_its_class: bool,
) -> Fallible<Value> {
    if !is_its_class {
        return Err(format!("of another class: {error:?}").into());
    }
    let message = error.message().unwrap_or_default();
    Ok(json!({ "error": error.code(), "message": message }))
}

fn text(bytes: Option<&Blob>) -> Option<String> {
    bytes.map(|bytes| BASE64_STANDARD.encode(bytes))
}
