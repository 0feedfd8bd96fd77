"""The longest way through the registration: every question that is asked of somebody without a phone."""

from collections.abc import AsyncIterator

from conversations.registration import registration
from tests.town import Chat

WALK = (
    ("consent", "[Ya, saya setuju]"),
    ("who", "[Orang lain]"),
    ("relation", "[Keluarga]"),
    ("agreement", "[Pekerja itu sendiri]"),
    ("agreement_how", "[Bicara langsung]"),
    ("nik", "9901015708909001", "[Ya, benar]"),
    ("name", "Rahayu Lestari"),
    ("birth_date", "17 Agustus 1990"),
    ("sex", "[Perempuan]"),
    ("address", "Jalan Kenanga 7"),
    ("village", "cibiuk kaler garut", "[Desa Cibiuk Kaler]"),
    ("phone", "[Tidak punya HP]"),
    ("contact_name", "Bambang Wijaya"),
    ("contact_phone", "0860-1234-5678"),
    ("email", "rahayu@contoh.id"),
    ("occupation", "pedagang pasar", "[Pedagang pasar]"),
    ("occupation2", "[Lewati]"),
    ("workplace", "Pasar Melati"),
    ("hours", "05.00-12.00"),
    ("income", "1.250.000"),
    ("employs", "[bekerja sendiri]"),
    ("payer", "[Uang sendiri]"),
    ("programmes", "[2 program]"),
    ("months", "[1 bulan]"),
    ("heirs", "[Ya, catat]"),
    ("heir1_name", "Kartika Sari"),
    ("heir1_relation", "[Anak]"),
    ("heir1_phone", "0860-8765-4321"),
    ("heir1_more", "[Sudah cukup]"),
    ("review", "[Kirim]"),
)
"""Each question's name, and what is typed or [tapped] to answer it."""

TOLD = (
    "9901015708909001",
    "5708909001",
    "Rahayu",
    "Kenanga",
    "Bambang",
    "86012345678",
    "rahayu@",
    "Melati",
    "1250000",
    "Kartika",
    "86087654321",
)
"""What is told on this way and must be seen nowhere but where it belongs."""


async def step_of(chat: Chat) -> str | None:
    """The question this person stands at."""
    step = registration.asked(await chat.answers())
    return step.name if step else None


async def do(chat: Chat, act: str) -> None:
    """Type, or tap what is in square brackets."""
    if act.startswith("["):
        await chat.taps(act.strip("[]"))
    else:
        await chat.says(act)


async def walk(chat: Chat, until: str = "") -> AsyncIterator[str]:
    """Begin, and yield each question's name while it is asked; go on by answering it."""
    await chat.says("/daftar")
    for step, *acts in WALK:
        assert step == await step_of(chat), f"{await step_of(chat)} is asked in place of {step}: {chat.heard}"
        yield step
        if step == until:
            return
        for act in acts:
            await do(chat, act)


async def go_to(chat: Chat, step: str) -> None:
    """Walk to a question."""
    async for _ in walk(chat, until=step):
        continue


async def register(chat: Chat) -> str:
    """Walk to the end; the receipt."""
    async for _ in walk(chat):
        continue
    return chat.heard[-1]
