"""Golden files: what a vendor sends, kept as text under `golden/` and read in the diff."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from idpsim.wire import Request

ROOT = Path(__file__).parent / "golden"


@dataclass(frozen=True)
class Golden:
    """Compares a text with its golden file, or writes the file anew where `rewrite` is set."""

    rewrite: bool
    root: Path = ROOT

    def __call__(self, relative_path: str, text: str) -> None:
        path = self.root / relative_path
        if self.rewrite:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
            return
        assert path.exists(), f"{path} is missing: write it with pytest --rewrite-golden"
        assert text == path.read_bytes().decode(), f"not what {path} holds; pytest --rewrite-golden accepts it"


def http(requests: Iterable[Request]) -> str:
    """Requests as they leave: request line, headers in their order, an empty line, the body; `###` between two."""
    return "\n###\n".join(_message(request) for request in requests)


def _message(request: Request) -> str:
    _, slashes, rest = request.url.partition("://")
    _, slash, target = rest.partition("/") if slashes else ("", "/", request.url.removeprefix("/"))
    lines = [f"{request.method} {slash or '/'}{target} HTTP/1.1", *(f"{k}: {v}" for k, v in request.headers), ""]
    return "\n".join([*lines, *([request.body.decode()] if request.body is not None else [])]) + "\n"
