"""People sign in at an ASGI application in this process, while it is provisioned there."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from idpsim import api
from idpsim.signing.hosting import hosted, in_process
from idpsim.signing.keyring import Keyring
from idpsim.signon import Registration
from idpsim.sp import ServiceProvider, Trust
from idpsim.sso.paste import client_id, client_secret
from idpsim.sso.saml.metadata import metadata
from idpsim.sso.saml.registering import registration
from tests.asgi import Coat
from tests.service_providers.running import free_port

SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"
LABEL = "okta"


@pytest.fixture
def keyring() -> Keyring:
    return Keyring(f"http://localhost:{free_port()}", None)


def trust(product: ServiceProvider, keyring: Keyring, folder: Path) -> dict[str, str]:
    """The service provider trusts the identity provider that will be at the address; the scenario's variables."""
    ends = product.sign_in_endpoints(LABEL)
    described = product.saml_metadata(LABEL)
    idp = in_process(keyring)
    app = idp.register("okta", registration=registration(described, Registration(redirect_uris=(ends.redirect_uri,))))
    product.configure_sso(Trust.saml(metadata(app, idp.keys.saml(app))), LABEL)
    issuer = app.filled(app.sign_on.oidc.servers[0].issuer)
    method = app.sign_on.oidc.rules(app.settings, False).auth[0]
    product.configure_sso(Trust.oidc(issuer, client_id(app), client_secret(app, idp.keys), auth_method=method), LABEL)
    file = folder / "metadata.xml"
    file.write_bytes(described)
    return {
        "SP_SAML_LOGIN": ends.saml_login,
        "SP_SAML_METADATA": str(file),
        "SP_OIDC_LOGIN": ends.oidc_login,
        "SP_REDIRECT_URI": ends.redirect_uri,
        "SP_ME": ends.me,
    }


@pytest.mark.parametrize("protocol", ["saml", "oidc"])
def test_a_leaver_is_signed_in_nowhere(keyring: Keyring, tmp_path: Path, protocol: str) -> None:
    product = ServiceProvider.open(base_url="http://localhost")
    variables = trust(product, keyring, tmp_path) | {"SP_PROTOCOL": protocol}
    app = Coat(product.wsgi)
    how = api.Playing(
        app=app,
        targets={"": f"http://localhost{product.endpoint(LABEL)}"},
        tokens={"": product.issue_token(LABEL)},
        keyring=keyring,
        host=functools.partial(hosted, keyring),
    )

    (result,) = api.play(api.load(SCENARIOS / "sso-leaver.yaml", idp=["okta"], variables=variables), how)

    assert [failure.message for step in result.steps for failure in step.failures] == []
    assert result.passed
    assert app.events == ["lifespan.startup", "lifespan.shutdown"]
