"""The environment, read once and strictly."""

from pathlib import Path

import pytest

from settings import BadSetting, Settings

TOKEN = "990001:AAE-Rahasia_Sekali-0123456789abcdef"


def test_an_empty_environment_is_enough_for_the_demo() -> None:
    settings = Settings.read({})

    assert settings.token is None
    assert "https://api.telegram.org" == settings.bot_api_url
    assert "sqlite:///var/bot.sqlite3" == settings.database_url
    assert Path("var/keys") == settings.keys_file
    assert "Asia/Jakarta" == settings.timezone.key
    assert (30.0, 25.0) == (settings.rate_per_second, settings.bulk_per_second)
    assert ("INFO", 8080, 20, 1.0, ()) == (
        settings.log_level,
        settings.port,
        settings.flood_burst,
        settings.flood_per_second,
        settings.admin_ids,
    )


def test_everything_can_be_said_otherwise() -> None:
    settings = Settings.read(
        {
            "BOT_TOKEN": f" {TOKEN}\n",
            "BOT_API_URL": "http://127.0.0.1:8081/",
            "DATABASE_URL": "postgresql://bot:sandi-rahasia@db/bot",
            "KEYS_FILE": "/run/keys",
            "KEYS": "master 1 rahasia",
            "ADMIN_IDS": "7, 8,",
            "TIMEZONE": "Asia/Jayapura",
            "LOG_LEVEL": "debug",
            "PORT": "80",
            "FLOOD_BURST": "5",
            "FLOOD_PER_SECOND": "0.5",
            "RATE_PER_SECOND": "1000",
            "PAID_BROADCASTS": "Yes",
            "BULK_PER_SECOND": "900",
        }
    )

    assert TOKEN == settings.needed_token()
    assert "http://127.0.0.1:8081" == settings.bot_api_url
    assert (1000.0, 900.0, True) == (
        settings.rate_per_second,
        settings.bulk_per_second,
        settings.paid_broadcasts,
    )
    assert ((7, 8), "DEBUG", 80) == (settings.admin_ids, settings.log_level, settings.port)
    assert (TOKEN, "sandi-rahasia", "master 1 rahasia") == settings.secrets


def test_an_empty_variable_is_an_absent_one() -> None:
    assert 8080 == Settings.read({"PORT": " "}).port


def test_the_caller_may_bring_defaults_which_the_environment_overrules() -> None:
    defaults = {"PORT": "9000", "DATABASE_URL": "sqlite:///var/demo.sqlite3"}

    settings = Settings.read({"PORT": "9001"}, defaults=defaults)

    assert (9001, "sqlite:///var/demo.sqlite3") == (settings.port, settings.database_url)
    assert 20 == settings.flood_burst


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_TOKEN", "rahasia"),
        ("BOT_TOKEN", "990001:ada spasi"),
        ("BOT_TOKEN", "990001:a/b"),
        ("BOT_API_URL", "api.telegram.org"),
        ("BOT_API_URL", "ftp://rahasia"),
        ("BOT_API_URL", "https://rahasia:port"),
        ("BOT_API_URL", "https://[rahasia"),
        ("DATABASE_URL", "mysql://bot:rahasia@db/bot"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "postgresql://rahasia"),
        ("DATABASE_URL", "postgresql://bot@rahasia:port/bot"),
        ("ADMIN_IDS", "7;rahasia"),
        ("RATE_PER_SECOND", "0"),
        ("RATE_PER_SECOND", "31"),
        ("BULK_PER_SECOND", "31"),
        ("PAID_BROADCASTS", "rahasia"),
        ("ADMIN_IDS", "-7"),
        ("ADMIN_IDS", "٧"),
        ("TIMEZONE", "rahasia"),
        ("TIMEZONE", "../../etc/passwd"),
        ("TIMEZONE", "/etc/rahasia"),
        ("TIMEZONE", "Asia"),
        ("LOG_LEVEL", "rahasia"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "80.5"),
        ("FLOOD_BURST", "0"),
        ("FLOOD_PER_SECOND", "0"),
        ("FLOOD_PER_SECOND", "nan"),
        ("FLOOD_PER_SECOND", "inf"),
    ],
)
def test_a_bad_setting_is_named_and_its_value_is_not(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as caught:
        Settings.read({name: value})

    sentence = str(caught.value)
    assert sentence.startswith(f"{name} must ")
    assert sentence.endswith(".")
    assert sentence.count("\n") == 0
    assert "rahasia" not in sentence
    assert (None, None) == (caught.value.__cause__, caught.value.__context__)


@pytest.mark.parametrize(
    ("given", "rates"),
    [
        ({}, (30, 25)),
        ({"RATE_PER_SECOND": "12"}, (12, 10)),
        ({"RATE_PER_SECOND": "1000", "PAID_BROADCASTS": "yes"}, (1000, 5000 / 6)),
        ({"PAID_BROADCASTS": "yes"}, (30, 25)),
    ],
)
def test_bulk_leaves_a_sixth_to_replies_unless_told_otherwise(
    given: dict[str, str], rates: tuple[float, float]
) -> None:
    settings = Settings.read(given)

    assert pytest.approx(rates) == (settings.rate_per_second, settings.bulk_per_second)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"RATE_PER_SECOND": "300"},
            "RATE_PER_SECOND must be a number above 0 and at most 30,"
            " or at most 1000 with PAID_BROADCASTS=yes.",
        ),
        (
            {"RATE_PER_SECOND": "1001", "PAID_BROADCASTS": "yes"},
            "RATE_PER_SECOND must be a number above 0 and at most 1000.",
        ),
    ],
)
def test_more_than_the_free_rate_is_only_for_who_pays(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadSetting) as caught:
        Settings.read(given)

    assert str(caught.value) == sentence


def test_a_missing_token_is_asked_for_only_where_it_is_needed() -> None:
    with pytest.raises(BadSetting, match=r"^BOT_TOKEN is missing"):
        Settings.read({}).needed_token()


def test_no_secret_is_in_the_representation() -> None:
    secrets = {
        "BOT_TOKEN": TOKEN,
        "KEYS": "kunci-rahasia",
        "DATABASE_URL": "postgresql://bot:sandi-rahasia@db/bot",
    }

    shown = repr(Settings.read(secrets))

    assert TOKEN not in shown
    assert "rahasia" not in shown


def test_a_secret_may_rest_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    (tmp_path / "url").write_text("postgresql://bot:sandi-rahasia@db/bot\n")
    files = {"BOT_TOKEN_FILE": str(tmp_path / "token"), "DATABASE_URL_FILE": str(tmp_path / "url")}

    assert (TOKEN, "sandi-rahasia") == Settings.read(files).secrets
    with pytest.raises(BadSetting, match=r"^BOT_TOKEN_FILE must not be set beside BOT_TOKEN\.$"):
        Settings.read(files | {"BOT_TOKEN": TOKEN})


@pytest.mark.parametrize("content", [None, b"", b"\n", TOKEN.encode() + b"\nmore", b"\xff" + TOKEN.encode()])
def test_a_file_without_a_secret_is_refused_and_not_shown(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    with pytest.raises(BadSetting, match=r"^BOT_TOKEN_FILE must name a file with one line\.$") as refusal:
        Settings.read({"BOT_TOKEN_FILE": str(tmp_path / "token")})

    assert refusal.value.__cause__ is refusal.value.__context__ is None


HOOK = {
    "WEBHOOK_URL": "https://bot.example.id/kait/9f2c",
    "WEBHOOK_SECRET": "rahasia_webhook-" + "0" * 16,
    "LISTEN": "0.0.0.0:8443",
}


def test_a_webhook_needs_an_address_a_secret_and_where_to_listen() -> None:
    settings = Settings.read(HOOK)

    assert ("https://bot.example.id/kait/9f2c", ("0.0.0.0", 8443)) == (settings.webhook_url, settings.listen)  # noqa: S104
    assert HOOK["WEBHOOK_SECRET"] in settings.secrets
    assert HOOK["WEBHOOK_SECRET"] not in repr(settings)
    assert ("::1", 0) == Settings.read({"LISTEN": "[::1]:0"}).listen


SHORT_SECRET = "WEBHOOK_SECRET must have 32 to 256 characters, of A-Z, a-z, 0-9, _ and -."


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"WEBHOOK_SECRET": ""}, SHORT_SECRET),
        ({"WEBHOOK_SECRET": "x" * 31}, SHORT_SECRET),
        ({"WEBHOOK_SECRET": "x" * 257}, SHORT_SECRET),
        ({"WEBHOOK_SECRET": "rahasia sekali " * 3}, SHORT_SECRET),
        ({"LISTEN": ""}, "LISTEN is missing: WEBHOOK_URL needs a host and a port to listen at."),
        ({"LISTEN": "8443"}, "LISTEN must look like 127.0.0.1:8443: a host and a port."),
        ({"LISTEN": "localhost:99999"}, "LISTEN must look like 127.0.0.1:8443: a host and a port."),
        (
            {"WEBHOOK_URL": "http://bot.example.id/"},
            "WEBHOOK_URL must be an https address such as https://bot.example.id/path.",
        ),
        (
            {"WEBHOOK_URL": "https://bot.example.id/{name}"},
            "WEBHOOK_URL must be an https address such as https://bot.example.id/path.",
        ),
    ],
)
def test_a_webhook_that_is_not_safe_is_refused(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadSetting) as caught:
        Settings.read(HOOK | given)

    assert str(caught.value) == sentence
