"""API keys: each an account user's, and signed so that none need be kept."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from pagertree_async.sandbox.auth import same, unauthorized
from pagertree_async.sandbox.v4.records import Records

_ULID = 26


@dataclass(frozen=True, slots=True)
class Keys:
    """Makes and knows API keys.

    Args:
        secret: What they are signed with.
    """

    secret: bytes

    def make(self, person_id: str) -> str:
        """The key of an account user.

        Args:
            person_id: The account user.
        """
        digest = hmac.digest(self.secret, person_id.encode(), "sha256")
        return person_id + base64.urlsafe_b64encode(digest).decode()[:_ULID].replace("-", "x").replace("_", "y")

    def caller(self, records: Records, headers: Mapping[str, str]) -> str:
        """The account user whose key a request has.

        Args:
            records: Where the account users are.
            headers: The request's headers, by name in small letters.

        Raises:
            Refusal: 401.
        """
        scheme, _, key = headers.get("authorization", "").strip().partition(" ")
        if scheme.lower() not in ("bearer", "token") or not key.strip():
            raise unauthorized("Unauthorized: send an API key as Authorization: Bearer <api key>")
        person_id = key.strip()[:_ULID]
        if not same(key.strip(), self.make(person_id)) or records.get("account_users", person_id) is None:
            raise unauthorized("Unauthorized: the API key is invalid")
        return person_id
