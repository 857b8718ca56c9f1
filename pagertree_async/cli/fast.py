"""Which transport carries a command's requests, and on which event loop: the fastest that are there, or those asked for."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from pagertree_async.cli.exits import CommandError
from pagertree_async.cli.nearest import asked

if TYPE_CHECKING:
    from pagertree_async.cli.connect import Target

TRANSPORTS = ("httpx", "httpx2", "aiohttp", "pyreqwest")
"""The transports by name, the one that is always there first."""
FASTEST = "aiohttp"
"""The one that reads many pages fastest; it comes with the extra ``fast``."""
AWAITED = frozenset({"pyreqwest"})
"""Those that cannot block: a command that does has them run in a thread."""
PORTAL = "portal:"
UVLOOP = "uvloop"
LOOPS = ("asyncio", UVLOOP)
"""The event loops by name, the usual one first."""
INSIDE = "no network: the sandbox is in this process"


def transport(target: Target, *, many: bool) -> str:
    """The name of the transport.

    Args:
        target: What the command was told.
        many: Whether many requests are under way at a time, as in an export: then the fastest that is there is taken.
    """
    if target.transport is not None:
        return target.transport
    return FASTEST if many and find_spec(FASTEST) is not None else TRANSPORTS[0]


def blocking(target: Target) -> str:
    """The name of the transport for a command that makes one call after another."""
    name = transport(target, many=False)
    return f"{PORTAL}{name}" if name in AWAITED else name


def checked(target: Target) -> None:
    """Refuse names that are none, and libraries that are not there.

    Raises:
        CommandError: There is no such transport, or no such loop, or it is not installed.
    """
    for option, name, known in (("--transport", target.transport, TRANSPORTS), ("--loop", target.loop, LOOPS)):
        if name is not None and name not in known:
            message = f"{option}: {name!r} is none of {', '.join(known)}{asked(name, known)}"
            raise CommandError(message)
        if name not in {None, TRANSPORTS[0], LOOPS[0]} and find_spec(str(name)) is None:
            message = f"{option} {name} needs a library that is not installed"
            raise CommandError(message, hint=f"pip install 'pagertree-async[{name}]'")


def running(target: Target) -> dict[str, Any]:
    """How ``anyio.run`` is to be called, so that it uses the event loop asked for.

    Raises:
        CommandError: There is none of its name, or it is not installed.
    """
    checked(target)
    if target.loop != UVLOOP:
        return {}
    import uvloop

    return {"backend_options": {"loop_factory": uvloop.new_event_loop}}


def told(target: Target, *, many: bool) -> str:
    """Which transport and which loop it is, in words."""
    if target.sandbox:
        return INSIDE
    return transport(target, many=many) + (f" on {UVLOOP}" if many and target.loop == UVLOOP else "")
