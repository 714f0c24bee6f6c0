"""The keys of the identity provider: in a folder, so that service providers need to be told once, or in memory."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from threading import RLock

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import Certificate, load_pem_x509_certificate

from idpsim.errors import UsageError
from idpsim.sso.app import App
from idpsim.sso.certificate import certificate

SECRET = "secret"
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_BITS = 2048


@dataclass(frozen=True)
class Signing:
    """A private key with its certificate."""

    key: rsa.RSAPrivateKey
    certificate: Certificate

    @cached_property
    def der(self) -> bytes:
        """The certificate, DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @cached_property
    def pem(self) -> str:
        """The certificate, PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @cached_property
    def thumbprint(self) -> str:
        """The SHA-1 of the certificate, base64url without padding: JOSE's `x5t`."""
        return urlsafe_b64encode(hashlib.sha1(self.der).digest()).rstrip(b"=").decode()


class Keys:
    """The signing keys of every app, the key that tickets are sealed with, and the client secrets.

    With a `folder` that `make` has filled, the same at every start; what is not in it is made in memory and gone at
    the end. Rollover lives in memory: the folder keeps what it has.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder if folder is not None and (folder / SECRET).exists() else None
        self._made: dict[str, Signing] = {}
        self._rolled: set[str] = set()
        self._lock = RLock()

    @property
    def kept(self) -> bool:
        """Whether the keys come from a folder, so that another process has the same."""
        return self._folder is not None

    def keeps(self, app: App) -> bool:
        """Whether an app's own keys are in the folder, too."""
        folder = self._folder
        return folder is not None and all(
            (folder / f"{name}.pem").exists() for name in (_saml_name(app), _oidc_name(app))
        )

    @cached_property
    def secret(self) -> bytes:
        """What tickets and client secrets are made from."""
        return secrets.token_bytes(32) if self._folder is None else _read(self._folder / SECRET).strip()

    def saml(self, app: App) -> tuple[Signing, Signing]:
        """The app's SAML keys: the active one, and the one that rollover makes active."""
        return self._pair(_saml_name(app), app)

    def oidc(self, app: App) -> tuple[Signing, Signing]:
        """The tenant's keys for tokens: the one that signs, and the one that is published beside it."""
        return self._pair(_oidc_name(app), app)

    def roll(self, app: App, protocol: str) -> None:
        """Exchange the two keys of an app; the second time undoes it."""
        with self._lock:
            self._rolled ^= {_saml_name(app) if protocol == "saml" else _oidc_name(app)}

    def stranger(self) -> Signing:
        """A key that no service provider has been told of."""
        with self._lock:
            if "stranger" not in self._made:
                self._made["stranger"] = Signing(key := _new_key(), certificate(key, (("CN", "stranger"),), 1))
            return self._made["stranger"]

    def client_secret(self, app: App) -> str:
        """The secret of the app's OpenID Connect client, always the same for the same folder."""
        digest = hmac.new(self.secret, f"client {app.vendor} {app.label}".encode(), hashlib.sha256).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode()

    def _pair(self, name: str, app: App) -> tuple[Signing, Signing]:
        active, following = self._one(name, app), self._one(f"{name}-next", app)
        return (following, active) if name in self._rolled else (active, following)

    def _one(self, name: str, app: App) -> Signing:
        with self._lock:
            if name not in self._made:
                file = None if self._folder is None else self._folder / f"{name}.pem"
                self._made[name] = _load(file) if file is not None and file.exists() else _new(app)
            return self._made[name]


def make(folder: Path, apps: Iterable[App], *, force: bool = False) -> Iterator[tuple[Path, bool]]:
    """Put keys for these apps into a folder: each file, and whether it is new; what is there stays without `force`.

    UsageError where a file cannot be written. Files are for their owner only (0600), the folder too where it is new.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, and a folder is needed for the keys")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")
        yield _put(folder / SECRET, lambda: secrets.token_urlsafe(32).encode() + b"\n", force)
        named = {name: app for app in apps for name in (_saml_name(app), _oidc_name(app))}
        for name, app in named.items():
            for each in (name, f"{name}-next"):
                yield _put(folder / f"{each}.pem", partial(_fresh, app), force)
    except OSError as error:
        raise UsageError(f"{error.filename or folder} cannot be written: {error.strerror}") from None


def valid_label(label: str) -> str:
    """An app's label that can name a file and stand in a URL; UsageError for any other."""
    if not _LABEL.fullmatch(label):
        raise UsageError(f"an app's label is letters, digits, '.', '_' and '-', at most 64, not {label!r}")
    return label


def _saml_name(app: App) -> str:
    shared = app.sign_on.saml.certificate.shared
    return f"{app.vendor}-saml" if shared else f"{app.vendor}-saml-{valid_label(app.label)}"


def _oidc_name(app: App) -> str:
    return f"{app.vendor}-oidc"


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, _BITS)


def _new(app: App) -> Signing:
    look = app.sign_on.saml.certificate
    subject = tuple((name, app.filled(value)) for name, value in look.subject)
    key = _new_key()
    return Signing(
        key, certificate(key, subject, look.years, serial=look.serial, digest=look.digest, extensions=look.extensions)
    )


def _fresh(app: App) -> bytes:
    """A new key with its certificate, PEM."""
    return _pem(_new(app))


def _pem(signing: Signing) -> bytes:
    pkcs8, bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return signing.key.private_bytes(serialization.Encoding.PEM, pkcs8, bare) + signing.pem.encode()


def _load(file: Path) -> Signing:
    data = _read(file)
    try:
        key = serialization.load_pem_private_key(data, None)
        found = load_pem_x509_certificate(data)
    except (ValueError, TypeError):
        raise UsageError(f"{file} holds no private key with its certificate, PEM") from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.public_key() != found.public_key():
        raise UsageError(f"{file} holds no RSA key with a certificate for it")
    return Signing(key, found)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None


def _put(file: Path, content: Callable[[], bytes], force: bool) -> tuple[Path, bool]:
    """Write a file for its owner only, whole or not at all."""
    if file.exists() and not force:
        return file, False
    made = content()
    try:
        handle, name = tempfile.mkstemp(dir=file.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from None
    with os.fdopen(handle, "wb") as new:
        new.write(made)
    os.chmod(name, 0o600)
    os.replace(name, file)
    return file, True
