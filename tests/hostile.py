"""Names as nobody is called: what breaks markup, files, formats, screens and logs."""

NAMES = {
    "our tags": "<b>TEBAL</b> </i> <code>",
    "a link": '<a href="tg://user?id=7">klik</a>',
    "an unclosed tag": "Siti <b",
    "characters by name": "&amp; &lt;b&gt; &#60;b&#62; &nbsp;",
    "a tag beside ours": "</b><tg-spoiler>x</tg-spoiler><b>",
    "only signs": "<<<>>>&&&",
    "right to left": "\u202egnalu\u202c \u2066x\u2069 \u0634\u064a\u0645\u0627\u0621",
    "zero width": "Si\u200bti\u200d A\u2060mi\ufeffnah",
    "combining towers": "Z" + "\u0301\u0316\u0489" * 60,
    "emoji of many parts": "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿🇮🇩" * 6,
    "a formula": '=HYPERLINK("http://x","y")',
    "a command": "@SUM(1+1)*cmd|' /C calc'!A0",
    "a NUL": "Siti\x00Aminah\x07\x1b[31m",
    "half a character": "Siti \ud83d Aminah",
    "a template": "{name} {0} {who!r} {{}} %s %(name)s",
    "a path": "../../etc/passwd\\..\\C:",
    "lines": "Siti\nAminah\r\n\tKedua\u2028Ketiga",
    "as long as a message": "W" * 4096,
    "another script": "ꦱꦶꦠꦶ 𝔖𝔦𝔱𝔦",
}
"""Each as it could stand in a database of a release that checked less."""

KEPT = {
    name: text.replace("\x00", "").replace("\ud83d", "")[:100]
    for name, text in NAMES.items()
    if name != "as long as a message"
}
"""Those that a database can hold, as long as a name may be."""
