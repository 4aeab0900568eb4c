"""The common scenario with boto3: every step's outcome, as one JSON line on stdout.

Which steps there are, and what each has to say, is in test/interop/steps.ts.
"""

import base64
import json
import os
import subprocess
import urllib.request

import boto3
import botocore.exceptions
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

PLAINTEXT = b"attack at dawn"
CONTEXT = {"tenant": "a", "purpose": "caf\u00e9"}
MESSAGE = b"sign here"

# Endpoint, Region and credentials come from the environment.
kms = boto3.client("kms")
steps = {}


def text(data):
    return base64.b64encode(data).decode()


def refusal(error_class, call):
    """What a call is refused with, caught as the SDK's own class for it."""
    try:
        call()
    except error_class as error:
        told = error.response["Error"]
        return {"error": told["Code"], "message": told["Message"]}
    return {"error": None}


# Symmetric keys, aliases and the encryption context.
made = kms.create_key(Description="interop")["KeyMetadata"]
steps["createKey"] = {"keyId": made["KeyId"], "arn": made["Arn"]}

alias = os.environ["INTEROP_ALIAS"]
kms.create_alias(AliasName=alias, TargetKeyId=made["KeyId"])
steps["createAlias"] = {"alias": alias}

described = kms.describe_key(KeyId=alias)["KeyMetadata"]
steps["describeKey"] = {"keyId": described["KeyId"], "keySpec": described["KeySpec"]}

encrypted = kms.encrypt(KeyId=alias, Plaintext=PLAINTEXT, EncryptionContext=CONTEXT)
blob = encrypted["CiphertextBlob"]
steps["encrypt"] = {"keyId": encrypted["KeyId"], "ciphertext": text(blob)}

decrypted = kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)
steps["decrypt"] = {"keyId": decrypted["KeyId"], "plaintext": text(decrypted["Plaintext"])}

steps["wrongContext"] = refusal(
    kms.exceptions.InvalidCiphertextException,
    lambda: kms.decrypt(CiphertextBlob=blob, EncryptionContext={"tenant": "b"}),
)

data_key = kms.generate_data_key(KeyId=alias, KeySpec="AES_256", EncryptionContext=CONTEXT)
steps["generateDataKey"] = {
    "keyId": data_key["KeyId"],
    "plaintext": text(data_key["Plaintext"]),
    "ciphertext": text(data_key["CiphertextBlob"]),
}

unwrapped = kms.decrypt(CiphertextBlob=data_key["CiphertextBlob"], EncryptionContext=CONTEXT)
steps["decryptDataKey"] = {"plaintext": text(unwrapped["Plaintext"])}

# Signatures, checked by KMS and without it.
signer = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
signing = {"KeyId": signer, "SigningAlgorithm": "ECDSA_SHA_256"}
signature = kms.sign(Message=MESSAGE, **signing)["Signature"]
public_key = kms.get_public_key(KeyId=signer)["PublicKey"]
steps["sign"] = {
    "message": text(MESSAGE),
    "signature": text(signature),
    "publicKey": text(public_key),
}

verified = kms.verify(Message=MESSAGE, Signature=signature, **signing)
steps["verify"] = {"valid": verified["SignatureValid"]}

# Raises when the signature is not valid.
serialization.load_der_public_key(public_key).verify(signature, MESSAGE, ec.ECDSA(hashes.SHA256()))
steps["verifyLocally"] = {"valid": True}

steps["wrongSignature"] = refusal(
    kms.exceptions.KMSInvalidSignatureException,
    lambda: kms.verify(Message=b"another", Signature=signature, **signing),
)

# Message authentication codes.
hmac = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
mac_of = {"KeyId": hmac, "MacAlgorithm": "HMAC_SHA_256"}
mac = kms.generate_mac(Message=MESSAGE, **mac_of)["Mac"]
steps["generateMac"] = {"mac": text(mac)}

steps["verifyMac"] = {"valid": kms.verify_mac(Message=MESSAGE, Mac=mac, **mac_of)["MacValid"]}

steps["wrongMac"] = refusal(
    kms.exceptions.KMSInvalidMacException,
    lambda: kms.verify_mac(Message=b"another", Mac=mac, **mac_of),
)

# Attestation: a key that only one image may decrypt with.
recipient_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
key_file = os.path.join(os.environ["INTEROP_SCRATCH"], "recipient.der")
with open(key_file, "wb") as file:
    file.write(
        recipient_key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def attested(image):
    """Recipient, with a document that the server minted for our public key."""
    public = recipient_key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    body = json.dumps({"pcrs": {"0": image}, "publicKey": text(public)}).encode()
    url = os.environ["AWS_ENDPOINT_URL"] + "/_/attestation-documents"
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        document = base64.b64decode(json.load(answer)["document"])
    return {"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": document}


pinned = kms.encrypt(KeyId=os.environ["INTEROP_PINNED_KEY"], Plaintext=PLAINTEXT)["CiphertextBlob"]
answer = kms.decrypt(CiphertextBlob=pinned, Recipient=attested(os.environ["INTEROP_IMAGE"]))
opened = subprocess.run(
    [os.environ["INTEROP_NODE"], os.environ["INTEROP_COMMAND"], "open", "--key", key_file],
    input=answer["CiphertextForRecipient"],
    stdout=subprocess.PIPE,
    check=True,
)
steps["attestedDecrypt"] = {
    "keyId": answer["KeyId"],
    "hasPlaintext": bool(answer.get("Plaintext")),
    "opened": text(opened.stdout),
}

# KMS's model has no class for this one: boto3 raises the general one.
steps["otherImage"] = refusal(
    botocore.exceptions.ClientError,
    lambda: kms.decrypt(
        CiphertextBlob=pinned, Recipient=attested(os.environ["INTEROP_OTHER_IMAGE"])
    ),
)

print(json.dumps(steps))
