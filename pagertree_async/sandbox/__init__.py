"""A local server that speaks PagerTree's API on SQLite, so that everything runs without an account.

```python
with Sandbox(seed=1, size=1000) as sandbox:
    serve(sandbox.app)  # any ASGI server, or a client that calls the application directly
```
"""

from __future__ import annotations

from pagertree_async.sandbox.server import Sandbox

__all__ = ["Sandbox"]
