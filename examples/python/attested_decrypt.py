"""The whole job with boto3: a key that one enclave image may use, that image, and the reason why
nobody else may.

Run it beside `npm start`, from anywhere: python3 examples/python/attested_decrypt.py
AWS_ENDPOINT_URL says where the server is, if it is not at http://127.0.0.1:4599.
"""

import json
import os
import pathlib
import subprocess
import tempfile
import urllib.request

import boto3
import botocore.exceptions

# PCR0: the SHA-384 that nitro-cli prints for an image. Here, of the text `example image`.
IMAGE = "377d0e1eebe8cf07dbc412054bd98c1022ce1694c2253a5e2c7e1d5180d182ea2019c5e023c469fe4c2544845832dd4c"
ENDPOINT = os.environ.get("AWS_ENDPOINT_URL", "http://127.0.0.1:4599")
COMMAND = ["node", str(pathlib.Path(__file__).resolve().parents[2] / "dist/cli/main.js")]

# An unknown access key calls as the root user of the default account.
kms = boto3.client(
    "kms",
    endpoint_url=ENDPOINT,
    region_name="us-east-1",
    aws_access_key_id="anything",
    aws_secret_access_key="anything",
)

account = {"AWS": "arn:aws:iam::111122223333:root"}
policy = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": account,
            "Action": ["kms:DescribeKey", "kms:Encrypt", "kms:PutKeyPolicy"],
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Principal": account,
            "Action": "kms:Decrypt",
            "Resource": "*",
            "Condition": {
                "StringEqualsIgnoreCase": {"kms:RecipientAttestation:ImageSha384": IMAGE}
            },
        },
    ],
}
key_id = kms.create_key(Policy=json.dumps(policy))["KeyMetadata"]["KeyId"]
ciphertext = kms.encrypt(KeyId=key_id, Plaintext=b"attack at dawn")["CiphertextBlob"]

# Inside: a document for a new RSA key, and the answer opened with its private half.
with tempfile.TemporaryDirectory() as folder:
    key, document = f"{folder}/enclave.pem", f"{folder}/document.bin"
    minted = ["attest", "--pcr", f"0={IMAGE}", "--generate-key", key, "--out", document]
    subprocess.run(COMMAND + minted, check=True)
    answer = kms.decrypt(
        CiphertextBlob=ciphertext,
        Recipient={
            "KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256",
            "AttestationDocument": pathlib.Path(document).read_bytes(),
        },
    )
    opened = subprocess.run(
        COMMAND + ["open", "--key", key],
        input=answer["CiphertextForRecipient"],
        stdout=subprocess.PIPE,
        check=True,
    )
    print("inside:", opened.stdout.decode())

# Outside: the same call without a document, and why it is refused.
try:
    kms.decrypt(CiphertextBlob=ciphertext)
except botocore.exceptions.ClientError as error:
    request_id = error.response["ResponseMetadata"]["RequestId"]
    with urllib.request.urlopen(f"{ENDPOINT}/_/decisions/{request_id}") as decision:
        hints = json.load(decision)["hints"]
    print("outside:", error.response["Error"]["Code"])
    print("because:", "\n".join(hints))
