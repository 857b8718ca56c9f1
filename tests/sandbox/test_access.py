"""Who is let in, and how often."""

from __future__ import annotations

import base64
import json

import pytest

from pagertree_async.sandbox import Sandbox
from tests.sandbox.wire import Clock, Wire


def login(wire: Wire, **body: object) -> tuple[int, object]:
    """A login's status and its token or messages."""
    reply = Wire(wire.sandbox, {}).post("/public/login", body)
    return reply.status, reply.json["token"] if reply.status == 200 else reply.messages


def status(wire: Wire, **headers: str) -> int:
    """What a request with some headers is answered."""
    return Wire(wire.sandbox, {name.replace("_", "-"): value for name, value in headers.items()}).get("/team").status


def test_logging_in_gives_a_token_that_lets_in(wire: Wire) -> None:
    """The token works bare and after Bearer, in any case of letters."""
    code, token = login(wire, username=wire.sandbox.username, password=wire.sandbox.password)
    assert (200, 1) == (code, wire.sandbox.logins)
    assert {200} == {
        status(wire, authorization=f"{scheme}{token}") for scheme in ("", "Bearer ", "bearer ", "BEARER  ")
    }


def test_a_token_is_a_json_web_token(wire: Wire) -> None:
    """A token has a header, claims and a signature; no two are the same."""
    token = wire.sandbox.token()
    header, claims, _ = token.split(".")
    assert {"alg": "HS256", "typ": "JWT"} == json.loads(base64.urlsafe_b64decode(header + "=="))
    assert 1_780_003_600.0 == json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"]
    assert token != wire.sandbox.token()


@pytest.mark.parametrize(
    ("body", "code", "messages"),
    [
        ({}, 400, ["'username' is a required parameter", "'password' is a required parameter"]),
        ({"username": "a"}, 400, ["'password' is a required parameter"]),
        ({"username": 1, "password": "b"}, 400, ["'username' is a required parameter"]),
        ({"username": "a", "password": "b"}, 401, ["The username or the password is wrong"]),
    ],
)
def test_a_login_that_fails(wire: Wire, body: dict[str, object], code: int, messages: list[str]) -> None:
    """What is missing is a 400, what is wrong a 401 that does not tell which of the two."""
    assert (code, messages) == login(wire, **body)


def test_a_wrong_password_does_not_let_in(wire: Wire) -> None:
    """Neither a wrong password nor the kept hash is taken, nor any for a user who has none."""
    sandbox = wire.sandbox
    kept = wire.get("/user", email=sandbox.username).json["data"][0]["password"]
    wire.made("/user", name="n", email="none@x.example")
    for username, password in ((sandbox.username, "x"), (sandbox.username, kept), ("none@x.example", "")):
        assert 401 == login(wire, username=username, password=password)[0]


def test_a_user_made_with_a_password_can_log_in(wire: Wire) -> None:
    """A password is hashed when it is set, by creation or update, and not when it comes back as it was shown."""
    user = wire.made("/user", name="n", email="n@x.example", password="first")
    assert "first" not in json.dumps(user)
    assert 200 == login(wire, username="n@x.example", password="first")[0]
    wire.put(f"/user/{user['id']}", {"password": user["password"]})
    assert 200 == login(wire, username="n@x.example", password="first")[0]
    wire.put(f"/user/{user['id']}", {"password": "second"})
    assert (401, 200) == tuple(login(wire, username="n@x.example", password=word)[0] for word in ("first", "second"))


def test_the_key_and_its_secret_let_in(wire: Wire) -> None:
    """Both headers are needed, and both must be right."""
    key, secret = wire.sandbox.api_key, wire.sandbox.api_secret
    assert 200 == status(wire, x_api_key=key, x_api_secret=secret)
    for headers in (
        {"x_api_key": key},
        {"x_api_secret": secret},
        {"x_api_key": key, "x_api_secret": "x"},
        {"x_api_key": "é", "x_api_secret": secret},
    ):
        assert 401 == status(wire, **headers)


@pytest.mark.parametrize("token", ["", " ", "x", "Bearer", "Bearer ", "a.b.c", "Basic eDp5", "eyJ.e30.", "1"])
def test_what_is_no_token_is_refused(wire: Wire, token: str) -> None:
    """Nothing, and nothing that looks like a token, lets in."""
    assert (401, 401) == (status(wire), status(wire, authorization=token))


def test_a_token_with_a_letter_changed_is_refused(wire: Wire) -> None:
    """Every letter of a token counts."""
    token = wire.sandbox.token()
    for place in range(0, len(token) - 1, 7):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert 401 == status(wire, authorization=changed)


def test_a_token_expires_by_the_clock(clock: Clock) -> None:
    """A token is valid for its time and not a second longer."""
    with Sandbox(size=0, clock=clock, token_ttl=60.0) as sandbox:
        wire = Wire(sandbox)
        clock.now += 59
        assert 200 == wire.get("/team").status
        clock.now += 1
        assert (401, ["The token has expired"]) == (wire.get("/team").status, wire.get("/team").messages)


def test_expiring_tokens_refuses_all_of_them_and_no_new_ones(wire: Wire) -> None:
    """Tokens given so far end for every user, any number of times; those given afterwards work."""
    for _ in range(3):
        mine, others = Wire(wire.sandbox), wire.as_user(Wire(wire.sandbox).ids("/user", limit=2)[1])
        assert (200, 200) == (mine.get("/team").status, others.get("/team").status)
        wire.sandbox.expire_tokens()
        assert (401, 401) == (mine.get("/team").status, others.get("/team").status)
    assert 200 == Wire(wire.sandbox).get("/team").status


def test_there_is_no_token_for_nobody(wire: Wire) -> None:
    """A token for a user who does not exist cannot be made."""
    with pytest.raises(LookupError, match="there is no user 'usr_nobody'"):
        wire.sandbox.token("usr_nobody")


def test_a_deleted_user_is_no_longer_let_in(wire: Wire) -> None:
    """The tokens of a user end with the user."""
    user = wire.ids("/user", limit=2)[1]
    line = wire.as_user(user)
    assert 200 == line.get("/team").status
    assert 204 == wire.delete(f"/user/{user}").status
    assert 401 == line.get("/team").status
    with pytest.raises(LookupError):
        wire.sandbox.token(user)


def test_a_key_without_its_administrator_lets_nobody_in(wire: Wire) -> None:
    """The key stands for the account's first administrator, and ends with that user."""
    line = Wire(wire.sandbox, {"x-api-key": wire.sandbox.api_key, "x-api-secret": wire.sandbox.api_secret})
    assert 204 == line.delete(f"/user/{wire.ids('/user', limit=1)[0]}").status
    assert ["The user of these credentials does not exist any more"] == line.get("/team").messages


def test_only_administrators_delete_users_and_touch_the_account(wire: Wire) -> None:
    """Others get a 403, and nothing happens."""
    user, account = wire.ids("/user", limit=2)[1], wire.get("/user").json["data"][0]["sid"]
    line = wire.as_user(user)
    replies = [
        line.delete(f"/user/{user}"),
        line.delete(f"/account/{account}"),
        line.put(f"/account/{account}", {"name": "x"}),
    ]
    assert [403, 403, 403] == [reply.status for reply in replies]
    assert ["Only an administrator may delete users"] == replies[0].messages
    assert 200 == wire.put(f"/account/{account}", {"name": "x"}).status
    assert 204 == wire.delete(f"/account/{account}").status
    assert 404 == wire.get(f"/account/{account}").status


def test_what_belongs_to_another_account_is_refused(wire: Wire) -> None:
    """An object of another account is a 403, as is making one for it."""
    team = {"id": "tem_other", "sid": "acc_other", "createdAt": "2026-01-01T00:00:00.000Z", "name": "theirs"}
    wire.sandbox._store.insert("team", [(99, team)])
    assert {403} == {
        wire.get("/team/tem_other").status,
        wire.put("/team/tem_other", {}).status,
        wire.delete("/team/tem_other").status,
    }
    assert 403 == wire.post("/team", {"name": "t", "sid": "acc_other"}).status


def test_login_is_the_only_path_without_credentials(wire: Wire) -> None:
    """Credentials are asked for before anything is read or changed."""
    nobody = Wire(wire.sandbox, {})
    replies = [
        nobody("GET", "/team"),
        nobody("POST", "/team", raw=b"{"),
        nobody("DELETE", "/team/x"),
        nobody("GET", "/team/x"),
    ]
    assert {401} == {reply.status for reply in replies}
    assert {"A valid JSON token was not provided"} == {message for reply in replies for message in reply.messages}


def test_requests_above_the_rate_are_refused(clock: Clock) -> None:
    """A burst is let in, then as many as the rate allows; the refusal says how many seconds to wait."""
    with Sandbox(size=0, clock=clock, rate=0.5, burst=3) as sandbox:
        wire = Wire(sandbox)
        assert [200, 200, 200, 429, 429] == [wire.get("/team").status for _ in range(5)]
        reply = wire.get("/team")
        assert ("2", ["Too many requests hit the API too quickly"]) == (reply.headers["retry-after"], reply.messages)
        clock.now += 2
        assert [200, 429] == [wire.get("/team").status for _ in range(2)]
        clock.now -= 1000
        assert 429 == wire.get("/team").status
        clock.now += 2000
        assert [200, 200, 200, 429] == [wire.get("/team").status for _ in range(4)]
        assert [429, 429] == [wire.post("/public/login").status, wire.get("/nowhere").status]
        assert 15 == sandbox.requests.total()


def test_a_refusal_can_be_bare(clock: Clock) -> None:
    """Without retry_after a 429 says nothing of when to come back; without a burst one second's worth is let in."""
    with Sandbox(size=0, clock=clock, rate=2, retry_after=False) as sandbox:
        replies = [Wire(sandbox).get("/team") for _ in range(3)]
        assert [200, 200, 429] == [reply.status for reply in replies]
        assert "retry-after" not in replies[2].headers


@pytest.mark.parametrize("values", [{"rate": 0}, {"rate": -1}, {"burst": 0}, {"size": -1}, {"alerts": -1}])
def test_numbers_out_of_bounds_are_refused(values: dict[str, int]) -> None:
    """A sandbox that cannot be is not made."""
    with pytest.raises(ValueError, match="must"):
        Sandbox(**values)  # pyright: ignore[reportArgumentType]
