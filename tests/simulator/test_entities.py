"""HTML into entities, in Telegram's words when it is wrong."""

import pytest

from simulator.entities import found_in, read_html, trimmed
from simulator.refusals import Refusal


def test_nested_tags_become_entities_counted_in_utf16() -> None:
    text, entities = read_html("👷 <b>Siti <i>Aminah</i></b> &lt;ok&gt;")

    assert text == "👷 Siti Aminah <ok>"
    assert entities == [
        {"type": "bold", "offset": 3, "length": 11},
        {"type": "italic", "offset": 8, "length": 6},
    ]


def test_a_link_keeps_its_address() -> None:
    assert read_html('<a href="https://bpjs.example/?a=1&amp;b=2">sini</a>') == (
        "sini",
        [{"type": "text_link", "url": "https://bpjs.example/?a=1&b=2", "offset": 0, "length": 4}],
    )


def test_only_the_names_telegram_knows_are_resolved() -> None:
    assert read_html("Rp16.800 &amp; &copy; &#39;ya&#39;") == ("Rp16.800 & &copy; 'ya'", [])


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<b>tebal", 'Can\'t find end tag corresponding to start tag "b"'),
        ("é <h1>judul</h1>", 'Unsupported start tag "h1" at byte offset 3'),
        ("2 < 3", "Unclosed start tag at byte offset 2"),
        ("2 <3 > 1", 'Unsupported start tag "3" at byte offset 2'),
        ("</b>", "Unexpected end tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler"'),
    ],
)
def test_bad_html_is_refused_in_telegrams_words(html: str, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_html(html)

    assert refused.value.code == 400
    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


def test_blanks_around_a_text_go_and_entities_move_along() -> None:
    text, entities = trimmed("\n  Halo  ", [{"type": "bold", "offset": 0, "length": 9}])

    assert (text, entities) == ("Halo", [{"type": "bold", "offset": 0, "length": 4}])


def test_commands_links_and_mentions_are_found() -> None:
    kinds = [entity["type"] for entity in found_in("/start lihat https://a.id/x, siti@a.id @bpu_bot", [])]

    assert kinds == ["bot_command", "url", "email", "mention"]


def test_a_slash_inside_a_word_is_no_command() -> None:
    assert found_in("RT 01/RW 02, 3/4", []) == []
