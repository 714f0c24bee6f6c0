"""The identity provider of Python's `with` block is up on a socket, and is the one that people sign in to."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
import requests

import idpsim
from idpsim import Failed, Served, Target, TargetError, UsageError
from idpsim.profiles import all_profiles, all_sign_ons
from idpsim.serving import serving
from idpsim.signing.hosting import hosted
from idpsim.signing.keyring import Keyring
from idpsim.sp import ServiceProvider, Switches, Trust
from idpsim.sso.keys import Keys, make
from idpsim.sso.provider import IdentityProvider, app_of
from tests.service_providers.running import free_port

PROFILES = tuple(all_profiles())


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with idpsim.serve() as it:
        yield it


@pytest.mark.parametrize("idp", PROFILES)
def test_what_service_providers_fetch_is_what_it_says_of_itself(served: Served, idp: str) -> None:
    metadata = requests.get(served.metadata_url(idp), timeout=5)
    discovered = requests.get(served.discovery_url(idp), timeout=5).json()

    assert metadata.content == served.metadata(idp)
    assert served.entity_id(idp) in metadata.text
    assert served.sso_url(idp) in metadata.text
    assert "".join(served.certificate(idp).split()[2:-2])[:60] in "".join(metadata.text.split())
    assert discovered["issuer"] == served.issuer(idp)
    assert requests.get(discovered["jwks_uri"], timeout=5).json()["keys"]


def test_another_app_has_values_of_its_own(served: Served) -> None:
    assert served.client_id("okta", "other") != served.client_id("okta")
    assert requests.get(served.metadata_url("okta", "other"), timeout=5).content == served.metadata("okta", "other")


def test_each_is_on_a_port_of_its_own_and_gone_at_the_end() -> None:
    with idpsim.serve() as one, idpsim.serve() as two:
        urls = {one.url, two.url}
        answers = [requests.get(f"{url}/.idpsim", timeout=5).json()["base"] for url in (one.url, two.url)]

    assert len(urls) == 2
    assert set(answers) == urls
    with pytest.raises(requests.ConnectionError):
        requests.get(one.url, timeout=5)
    with pytest.raises(UsageError, match="this identity provider is closed: it is up within its with block only"):
        idpsim.client("okta", server=one)


def test_keys_of_a_folder_are_the_same_at_every_start(tmp_path: Path) -> None:
    list(make(tmp_path, [app_of(all_sign_ons()["okta"])]))

    with idpsim.serve(certs=str(tmp_path)) as one:
        first = one.certificate("okta")
    with idpsim.serve(certs=str(tmp_path)) as two:
        second = two.certificate("okta")

    assert first == second


def test_it_listens_where_it_is_told_to() -> None:
    url = f"http://localhost:{free_port()}"

    with idpsim.serve(f"{url}/", host="127.0.0.1") as it:
        base = requests.get(f"{url}/.idpsim", timeout=5).json()["base"]

    assert (base, it.url) == (url, url)


def test_an_address_that_is_taken_is_refused(served: Served) -> None:
    with pytest.raises(UsageError, match="the identity provider cannot listen on localhost"), idpsim.serve(served.url):
        pass


@pytest.mark.parametrize("url", ["localhost:8765", "http://localhost:8765/path", "ftp://localhost"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(UsageError, match="the identity provider's address is http://HOST:PORT"):
        idpsim.serve(url)


def test_how_it_is_shown_holds_no_secret(served: Served) -> None:
    assert repr(served) == f"<Served {served.url}>"


@pytest.mark.parametrize("protocol", ["saml", "oidc"])
def test_people_sign_in_to_an_application_that_asks_it_over_http(served: Served, protocol: str) -> None:
    target, sso = _application(served, protocol)

    with idpsim.client("okta", target, sso=sso, server=served) as okta:
        ada = okta.person("ada")
        okta.assign(ada)
        played = okta.sign_in(ada, expect="signed-in")
        with pytest.raises(Failed, match="refused"):
            okta.sign_in(ada, expect="refused")
        out = okta.sign_out(ada)

    assert (played.outcome, out.outcome, okta.left) == ("done", "done", ())
    assert any(each.request.url.startswith(served.url) for each in played.exchanges)


def test_the_apps_of_a_client_are_gone_again_at_its_end(served: Served) -> None:
    target, sso = _application(served, "saml")

    for _ in range(2):
        with idpsim.client("okta", target, sso=sso, server=served) as okta:
            okta.sign_in(okta.person("ada"))
            okta.rotate_certificate()

    with served.lent() as lent:
        lent.register("okta", "idpsim", None, {})


def test_two_clients_of_one_vendor_need_two_names(served: Served) -> None:
    target, sso = _application(served, "saml")
    clients = [idpsim.client(name, target, sso=sso, server=served) for name in ("okta", "okta-aiw")]

    with clients[0] as okta, clients[1] as other:
        okta.sign_in(okta.person("ada"))
        other.person("grace")
        with pytest.raises(UsageError, match="another run has the app idpsim"):
            other.sign_in("grace")


def test_another_run_is_waited_for_while_there_is_patience() -> None:
    port = free_port()
    with ExitStack() as first:
        first.enter_context(_other_process(port))
        ends = Timer(0.5, first.pop_all().close)
        ends.start()
        with hosted(Keyring(f"http://localhost:{port}", "", patience=20.0)) as host:
            ours = isinstance(host, IdentityProvider)
        ends.join()

    assert ours


def test_without_patience_another_run_is_told_of_at_once() -> None:
    port = free_port()

    with _other_process(port), pytest.raises(UsageError, match="another run of idpsim serves"):
        hosted(Keyring(f"http://localhost:{port}", "")).__enter__()


def test_a_run_of_this_process_is_not_waited_for() -> None:
    keyring = Keyring(f"http://localhost:{free_port()}", "", patience=600.0)

    with hosted(keyring), pytest.raises(UsageError, match="another run of idpsim serves"):
        hosted(keyring).__enter__()


def test_a_service_provider_that_cannot_be_reached_is_told_at_the_first_event() -> None:
    target = Target(f"http://localhost:{free_port()}/scim", token="t0p-s3cret")

    with idpsim.client("okta", target) as okta, pytest.raises(TargetError, match="cannot be reached at") as refused:
        okta.connect()

    assert "t0p-s3cret" not in str(refused.value)


def test_a_target_that_is_left_out_is_that_of_the_file(tmp_path: Path) -> None:
    url = f"http://localhost:{free_port()}/scim"
    people = "{people: {ada: {userName: ada@sp.test, givenName: Ada, familyName: Example}}}"
    file = tmp_path / "elsewhere.yaml"
    file.write_text(f"target: {{scim: '{url}'}}\ndirectory: {people}\nsteps: [{{assign: ada}}]\n")

    with pytest.raises(TargetError, match=f"cannot be reached at {url}"):
        idpsim.run(file, idp="okta")
    results = idpsim.run(file, idp="okta", target="embedded")

    assert [each.passed for each in results] == [True]


def _failing() -> None:
    """What a process of a pool runs."""
    with idpsim.client("okta", {"embedded": {"accept_and_forget": True}}) as okta:
        okta.assign(okta.person("ada"), expect={"user": {"title": "Countess"}})


def test_a_failure_in_a_pool_of_processes_is_shown_with_its_report() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool, pytest.raises(Failed) as failed:
        pool.submit(_failing).result()

    assert "FAIL  assign ada" in str(failed.value)
    assert failed.value.played.sent


def test_a_service_provider_is_played_over_http_and_the_failure_is_repeated_with_curl() -> None:
    provider = ServiceProvider(Switches(accept_and_forget=True))
    token = provider.issue_token("okta")

    with serving(provider.wsgi, "127.0.0.1", 0) as port:
        target = Target(f"http://127.0.0.1:{port}{provider.endpoint('okta')}", token=token)
        with idpsim.client("okta", target, again="pytest test_sp.py") as okta, pytest.raises(Failed) as failed:
            okta.assign(okta.person("ada"))

    assert "again  curl " in str(failed.value)
    assert token not in str(failed.value)


def _application(served: Served, protocol: str) -> tuple[Target, dict[str, Any]]:
    """A service provider as an application, told of the identity provider by what it fetches there."""
    provider = ServiceProvider.open(base_url="http://localhost")
    ends = provider.sign_in_endpoints("okta")
    sso: dict[str, Any] = {"protocol": protocol, "logout": ends.logout, "shows": {"url": ends.me, "at": ["userName"]}}
    if protocol == "saml":
        provider.configure_sso(Trust.saml(requests.get(served.metadata_url("okta"), timeout=5).content), "okta")
        sso |= {"login": ends.saml_login, "saml": {"entity_id": ends.entity_id, "acs": ends.acs, "slo": ends.slo}}
    else:
        trust = Trust.oidc(served.discovery_url("okta"), served.client_id("okta"), served.client_secret("okta"))
        provider.configure_sso(trust, "okta")
        uris = {"redirect_uris": ends.redirect_uri, "post_logout_redirect_uris": ends.post_logout_redirect_uri}
        sso |= {"login": ends.oidc_login, "oidc": uris}
    return Target(provider.wsgi, provider.endpoint("okta"), token=provider.issue_token("okta")), sso


@contextmanager
def _other_process(port: int) -> Iterator[None]:
    """What a run of another process would answer at the address."""
    provider = IdentityProvider(all_sign_ons().values(), Keys(), base=f"http://localhost:{port}")
    provider.of_run = True
    with serving(provider.wsgi, "127.0.0.1", port):
        yield
