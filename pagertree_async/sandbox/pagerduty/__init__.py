"""A local PagerDuty on SQLite: the REST API, the schedule entries of API v1, the Events API and the identity server.

```python
with PagerDutySandbox(seed=1) as sandbox:
    client = PagerDuty(sandbox.api_key, region=Region.at("http://127.0.0.1:8000"))
```
"""

from __future__ import annotations

from pagertree_async.sandbox.pagerduty.server import PagerDutySandbox

__all__ = ["PagerDutySandbox"]
