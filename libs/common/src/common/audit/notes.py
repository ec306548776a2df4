"""Signed heads of the chain, in the C2SP form of checkpoints: readable, verifiable with standard tools."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

_ED25519 = b"\x01"
_KEY_ID_BYTES = 4


class BadNote(Exception):  # noqa: N818 - the note is at fault
    """A note that is malformed, or was not signed with our key."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A head of the chain.

    Args:
        origin: which chain, and that it is a chain and no Merkle tree.
        size: number of entries.
        head: hash of the last one.
    """

    origin: str
    size: int
    head: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.head).decode()}\n"


def origin_of(service: str) -> str:
    """The name of a service's chain."""
    return f"aftercare.local/audit/{service}/hash-chain"


class Signer:
    """Signs checkpoints of one chain with Ed25519.

    Args:
        key: the private key.
        name: the signer's name in the signature line; the chain's origin.
    """

    def __init__(self, key: Ed25519PrivateKey, name: str) -> None:
        self._key = key
        self._name = name
        self._key_id = key_id(name, key.public_key())

    @property
    def public_key(self) -> Ed25519PublicKey:
        """The key that verifies the notes."""
        return self._key.public_key()

    def sign(self, checkpoint: Checkpoint) -> str:
        """The checkpoint as a signed note."""
        signature = b64encode(self._key_id + self._key.sign(checkpoint.text.encode())).decode()
        return f"{checkpoint.text}\n\N{EM DASH} {self._name} {signature}\n"


def signer_of(pem: Path, service: str) -> Signer:
    """The signer of a service's chain, with the key in a PEM file.

    Raises:
        TypeError: it is no Ed25519 key.
    """
    key = load_pem_private_key(pem.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{pem} holds no Ed25519 key")
    return Signer(key, origin_of(service))


def key_id(name: str, key: Ed25519PublicKey) -> bytes:
    """The four bytes that name a key in a signature."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return sha256(name.encode() + b"\n" + _ED25519 + raw).digest()[:_KEY_ID_BYTES]


def verifier_line(name: str, key: Ed25519PublicKey) -> str:
    """The public key as note verifiers take it: ``name+hash+base64``."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"{name}+{key_id(name, key).hex()}+{b64encode(_ED25519 + raw).decode()}"


def open_note(note: str, key: Ed25519PublicKey) -> Checkpoint:
    """The checkpoint in a note that ``key`` has signed.

    Raises:
        BadNote: it is malformed or the signature is not that key's.
    """
    body, blank, signatures = note.partition("\n\n")
    lines = body.split("\n")
    if not blank or len(lines) < 3:  # noqa: PLR2004 - origin, size, head
        raise BadNote("not a checkpoint")
    try:
        checkpoint = Checkpoint(lines[0], int(lines[1]), b64decode(lines[2], validate=True))
    except (ValueError, NotBase64) as error:
        raise BadNote("not a checkpoint") from error
    if not any(_signs(line, body + "\n", key) for line in signatures.splitlines()):
        raise BadNote("no signature of this key")
    return checkpoint


def _signs(line: str, body: str, key: Ed25519PublicKey) -> bool:
    mark, _, rest = line.partition(" ")
    name, _, encoded = rest.rpartition(" ")
    try:
        raw = b64decode(encoded, validate=True)
        if mark != "\N{EM DASH}" or raw[:_KEY_ID_BYTES] != key_id(name, key):
            return False
        key.verify(raw[_KEY_ID_BYTES:], body.encode())
    except (NotBase64, ValueError, InvalidSignature):
        return False
    return True
