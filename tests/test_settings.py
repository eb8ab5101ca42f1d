"""Settings: defaults, environment, what is refused."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from tocsin.errors import SettingError
from tocsin.records.marking import TLP_ORDER
from tocsin.settings import CHOICES, LEAST, MOST, Secret, Settings, find_strange_names, list_settings, load_settings


def test_without_anything_the_defaults_hold() -> None:
    assert load_settings({}) == Settings()


def test_the_environment_outranks_defaults_and_the_call_outranks_both() -> None:
    environ = {"TOCSIN_PORT": "9000", "TOCSIN_HOST": "::1", "TOCSIN_HOME": "/desk"}
    settings = load_settings(environ, port=9001, host=None)
    assert (settings.port, settings.host, settings.home) == (9001, "::1", Path("/desk"))


@pytest.mark.parametrize(("raw", "value"), [("yes", True), ("1", True), ("no", False), ("FALSE", False)])
def test_booleans_are_words(raw: str, value: bool) -> None:
    assert load_settings({"TOCSIN_FETCH_PRIVATE": raw}).fetch_private is value


@pytest.mark.parametrize(
    ("name", "raw", "why"),
    [
        ("PORT", "many", "must be of type int"),
        ("FETCH_PRIVATE", "perhaps", "must be of type bool"),
        ("POLL_MINUTES", "5", "must be at least 15"),
        ("NAMING_POLICY", "mine", "must be one of un, local, as-reported"),
        ("TLP", "TLP:WHITE", "must be one of TLP:CLEAR"),
        ("NOTICE_FEED_TLP", "RED", "must be one of TLP:CLEAR, TLP:GREEN, TLP:AMBER, TLP:AMBER\\+STRICT, TLP:RED"),
        ("READER", "oracle", "must be one of encoder, endpoint"),
        ("ENDPOINT_ATTEMPTS", "0", "must be at least 1"),
        ("DOCUMENT_TIMEOUT_SECONDS", "nan", "must be at least 1"),
        ("STOP_SECONDS", "inf", "must be at most 86400"),
        ("FETCH_TIMEOUT_SECONDS", "-5", "must be at least 1"),
        ("UPLOAD_MAX_BYTES", "-1", "must be at least 1"),
        ("RETAIN_DAYS", "999999999", "must be at most 36500"),
        ("HEALTH_PORT", "99999", "must be at most 65535"),
    ],
)
def test_wrong_values_are_refused_by_name(name: str, raw: str, why: str) -> None:
    with pytest.raises(SettingError, match=why) as caught:
        load_settings({f"TOCSIN_{name}": raw})
    assert raw in str(caught.value)


def test_every_number_has_a_least_value_and_every_span_of_time_a_most() -> None:
    numbers = [name for name, _, default, _ in list_settings() if type(default) in (int, float)]
    assert set(numbers) == set(LEAST)
    spans = [name for name in numbers if name.rpartition("_")[2] in ("seconds", "minutes", "hours", "days")]
    assert set(spans) <= set(MOST)
    assert all(LEAST[name] <= getattr(Settings(), name) <= MOST.get(name, getattr(Settings(), name)) for name in LEAST)


def test_markings_are_those_of_the_records() -> None:
    assert CHOICES["tlp"] == CHOICES["notice_feed_tlp"] == TLP_ORDER


def test_proxies_are_addresses_and_networks() -> None:
    assert load_settings({"TOCSIN_PROXIES": "10.88.0.0/16, ::1,fd00::/8"}).proxies == (
        "10.88.0.0/16",
        "::1",
        "fd00::/8",
    )
    for wrong in ("*", "proxy.example", "10.88.0.1/16", "10.88.0.0/99"):
        with pytest.raises(SettingError, match="must be IP addresses or networks"):
            load_settings({"TOCSIN_PROXIES": wrong})


def test_every_setting_has_help() -> None:
    assert all(len(help_) > 15 for *_, help_ in list_settings())


def test_a_secret_is_shown_as_stars_wherever_settings_are_shown() -> None:
    settings = load_settings({"TOCSIN_ENDPOINT_KEY": "sk-lantern", "TOCSIN_ENDPOINT_KEY_FILE": "~/key"})
    assert settings.endpoint_key == Secret("sk-lantern")
    assert settings.endpoint_key.reveal() == "sk-lantern"
    shown = f"{settings} {settings!r} {asdict(settings)} {settings.endpoint_key} {json.dumps(vars_of(settings))}"
    assert "lantern" not in shown
    assert "****" in shown
    assert settings.endpoint_key_file == Path("~/key").expanduser()
    assert hash(settings.endpoint_key) == hash(Secret("sk-lantern"))


def vars_of(settings: Settings) -> dict[str, str]:
    return {name: str(getattr(settings, name)) for name, *_ in list_settings()}


def test_names_that_no_setting_has_are_found_with_what_was_meant() -> None:
    given = {"TOCSIN_HOME": "x", "tocsin_tlp": "y", "TOCSIN_DATABSE": "z", "TOCSIN_ZZZ": "", "HOME": "x"}
    assert find_strange_names(given) == {
        "TOCSIN_DATABSE": "TOCSIN_DATABASE", "TOCSIN_ZZZ": None, "tocsin_tlp": "TOCSIN_TLP",
    }  # fmt: skip
