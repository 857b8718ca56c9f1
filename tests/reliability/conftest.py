"""A sandbox behind a real socket."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from pagertree_async.sandbox import Sandbox


class Served:
    """A sandbox that is served.

    Args:
        sandbox: The account.
        port: Where it listens.
    """

    def __init__(self, sandbox: Sandbox, port: int) -> None:
        self.sandbox = sandbox
        self.url = f"http://127.0.0.1:{port}"


@pytest.fixture
def served() -> Iterator[Served]:
    """A sandbox behind a port of this machine."""
    with Sandbox(size=50) as sandbox:
        server = uvicorn.Server(uvicorn.Config(sandbox.app, port=0, log_level="warning", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield Served(sandbox, server.servers[0].sockets[0].getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()
