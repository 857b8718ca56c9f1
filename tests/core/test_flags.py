"""Something that happens once, for threads."""

from __future__ import annotations

import threading
import time

from pagertree_async.flags import Flag


def test_what_has_not_happened_is_waited_for_no_longer_than_said() -> None:
    """It tells that it has not, and that it has from then on."""
    flag = Flag()
    assert (False, False) == (flag.is_set(), flag.wait(0.01))
    flag.set()
    assert (True, True, True) == (flag.is_set(), flag.wait(0.01), flag.wait(threading.TIMEOUT_MAX))


def test_everybody_is_told() -> None:
    """However many wait, and however long they were going to, all go on."""
    flag, told = Flag(), list[bool]()
    threads = [threading.Thread(target=lambda: told.append(flag.wait(threading.TIMEOUT_MAX))) for _ in range(20)]
    for thread in threads:
        thread.start()
    time.sleep(0.02)
    flag.set()
    for thread in threads:
        thread.join(10)
    assert [True] * 20 == told
