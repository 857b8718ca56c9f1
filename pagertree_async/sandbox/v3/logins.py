"""Who may call API v3: users with a password, tokens, and the account's key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pagertree_async.sandbox.auth import Credentials, Tokens, credentials, password_fits, same, unauthorized
from pagertree_async.sandbox.doors import Answer, Incoming, answered, parsed
from pagertree_async.sandbox.errors import bad_request
from pagertree_async.sandbox.store import Object
from pagertree_async.sandbox.v3.calls import Caller
from pagertree_async.sandbox.v3.records import Records, run_of_tokens


@dataclass(frozen=True, slots=True)
class Logins:
    """Knows callers by what they send.

    Args:
        records: Where the users are.
        tokens: Makes and reads tokens.
        key: The account's API key and its secret.
        admin_id: The user for whom the key stands.
    """

    records: Records
    tokens: Tokens
    key: tuple[str, str]
    admin_id: str

    def login(self, incoming: Incoming) -> Answer:
        """Answer a token to who knows a user's e-mail address and password.

        Args:
            incoming: The request.

        Raises:
            Refusal: 400, when one of them is missing; 401, when they do not fit.
        """
        body = parsed(incoming.body)
        missing = [name for name in ("username", "password") if not isinstance(body.get(name), str)]
        if missing:
            raise bad_request(*(f"'{name}' is a required parameter" for name in missing))
        for user in self.records.store.find("user", "email", body["username"]):
            if password_fits(body["password"], user.get("password") or ""):
                return answered({"token": self.token(user["id"])})
        raise unauthorized("The username or the password is wrong")

    def token(self, user_id: str) -> str:
        """A fresh token, as a login would give it.

        Args:
            user_id: Whose.

        Raises:
            LookupError: There is no such user.
        """
        found = self._run(user_id)
        if found is None:
            message = f"there is no user {user_id!r}"
            raise LookupError(message)
        return self.tokens.make(user_id, found["sequence"])

    def expire(self) -> None:
        """Refuse every token made so far, for all users."""
        store = self.records.store
        with store.transaction():
            for token in store.all("token"):
                token["sequence"] = run_of_tokens(self.records.salt, token["sequence"])
                self.records.save("token", token)

    def caller(self, headers: Mapping[str, str]) -> Caller:
        """Who sent a request.

        Args:
            headers: Its headers, by name in small letters.

        Raises:
            Refusal: 401.
        """
        user_id = self._user_id(credentials(headers))
        user = self.records.store.get("user", user_id)
        if user is None:
            raise unauthorized("The user of these credentials does not exist any more")
        roles: Object = user.get("roles") or {}
        return Caller(user_id, admin=bool(roles.get("admin")))

    def _user_id(self, given: Credentials) -> str:
        if given.key is not None:
            if not (same(given.key[0], self.key[0]) and same(given.key[1], self.key[1])):
                raise unauthorized("The API key or its secret is wrong")
            return self.admin_id
        claims = self.tokens.read(given.token or "")
        found = self._run(claims.sub)
        if found is None or found["sequence"] != claims.sequence:
            raise unauthorized("The token has expired")
        return claims.sub

    def _run(self, user_id: str) -> Object | None:
        return next(iter(self.records.store.find("token", "resource_id", user_id)), None)
