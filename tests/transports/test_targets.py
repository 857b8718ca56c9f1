"""What is asked for at a target, and the memory that answers leave behind."""

from __future__ import annotations

import platform
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagertree_async.errors import InvalidArgumentError
from pagertree_async.http import Request
from pagertree_async.transports._targets import requested

FAULTS = """
import resource
from pagertree_async.transports import _heap
if {keeps}:
    _heap.keep()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(50):
    parts = [b"x" * 60_000 for _ in range(40)]
    del parts
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@given(
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(["h", "h:81", "[::1]:80", "a.b"]),
    st.text(alphabet="/?#&=;:@.a1%-", max_size=12).filter(lambda rest: not rest or rest[0] in "/?#"),
)
def test_what_is_requested_is_what_stands_in_the_url(scheme: str, netloc: str, rest: str) -> None:
    """Path and query are those that a parser of URLs finds."""
    url = f"{scheme}://{netloc}{rest}"
    parts = urlsplit(url)
    expected = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    assert expected == requested(Request(method="GET", url=url))


@pytest.mark.parametrize("url", ["http://h/a b", "http://h/\n", "http://h/ü", ""])
def test_what_cannot_be_requested_is_refused(url: str) -> None:
    """A URL with what must be quoted is refused."""
    with pytest.raises(InvalidArgumentError, match="must be quoted"):
        requested(Request(method="GET", url=url))


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told so")
def test_memory_is_kept_for_the_next_answer() -> None:
    """With the heap kept, pages that come and go take no memory anew; without, every one of them does."""

    def faults(*, keeps: bool) -> int:
        done = subprocess.run(
            [sys.executable, "-c", FAULTS.format(keeps=keeps)], check=True, capture_output=True, text=True
        )
        return int(done.stdout)

    assert 10 * faults(keeps=True) < faults(keeps=False)
