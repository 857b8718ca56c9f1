"""What the API sends becomes models and loses nothing on the way."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagertree_async.models import Model, OpenEnum, reader
from pagertree_async.params import names_of
from pagertree_async.v3 import models
from tests.v3.samples import COMMON, INCIDENT_META, OBJECTS, OLD

SENT = [(model, sent) for samples in (OBJECTS, OLD) for model, sent in samples.items()]
each_sample = pytest.mark.parametrize(
    ("model", "sent"), SENT, ids=[f"{model.__name__}-{sent['id']}" for model, sent in SENT]
)
each_model = pytest.mark.parametrize("model", OBJECTS, ids=[model.__name__ for model in OBJECTS])

MOMENT = datetime(2018, 4, 27, 0, 2, 50, tzinfo=UTC)

free = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def received(model: type[Model], sent: dict[str, Any]) -> Any:
    """A model decoded from JSON, as a call does it."""
    return reader(model)(json.dumps(sent).encode())


def copies(thing: Any) -> list[Any]:
    """All the ways in which a value is copied."""
    pickled = [pickle.loads(pickle.dumps(thing, protocol)) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)]
    return [copy.copy(thing), copy.deepcopy(thing), *pickled]


def test_every_model_has_a_sample() -> None:
    """No resource's model is left out of these tests."""
    classes = {getattr(models, name) for name in models.__all__}
    resources = {one for one in classes if issubclass(one, models.Resource)} - {models.Resource}
    assert resources == set(OBJECTS)


@each_model
def test_a_complete_object_fills_every_attribute(model: type[Model]) -> None:
    """The sample has each field, and each becomes an attribute unless it is null."""
    sent = OBJECTS[model]
    assert set(sent) == set(model.__struct_encode_fields__)
    thing = received(model, sent)
    assert {} == thing.extra
    filled = {wire for name, wire in names_of(model).items() if getattr(thing, name) is not None}
    assert {name for name, value in sent.items() if value is not None} == filled


@each_sample
def test_gives_back_what_was_sent(model: type[Model], sent: dict[str, Any]) -> None:
    """``to_dict`` is what was sent, and ``to_json`` its very bytes."""
    body = json.dumps(sent, indent=1).encode()
    thing = reader(model)(body)
    assert (sent, body) == (thing.to_dict(), thing.to_json())


@each_sample
def test_unknown_fields_are_kept(model: type[Model], sent: dict[str, Any]) -> None:
    """What this version does not know is in ``extra``, and in what is given back."""
    more = {"brand_new": {"a": [1, None]}, "other": "x"}
    thing = received(model, sent | more)
    assert (more, sent | more) == (thing.extra, thing.to_dict())


@each_sample
def test_copies_lose_nothing(model: type[Model], sent: dict[str, Any]) -> None:
    """Copies are equal, of the same class, and give back what was sent."""
    thing = received(model, sent | {"brand_new": 1})
    for other in copies(thing):
        assert (model, thing, repr(thing)) == (type(other), other, repr(other))
        assert (thing.to_json(), {"brand_new": 1}) == (other.to_json(), other.extra)


@each_model
def test_nothing_but_an_id_will_do(model: type[Model]) -> None:
    """An object that has just its id, as a list with few selected attributes sends it, has None for the rest."""
    thing = received(model, {"id": "x_1"})
    assert {"id"} == {name for name in model.__struct_fields__ if getattr(thing, name) is not None}


@each_model
def test_nulls_are_nothing(model: type[Model]) -> None:
    """Every field may be null."""
    thing = received(model, dict.fromkeys(OBJECTS[model]) | {"id": "x_1"})
    assert {"id"} == {name for name in model.__struct_fields__ if getattr(thing, name) is not None}


@each_model
def test_common_attributes(model: type[Model]) -> None:
    """Every object has its identity and its times; an object that was never changed has no ``updated_at``."""
    thing = received(model, OBJECTS[model])
    assert ("acc_H1fh_yx6z", 1, COMMON["meta"]) == (thing.sid, thing.tiny_id, thing.meta)
    assert MOMENT + timedelta(microseconds=419_000) == thing.created_at
    assert timedelta(hours=2) == thing.updated_at.utcoffset()
    new = received(model, {name: value for name, value in OBJECTS[model].items() if name != "updatedAt"})
    assert None is new.updated_at


MOMENTS = [
    (model, name)
    for model in OBJECTS
    for name in model.__struct_fields__
    if any("UnixTime" in str(vars(owner).get("__annotations__", {}).get(name)) for owner in model.__mro__)
]


@pytest.mark.parametrize(("model", "name"), MOMENTS, ids=[f"{model.__name__}.{name}" for model, name in MOMENTS])
@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (1524787370, MOMENT),
        (1524787370.5, MOMENT + timedelta(seconds=0.5)),
        ("2018-04-27T00:02:50.000Z", MOMENT),
        ("2018-04-27T02:02:50+02:00", MOMENT),
        ("2018-04-27T00:02:50", MOMENT),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_moments_are_aware_in_whatever_form(model: type[Model], name: str, sent: Any, expected: datetime) -> None:
    """Seconds since 1970, with a fraction or not, and ISO 8601 are the same moments; given back as they came."""
    thing = received(model, {"id": "x_1", name: sent})
    assert (expected, True) == (getattr(thing, name), getattr(thing, name).tzinfo is not None)
    assert sent == thing.to_dict()[name]


def test_the_moments_are_those_of_the_reference() -> None:
    """Each field that the reference counts in seconds is read as a moment."""
    alert = {"created", "acknowledged", "resolved", "archived"}
    expected = {
        models.Account: {"setup_complete"},
        models.Alert: alert,
        models.Broadcast: alert,
        models.Incident: alert | {"lastlogin"},
        models.Event: {"start", "end", "repeatend"},
        models.Notification: {"sent", "delivered"},
        models.User: {"email_verfied", "phone_verified", "lastlogin"},
    }
    assert {(model, name) for model, names in expected.items() for name in names} == set(MOMENTS)


ENUMS = [
    (models.Alert, "status", models.AlertStatus),
    (models.Alert, "urgency", models.Urgency),
    (models.Alert, "subtype", models.AlertSubtype),
    (models.Broadcast, "status", models.AlertStatus),
    (models.Incident, "urgency", models.Urgency),
    (models.Event, "frequency_unit", models.FrequencyUnit),
    (models.Integration, "urgency", models.Urgency),
    (models.Log, "subtype", models.Direction),
    (models.Notification, "channel", models.Channel),
    (models.Notification, "direction", models.Direction),
    (models.Router, "type", models.RouterType),
]


@pytest.mark.parametrize(("model", "name", "enum"), ENUMS)
def test_enums_take_what_they_do_not_know(model: type[Model], name: str, enum: type[OpenEnum]) -> None:
    """Each known value is its member; an unknown one is a member too, equal to its text, and survives copies."""
    for member in enum:
        assert member is getattr(received(model, {"id": "x_1", name: str(member)}), name)
    thing = received(model, {"id": "x_1", name: "brand-new"})
    for other in [thing, *copies(thing)]:
        assert (enum, "brand-new") == (type(getattr(other, name)), getattr(other, name))


def test_parts_are_typed() -> None:
    """Objects within objects have attributes of their own, their moments read like any other."""
    account = received(models.Account, OBJECTS[models.Account])
    assert (True, "saml", "t-1") == (account.sso.enabled, account.sso.type, account.sso.tenant_id)
    assert {"subject": "{{title}}"} == account.notification_templates["alert_page"].email
    event = received(models.Event, OBJECTS[models.Event])
    assert (MOMENT, True) == (event.next.start, event.next.started)
    user = received(models.User, OBJECTS[models.User])
    assert (True, "en", 1) == (
        user.preferences.alert_push,
        user.preferences.locale,
        user.preferences.ui_calendar_firstday,
    )
    assert (True, False) == (user.roles.broadcast, user.roles.admin)
    schedule = received(models.Schedule, OBJECTS[models.Schedule])
    assert [(1, 15), (2, 7.5)] == [(rule.layer, rule.timeout) for rule in schedule.rules]
    assert received(models.Stakeholder, OBJECTS[models.Stakeholder]).events.alert_dropped


def test_what_a_part_does_not_know_is_given_back() -> None:
    """Unknown fields within typed parts are in ``to_dict`` and survive copies."""
    sent = {"id": "usr_1", "preferences": {"alert_push": True, "alert_pigeon": {"loft": 3}}}
    thing = received(models.User, sent)
    assert all(sent == other.to_dict() for other in [thing, *copies(thing)])


@pytest.mark.parametrize(
    ("sent", "expected"), [("skd_1", ["skd_1"]), (["skd_1", "skd_2"], ["skd_1", "skd_2"]), (None, [])]
)
def test_schedules_of_an_event_in_both_forms(sent: Any, expected: list[str]) -> None:
    """``schedule_id`` is a text or a list, as it came; ``schedule_ids`` is always a list."""
    event = received(models.Event, {"id": "evt_1", "schedule_id": sent})
    assert (sent, expected) == (event.schedule_id, event.schedule_ids)


@pytest.mark.parametrize(
    "sent", [[1524787370], ["skip"], [{"start": 1524787370}], [{"start": "2018-04-27T00:02:50Z", "event_id": "evt_2"}]]
)
def test_exceptions_of_an_event_in_both_forms(sent: Any) -> None:
    """What an event leaves out is seconds or objects; either way its times are moments."""
    if sent == ["skip"]:
        sent = [{"event_id": "evt_2"}, 1524787370, {"start": None}]
    assert [MOMENT] == received(models.Event, {"id": "evt_1", "exceptions": sent}).exception_times


def test_an_event_without_exceptions() -> None:
    """Nothing is left out where the API sends nothing."""
    assert [] == received(models.Event, {"id": "evt_1"}).exception_times


def test_occurrences_of_an_event_are_different_rows() -> None:
    """Two occurrences of a repeated event have the same id and are not the same row; other objects go by their id."""
    first, second = (received(models.Event, {"id": "evt_1", "start": start, "end": 9}) for start in (1, 2))
    assert (first.id, False) == (second.id, first.row_key == second.row_key)
    assert "tem_1" == received(models.Team, {"id": "tem_1"}).row_key


@pytest.mark.parametrize("sent", [{"acknowledgedby": "usr_1"}, {"acknowledgeby": "usr_1"}])
def test_who_acknowledged_in_both_spellings(sent: dict[str, str]) -> None:
    """The two spellings of the attribute say the same."""
    assert "usr_1" == received(models.Alert, {"id": "alt_1"} | sent).acknowledged_by


@pytest.mark.parametrize("model", [models.Alert, models.Incident])
def test_what_is_told_of_an_incident(model: type[models.Alert]) -> None:
    """An alert knows from its ``meta`` whether it is an incident, how severe, and what is told about it."""
    flagged = received(model, {"id": "alt_1", "meta": INCIDENT_META})
    assert (True, models.Severity.SEV_2, "checkout is down") == (
        flagged.is_incident,
        flagged.severity,
        flagged.incident_message,
    )
    assert "SEV-9" == received(model, {"id": "alt_1", "meta": {"incident_severity": "SEV-9"}}).severity
    for meta in (None, {}, {"incident": False, "incident_severity": None, "incident_message": 5}):
        plain = received(model, {"id": "alt_1", "meta": meta})
        assert (False, None, None) == (plain.is_incident, plain.severity, plain.incident_message)


def test_an_incident_is_an_alert() -> None:
    """What takes an alert takes an incident."""
    assert isinstance(received(models.Incident, OBJECTS[models.Incident]), models.Alert)


def test_the_sender_of_a_notification() -> None:
    """``from`` is a word of Python's, so the attribute is ``from_``; the wire's name stays on the wire."""
    notification = received(models.Notification, OBJECTS[models.Notification])
    assert ("+15550100", "+15550100") == (notification.from_, notification.to_dict()["from"])
    built = models.Notification(id="ntf_1", from_="+15550100")
    assert {"id": "ntf_1", "from": "+15550100"} == built.to_dict()


@pytest.mark.parametrize("code", ["431978", 431978])
def test_secrets_are_hidden_and_left_out(code: Any) -> None:
    """A user's hash and code are not shown, can be left out, and can be had by who asks for them."""
    sent = OBJECTS[models.User] | {"verificationcode": code, "brand_new": 1}
    thing = received(models.User, sent)
    built = models.User(id="usr_1", password="$2a$10$a-hash", verificationcode=code)
    for user in (thing, built, *copies(thing), *copies(built)):
        assert not [shown for shown in (repr(user), str(user), f"{user!r}") if "a-hash" in shown or "431978" in shown]
        assert "password='***'" in repr(user)
        assert not {"password", "verificationcode"} & set(user.to_dict(secrets=False))
        assert b"a-hash" not in user.to_json(secrets=False)
        assert b"431978" not in user.to_json(secrets=False)
        assert ("$2a$10$a-hash", code) == (user.password, user.verificationcode)
        assert ("$2a$10$a-hash", code) == (user.to_dict()["password"], user.to_dict()["verificationcode"])
    rest = {name: value for name, value in sent.items() if name not in {"password", "verificationcode"}}
    assert (rest, rest) == (thing.to_dict(secrets=False), json.loads(thing.to_json(secrets=False)))


@each_model
def test_models_that_were_made_by_hand(model: type[Model]) -> None:
    """A model made of arguments is equal to its copies, and to what its JSON becomes."""
    sent = OBJECTS[model]
    attributes = {name: getattr(received(model, sent), name) for name in model.__struct_fields__}
    built = model(**attributes)
    for other in copies(built):
        assert (model, built, built.to_dict()) == (type(other), other, other.to_dict())
    again = reader(model)(built.to_json())
    assert attributes == {name: getattr(again, name) for name in model.__struct_fields__}
    assert {} == built.extra


@each_model
def test_models_do_not_change(model: type[Model]) -> None:
    """An attribute cannot be set."""
    with pytest.raises(AttributeError):
        received(model, OBJECTS[model]).id = "other"


def test_lists_that_are_not_paged_lose_nothing() -> None:
    """Each object of a plain array keeps what it was sent with."""
    events = reader(list[models.Event])(b'[{"id": "evt_1", "brand_new": 1}, {"id":"evt_2"}]')
    assert [({"brand_new": 1}, b'{"id": "evt_1", "brand_new": 1}'), ({}, b'{"id":"evt_2"}')] == [
        (event.extra, event.to_json()) for event in events
    ]


@given(
    model=st.sampled_from(list(OBJECTS)),
    unknown=st.dictionaries(st.text(), free, max_size=5),
    meta=st.none() | st.dictionaries(st.text(), free, max_size=3),
)
def test_any_json_survives(model: type[Model], unknown: dict[str, Any], meta: dict[str, Any] | None) -> None:
    """Whatever JSON comes in unknown fields and free-form ones is there after decoding, copying and pickling."""
    known = set(model.__struct_encode_fields__)
    sent = {name: value for name, value in unknown.items() if name not in known} | {"id": "x_1", "meta": meta}
    thing = received(model, sent)
    for other in (thing, copy.deepcopy(thing), pickle.loads(pickle.dumps(thing))):
        assert (sent, meta) == (other.to_dict(), other.meta)
        assert {name: value for name, value in sent.items() if name not in known} == other.extra
