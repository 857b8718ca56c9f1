"""What the README shows is run: every block of Python, against a sandbox that is served on this machine."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from pagertree_async.sandbox import Sandbox

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Sandbox, str]]:
    """A sandbox behind a real port."""
    with Sandbox() as sandbox:
        server = uvicorn.Server(uvicorn.Config(sandbox.app, port=0, log_level="warning", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield sandbox, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.mark.parametrize("source", BLOCKS, ids=[f"block-{number}" for number in range(len(BLOCKS))])
def test_every_block_of_python_runs(source: str, served: tuple[Sandbox, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block is run by itself, with the credentials of a sandbox in the environment."""
    sandbox, url = served
    monkeypatch.setenv("PAGERTREE_BASE_URL", url)
    if "pagertree_async.v4" in source:
        monkeypatch.setenv("PAGERTREE_API_KEY", sandbox.v4_api_key)
    else:
        monkeypatch.setenv("PAGERTREE_TOKEN", sandbox.token())
    space: dict[str, object] = {"__name__": "readme"}
    exec(compile(source, "README.md", "exec"), space)  # noqa: S102 - the README is ours
    if "lifespan" in space:
        _page_somebody(space["app"], sandbox)
    elif "app" in space:
        _tell_what_happened(space["app"])


def _tell_what_happened(app: object) -> None:
    from fastapi.testclient import TestClient

    with TestClient(app) as browser:  # type: ignore[arg-type]
        happened = {"type": "alert.resolved", "data": {"id": "alt_1", "title": "disk full", "resolvedby": "usr_1"}}
        assert 200 == browser.post("/pagertree", json=happened).status_code
        assert 400 == browser.post("/pagertree", content=b"not JSON").status_code


def _page_somebody(app: object, sandbox: Sandbox) -> None:
    from fastapi.testclient import TestClient

    from pagertree_async import PagerTree

    with PagerTree() as client:
        team = client.teams.list(limit=1).first().data[0]
    before = sandbox.count("alert")
    with TestClient(app) as browser:  # type: ignore[arg-type]
        answer = browser.post("/page", params={"title": "disk full", "team": team.id})
    assert 200 == answer.status_code
    assert before + 1 == sandbox.count("alert")


def test_the_first_two_commands_install_the_main_job_and_the_tests() -> None:
    """The first two fenced commands are one line each: the main job on the sandbox, then the tests."""
    commands = re.findall(r"^```sh\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert [
        "python -m pip install '.[cli]' && pagertree-async export --sandbox -o export\n",
        "python -m pip install '.[test]' && python -m pytest\n",
    ] == commands[:2]
