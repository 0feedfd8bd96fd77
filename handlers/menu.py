"""How the bot presents itself: its commands, name and descriptions in every language."""

from handlers.commands import COMMANDS
from locales import SOURCE, languages, say
from post.profile import Profile


def profiles() -> dict[str, Profile]:
    """Return the profile of each language; "" is what people of every other language see."""
    spoken = {language: _profile(language) for language in languages()}
    return {"": spoken[SOURCE], **spoken}


def _profile(language: str) -> Profile:
    return Profile(
        commands=tuple((name, say(language, f"profile.command.{name}")) for name in COMMANDS),
        name=say(language, "profile.name"),
        description=say(language, "profile.description"),
        short_description=say(language, "profile.short_description"),
    )
