import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bouncycastle.cms.CMSEnvelopedData;
import org.bouncycastle.cms.jcajce.JceKeyTransEnvelopedRecipient;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.CreateKeyRequest;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;
import software.amazon.awssdk.services.kms.model.KeyEncryptionMechanism;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.KmsInvalidMacException;
import software.amazon.awssdk.services.kms.model.KmsInvalidSignatureException;
import software.amazon.awssdk.services.kms.model.MacAlgorithmSpec;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;
import software.amazon.awssdk.services.kms.model.VerifyMacResponse;
import software.amazon.awssdk.services.kms.model.VerifyResponse;

/**
 * The common scenario with the AWS SDK for Java v2: every step's outcome, as one JSON line on
 * stdout. Bouncy Castle opens the envelope.
 *
 * <p>Which steps there are, and what each has to say, is in test/interop/steps.ts.
 */
public final class Scenario {
  private static final SdkBytes PLAINTEXT = SdkBytes.fromUtf8String("attack at dawn");
  private static final Map<String, String> CONTEXT = Map.of("tenant", "a", "purpose", "café");
  private static final SdkBytes MESSAGE = SdkBytes.fromUtf8String("sign here");
  private static final SdkBytes ANOTHER = SdkBytes.fromUtf8String("another");

  // Endpoint, Region and credentials come from the environment.
  private final KmsClient kms = KmsClient.create();
  private final String alias = System.getenv("INTEROP_ALIAS");
  private final Map<String, Map<String, Object>> steps = new LinkedHashMap<>();

  public static void main(String[] arguments) throws Exception {
    Scenario run = new Scenario();
    run.encryption();
    run.signatures();
    run.macs();
    run.attestation();
    System.out.println(json(run.steps));
  }

  /** Symmetric keys, aliases and the encryption context. */
  private void encryption() {
    KeyMetadata made = createKey(CreateKeyRequest.builder().description("interop"));
    steps.put("createKey", Map.of("keyId", made.keyId(), "arn", made.arn()));

    kms.createAlias(r -> r.aliasName(alias).targetKeyId(made.keyId()));
    steps.put("createAlias", Map.of("alias", alias));

    KeyMetadata described = kms.describeKey(r -> r.keyId(alias)).keyMetadata();
    steps.put(
        "describeKey",
        Map.of("keyId", described.keyId(), "keySpec", described.keySpecAsString()));

    var encrypted =
        kms.encrypt(r -> r.keyId(alias).plaintext(PLAINTEXT).encryptionContext(CONTEXT));
    SdkBytes blob = encrypted.ciphertextBlob();
    steps.put("encrypt", Map.of("keyId", encrypted.keyId(), "ciphertext", blob));

    DecryptResponse decrypted = decrypt(blob, CONTEXT);
    steps.put("decrypt", Map.of("keyId", decrypted.keyId(), "plaintext", decrypted.plaintext()));

    steps.put(
        "wrongContext",
        refusal(InvalidCiphertextException.class, () -> decrypt(blob, Map.of("tenant", "b"))));

    var dataKey =
        kms.generateDataKey(
            r -> r.keyId(alias).keySpec(DataKeySpec.AES_256).encryptionContext(CONTEXT));
    steps.put(
        "generateDataKey",
        Map.of(
            "keyId", dataKey.keyId(),
            "plaintext", dataKey.plaintext(),
            "ciphertext", dataKey.ciphertextBlob()));
    steps.put(
        "decryptDataKey", Map.of("plaintext", decrypt(dataKey.ciphertextBlob(), CONTEXT).plaintext()));
  }

  /** Signatures, checked by KMS and without it. */
  private void signatures() throws Exception {
    String key =
        createKey(
                CreateKeyRequest.builder()
                    .keySpec(KeySpec.ECC_NIST_P256)
                    .keyUsage(KeyUsageType.SIGN_VERIFY))
            .keyId();
    SigningAlgorithmSpec algorithm = SigningAlgorithmSpec.ECDSA_SHA_256;
    SdkBytes signature =
        kms.sign(r -> r.keyId(key).message(MESSAGE).signingAlgorithm(algorithm)).signature();
    SdkBytes publicKey = kms.getPublicKey(r -> r.keyId(key)).publicKey();
    steps.put(
        "sign", Map.of("message", MESSAGE, "signature", signature, "publicKey", publicKey));

    VerifyResponse verified = verify(key, MESSAGE, signature);
    steps.put("verify", Map.of("valid", verified.signatureValid()));

    Signature local = Signature.getInstance("SHA256withECDSA");
    local.initVerify(
        KeyFactory.getInstance("EC")
            .generatePublic(new X509EncodedKeySpec(publicKey.asByteArray())));
    local.update(MESSAGE.asByteArray());
    steps.put("verifyLocally", Map.of("valid", local.verify(signature.asByteArray())));

    steps.put(
        "wrongSignature",
        refusal(KmsInvalidSignatureException.class, () -> verify(key, ANOTHER, signature)));
  }

  /** Message authentication codes. */
  private void macs() {
    String key =
        createKey(
                CreateKeyRequest.builder()
                    .keySpec(KeySpec.HMAC_256)
                    .keyUsage(KeyUsageType.GENERATE_VERIFY_MAC))
            .keyId();
    SdkBytes mac =
        kms.generateMac(
                r -> r.keyId(key).message(MESSAGE).macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256))
            .mac();
    steps.put("generateMac", Map.of("mac", mac));
    steps.put("verifyMac", Map.of("valid", verifyMac(key, MESSAGE, mac).macValid()));
    steps.put(
        "wrongMac", refusal(KmsInvalidMacException.class, () -> verifyMac(key, ANOTHER, mac)));
  }

  /** A key that only one image may decrypt with. */
  private void attestation() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair recipient = generator.generateKeyPair();
    byte[] accepted = mint(System.getenv("INTEROP_IMAGE"), recipient);
    byte[] refused = mint(System.getenv("INTEROP_OTHER_IMAGE"), recipient);
    SdkBytes pinned =
        kms.encrypt(r -> r.keyId(System.getenv("INTEROP_PINNED_KEY")).plaintext(PLAINTEXT))
            .ciphertextBlob();

    DecryptResponse answer = decryptAttested(pinned, accepted);
    byte[] envelope = answer.ciphertextForRecipient().asByteArray();
    byte[] opened =
        new CMSEnvelopedData(envelope)
            .getRecipientInfos()
            .iterator()
            .next()
            .getContent(new JceKeyTransEnvelopedRecipient(recipient.getPrivate()));
    steps.put(
        "attestedDecrypt",
        Map.of(
            "keyId", answer.keyId(),
            "hasPlaintext", answer.plaintext() != null && answer.plaintext().asByteArray().length > 0,
            "opened", SdkBytes.fromByteArray(opened)));

    // KMS's model has no class for this one: the SDK throws the general one.
    steps.put("otherImage", refusal(KmsException.class, () -> decryptAttested(pinned, refused)));
  }

  private KeyMetadata createKey(CreateKeyRequest.Builder request) {
    return kms.createKey(request.build()).keyMetadata();
  }

  private DecryptResponse decrypt(SdkBytes blob, Map<String, String> context) {
    return kms.decrypt(r -> r.ciphertextBlob(blob).encryptionContext(context));
  }

  private DecryptResponse decryptAttested(SdkBytes blob, byte[] document) {
    return kms.decrypt(
        r ->
            r.ciphertextBlob(blob)
                .recipient(
                    recipient ->
                        recipient
                            .keyEncryptionAlgorithm(KeyEncryptionMechanism.RSAES_OAEP_SHA_256)
                            .attestationDocument(SdkBytes.fromByteArray(document))));
  }

  private VerifyResponse verify(String key, SdkBytes message, SdkBytes signature) {
    return kms.verify(
        r ->
            r.keyId(key)
                .message(message)
                .signature(signature)
                .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256));
  }

  private VerifyMacResponse verifyMac(String key, SdkBytes message, SdkBytes mac) {
    return kms.verifyMac(
        r -> r.keyId(key).message(message).mac(mac).macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256));
  }

  /** A document that the server minted for a public key. */
  private static byte[] mint(String image, KeyPair recipient) throws Exception {
    String publicKey = Base64.getEncoder().encodeToString(recipient.getPublic().getEncoded());
    String body = json(Map.of("pcrs", Map.of("0", image), "publicKey", publicKey));
    URI url = URI.create(System.getenv("AWS_ENDPOINT_URL") + "/_/attestation-documents");
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    String answer =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    Matcher document = Pattern.compile("\"document\"\\s*:\\s*\"([^\"]*)\"").matcher(answer);
    if (!document.find()) throw new IllegalStateException(answer);
    return Base64.getDecoder().decode(document.group(1));
  }

  /** What a call is refused with, caught as the SDK's own class for it. */
  private static Map<String, Object> refusal(Class<? extends KmsException> type, Runnable call) {
    try {
      call.run();
    } catch (KmsException refused) {
      if (!type.isInstance(refused)) throw refused;
      var details = refused.awsErrorDetails();
      String message = details.errorMessage() == null ? "" : details.errorMessage();
      return Map.of("error", details.errorCode(), "message", message);
    }
    return Map.of("error", "none");
  }

  /** JSON of maps, texts, truth values and bytes, the last as base64. */
  private static String json(Object value) {
    if (value instanceof Map<?, ?> members) {
      return members.entrySet().stream()
          .map(member -> json(member.getKey()) + ":" + json(member.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    if (value instanceof SdkBytes bytes) {
      return json(Base64.getEncoder().encodeToString(bytes.asByteArray()));
    }
    if (value instanceof Boolean) return value.toString();
    return '"' + value.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
