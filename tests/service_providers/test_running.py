"""Each service provider that idpsim did not write starts, answers to its own token only, and is gone afterwards."""

import urllib.error
import urllib.request

import pytest

from .install import NAMES
from .running import running, why_not

pytestmark = pytest.mark.thorough


def status(url: str, token: str) -> int:
    request = urllib.request.Request(f"{url}/Users", headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_for_the_time_of_the_block(name: str) -> None:
    if reason := why_not(name):
        pytest.skip(reason)

    with running(name) as sp:
        answers = status(sp.url, sp.token), status(sp.url, "wrong")

    assert answers == (200, 401)
    with pytest.raises(urllib.error.URLError):
        status(sp.url, sp.token)


def test_one_that_does_not_start_shows_its_log(monkeypatch: pytest.MonkeyPatch) -> None:
    if reason := why_not("django-scim2"):
        pytest.skip(reason)
    monkeypatch.setenv("PYTHONHOME", "/nonexistent")

    with pytest.raises(RuntimeError, match="django-scim2 ended with 1"), running("django-scim2"):
        pass


def test_what_is_missing_is_said_and_in_ci_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    monkeypatch.delenv("CI", raising=False)

    assert why_not("better-auth") == "better-auth needs node 20 or newer, which is not on the PATH"

    monkeypatch.setenv("CI", "1")
    with pytest.raises(RuntimeError, match="needs node"):
        why_not("better-auth")
