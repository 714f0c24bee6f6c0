"""A local identity provider for people who build software that customers connect to Okta, Entra ID or OneLogin."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from idpsim.api.client import Client, client
    from idpsim.api.explaining import explain
    from idpsim.api.played import Failed, Played
    from idpsim.api.runs import load, run
    from idpsim.api.served import Served, serve
    from idpsim.api.target import Target
    from idpsim.directory import Group, Person
    from idpsim.errors import IdpsimError, ScenarioError, TargetError, UsageError
    from idpsim.scenario.load import Scenario
    from idpsim.scenario.results import RunResult

__version__ = "0.1.0"
__all__ = [
    "Client",
    "Failed",
    "Group",
    "IdpsimError",
    "Person",
    "Played",
    "RunResult",
    "Scenario",
    "ScenarioError",
    "Served",
    "Target",
    "TargetError",
    "UsageError",
    "__version__",
    "client",
    "explain",
    "load",
    "run",
    "serve",
]
_WHERE = {
    "idpsim.api.client": ("Client", "client"),
    "idpsim.api.explaining": ("explain",),
    "idpsim.api.played": ("Failed", "Played"),
    "idpsim.api.runs": ("load", "run"),
    "idpsim.api.served": ("Served", "serve"),
    "idpsim.api.target": ("Target",),
    "idpsim.directory": ("Group", "Person"),
    "idpsim.errors": ("IdpsimError", "ScenarioError", "TargetError", "UsageError"),
    "idpsim.scenario.load": ("Scenario",),
    "idpsim.scenario.results": ("RunResult",),
}


def __getattr__(name: str) -> object:
    """What is public, imported when it is asked for."""
    module = next((module for module, names in _WHERE.items() if name in names), None)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found: object = getattr(import_module(module), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
