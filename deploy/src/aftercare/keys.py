"""The keys of one copy, created on first use: for tokens, the audit trail, page cursors and databases."""

import json
import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from joserfc.jwk import ECKey, OKPKey

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Keys:
    """Where the keys are; private ones are readable by their owner alone."""

    folder: Path

    @property
    def issuer(self) -> Path:
        """ES256 private key (PEM) that signs tokens."""
        return self.folder / "issuer-es256.pem"

    @property
    def jwks(self) -> Path:
        """The issuer's public key as a JSON Web Key Set, for the services."""
        return self.folder / "jwks.json"

    @property
    def audit(self) -> Path:
        """Ed25519 private key (PEM) that signs the heads of audit chains."""
        return self.folder / "audit-ed25519.pem"

    @property
    def cursors(self) -> Path:
        """The secret, in hexadecimal, that seals page cursors."""
        return self.folder / "cursor.secret"

    @property
    def databases(self) -> Path:
        """The secret, in hexadecimal, from which the passwords of the services' roles are derived."""
        return self.folder / "database.secret"

    def pass_of(self, service: str) -> Path:
        """The bearer token by which a service reads the others' APIs."""
        return self.folder / f"{service}.token"

    def issuer_key(self) -> ECKey:
        """The key that signs tokens, named by its thumbprint."""
        return ECKey.import_key(self.issuer.read_text())

    def create_missing(self) -> None:
        """Create what is not there yet; two that do so at once end up with the same keys."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        _create(self.issuer, ECKey.generate_key("P-256").as_pem(private=True))
        _create(self.jwks, json.dumps(public_key_set(self.issuer_key()), indent=2).encode(), mode=0o644)
        _create(self.audit, OKPKey.generate_key("Ed25519").as_pem(private=True))
        for secret in (self.cursors, self.databases):
            _create(secret, secrets.token_hex(SECRET_BYTES).encode())


def public_key_set(key: ECKey) -> dict[str, list[dict[str, object]]]:
    """The key set that verifies what `key` signs."""
    public = key.as_dict(private=False)
    return {"keys": [{**public, "kid": key.thumbprint(), "use": "sig", "alg": "ES256"}]}


def _create(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put a whole file in place, or leave the one that is there."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent)  # readable by us alone from the first byte
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        os.fchmod(descriptor, mode)
    with suppress(FileExistsError):
        os.link(draft, path)
    Path(draft).unlink()
