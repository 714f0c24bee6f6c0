"""Each service provider that people sign in to starts, sends them to the identity provider, and is gone afterwards."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from .keys import sp_keys
from .running import why_not
from .sign_in import VERIFIERS, Oidc, Saml, open_for_sign_in, planned

pytestmark = pytest.mark.thorough

METADATA = """<EntityDescriptor entityID="https://idp.test/" xmlns="urn:oasis:names:tc:SAML:2.0:metadata">
<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing">
<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{}</X509Certificate></X509Data></KeyInfo>
</KeyDescriptor><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
Location="https://idp.test/sso"/></IDPSSODescriptor></EntityDescriptor>"""


class Discovery(BaseHTTPRequestHandler):
    """An OpenID Connect provider as far as its discovery document."""

    server: ThreadingHTTPServer

    def do_GET(self) -> None:
        base = f"http://127.0.0.1:{self.server.server_port}"
        names = ("authorization", "token", "userinfo", "end_session")
        document = {
            "issuer": base,
            "jwks_uri": f"{base}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            **{f"{name}_endpoint": f"{base}/{name}" for name in names},
        }
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Discovery) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def connection(kind: str, issuer: str, folder: Path) -> Saml | Oidc:
    if kind in ("openid-client", "mod-auth-openidc", "django-sso", "better-auth-sso"):
        return Oidc(issuer=issuer, client_id="client", client_secret="secret", idp=issuer)
    keys = sp_keys(folder)
    certificate = "".join(line for line in keys.certificate.read_text().splitlines() if "-----" not in line)
    (folder / "idp.xml").write_text(METADATA.format(certificate))
    return Saml(metadata=folder / "idp.xml", key=keys.key, certificate=keys.certificate, idp="https://idp.test")


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


@pytest.mark.parametrize("kind", VERIFIERS)
def test_it_knows_nobody_at_first_and_is_gone_at_the_end(kind: str, issuer: str, tmp_path: Path) -> None:
    if reason := why_not(kind):
        pytest.skip(reason)
    site = planned(kind)

    with open_for_sign_in(site, {"idp": connection(kind, issuer, tmp_path)}):
        me = status(site.at("idp", "me"))

    assert me == 401
    with pytest.raises(urllib.error.URLError):
        status(site.url)


def test_what_debian_has_is_said_with_its_package_and_in_ci_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name, **_how: None)
    monkeypatch.delenv("CI", raising=False)

    reasons = [why_not(name) or "" for name in ("xmlsec1", "mod-auth-mellon")]

    assert [each.split()[-1] for each in reasons] == ["xmlsec1", "libapache2-mod-auth-mellon"]
    monkeypatch.setenv("CI", "1")
    with pytest.raises(RuntimeError, match="apt-get install"):
        why_not("xmlsec1")
