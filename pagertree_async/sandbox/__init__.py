"""A local server that speaks PagerTree's API on SQLite, so that everything runs without an account.

```python
with Sandbox(seed=1, size=1000) as sandbox:
    serve(sandbox.app)  # any ASGI server, or a client that calls the application directly
```
"""

from __future__ import annotations

try:
    from pagertree_async.sandbox.server import Sandbox
except ModuleNotFoundError as _error:
    if _error.name is None or _error.name.startswith("pagertree_async"):
        raise
    _message = f"the sandbox needs {_error.name}: pip install 'pagertree-async[sandbox]'"
    raise ModuleNotFoundError(_message, name=_error.name) from _error

__all__ = ["Sandbox"]
