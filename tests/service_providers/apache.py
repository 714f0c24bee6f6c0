"""A configuration of Apache in a folder of its own, with mod_auth_mellon or mod_auth_openidc."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from .install import APACHE_MODULES

if TYPE_CHECKING:
    from .sign_in import Oidc, Saml

MODULES = ("mpm_event", "authn_core", "authz_core", "authz_user", "mime", "dir", "rewrite", "include", "headers")
BASE = """
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {folder}/pid
DefaultRuntimeDir {folder}
ErrorLog /dev/stderr
LogLevel warn {module}:info
{user}
StartServers 1
ServerLimit 2
ThreadsPerChild 64
MaxRequestWorkers 128
TypesConfig /dev/null
DocumentRoot {folder}/www
DirectoryIndex index
RewriteEngine On
<Directory {folder}/www>
Options +Includes
Require all granted
</Directory>
"""
MELLON = """
RewriteRule ^/{name}/logout$ /{name}/mellon/logout?ReturnTo=http://127.0.0.1:{port}/{name}/left [PT,L]
RewriteRule ^/{name}/metadata$ /{name}/mellon/metadata [PT,L]
<Location /{name}>
MellonEnable info
MellonEndpointPath /{name}/mellon
MellonSPMetadataFile {folder}/{name}.sp
MellonSPPrivateKeyFile {key}
MellonSPCertFile {certificate}
MellonIdPMetadataFile {metadata}
MellonVariable mellon_{name}
MellonSecureCookie On
MellonCookieSameSite none
MellonSignatureMethod rsa-sha256
MellonDefaultLoginPath /{name}/me
MellonMergeEnvVars On
</Location>
<Location /{name}/login>
MellonEnable auth
AuthType Mellon
Require valid-user
</Location>
<Location /{name}/me>
SetOutputFilter INCLUDES
ForceType application/json
RewriteEngine On
RewriteCond %{{ENV:MELLON_NAME_ID}} ^$
RewriteRule ^ - [R=401,L]
</Location>
"""
# Mellon's own would ask for transient Name IDs.
MELLON_METADATA = """<EntityDescriptor entityID="{at}/metadata" xmlns="urn:oasis:names:tc:SAML:2.0:metadata">
<SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true"
 protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">{keys}
<SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{at}/mellon/logout"/>
<NameIDFormat>{name_id_format}</NameIDFormat>
<AssertionConsumerService index="0" isDefault="true" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
 Location="{at}/mellon/postResponse"/>
</SPSSODescriptor></EntityDescriptor>
"""
KEY = """
<KeyDescriptor use="{use}"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>
<X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>"""
OPENIDC = """
RewriteRule ^/{name}/me$ /{name}/callback?info=json [R,L]
RewriteRule ^/{name}/logout$ /{name}/callback?logout=http://127.0.0.1:{port}/{name}/left [R,L,NE]
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID {client_id}
OIDCClientSecret {client_secret}
OIDCProviderTokenEndpointAuth client_secret_{client_auth}
OIDCRedirectURI http://127.0.0.1:{port}/{name}/callback
OIDCCryptoPassphrase for-tests-only
OIDCScope "{scope}"
OIDCPKCEMethod S256
OIDCCookieHTTPOnly On
OIDCInfoHook access_token id_token userinfo refresh_token
OIDCRemoteUserClaim sub
OIDCSSLValidateServer Off
<Location /{name}>
AuthType openid-connect
Require valid-user
</Location>
<Location /{name}/left>
AuthType None
Require all granted
</Location>
"""
SHOWN = {
    "user": "MELLON_NAME_ID",
    "session_index": "MELLON_SESSION_INDEX",
    "issuer": "MELLON_IDP",
    "email": "MELLON_email",
}


def configured(kind: str, port: int, folder: Path, connections: Mapping[str, Saml | Oidc]) -> Path:
    """Write the configuration with its pages, and give its path."""
    module = kind.removeprefix("mod-").replace("-", "_")
    (folder / "www").mkdir()
    (folder / "www" / "index").write_text("{}")
    loaded = "".join(f"LoadModule {each}_module {APACHE_MODULES}/mod_{each}.so\n" for each in (*MODULES, module))
    parts = [loaded, BASE.format(port=port, folder=folder, module=module, user=_user())]
    for name, each in connections.items():
        pages = folder / "www" / name
        pages.mkdir()
        (pages / "left").write_text('{"left": true}')
        (pages / "me").write_text(_shown())
        (pages / "login").write_text(_forward(name))
        values = {**vars(each), **_copied(each, folder, name), "name": name, "port": port, "folder": folder}
        if each.protocol == "saml":
            (folder / f"{name}.sp").write_text(_metadata(each, f"http://127.0.0.1:{port}/{name}"))
        parts.append((MELLON if each.protocol == "saml" else OPENIDC).format(**values))
    config = folder / "apache.conf"
    config.write_text("".join(parts))
    if _user():
        _open(folder)
    return config


def _copied(connection: Saml | Oidc, folder: Path, name: str) -> dict[str, Path]:
    """The files of a connection, where Apache may read them whoever it runs as."""
    if connection.protocol == "oidc":
        return {}
    files = {"metadata": connection.metadata, "key": connection.key, "certificate": connection.certificate}
    return {what: Path(shutil.copyfile(file, folder / f"{name}.{what}")) for what, file in files.items()}


def _metadata(connection: Saml, at: str) -> str:
    certificate = "".join(each for each in connection.certificate.read_text().splitlines() if "-----" not in each)
    keys = "".join(KEY.format(use=use, certificate=certificate) for use in ("signing", "encryption"))
    return MELLON_METADATA.format(at=at, keys=keys, name_id_format=connection.name_id_format)


def _shown() -> str:
    values = (f'"{name}": "<!--#echo encoding="none" var="{source}" -->"' for name, source in SHOWN.items())
    return "{" + ", ".join(values) + "}"


def _forward(name: str) -> str:
    return f'{{"signed": "in", "me": "/{name}/me"}}'


def _user() -> str:
    """Apache started by root gives up its rights; to whom must be said."""
    return "User nobody\nGroup nogroup" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""


def _open(folder: Path) -> None:
    """Let the user that Apache becomes read its pages."""
    for each in (folder, *folder.rglob("*")):
        each.chmod(each.stat().st_mode | (0o055 if each.is_dir() else 0o044))
