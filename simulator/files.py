"""Files sent either way, kept in memory: photos, documents, voices, stickers."""

import mimetypes
from dataclasses import dataclass
from typing import Any, Final

from simulator.refusals import Refusal, bad, too_large

DOWNLOAD_BYTES: Final = 20 * 1024 * 1024
UPLOAD_BYTES: Final = 50 * 1024 * 1024
PHOTO_BYTES: Final = 10 * 1024 * 1024

FOLDERS: Final = {"photo": "photos", "document": "documents", "voice": "voice", "sticker": "stickers"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it arrived in a request."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """A file Telegram keeps: its identifiers, kind (photo, document, voice, sticker), name and bytes."""

    file_id: str
    unique_id: str
    kind: str
    name: str
    content: bytes
    path: str

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)

    @property
    def mime(self) -> str:
        """The media type guessed from the name."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def fields(self) -> dict[str, Any]:
        """The part of a Message that shows this file."""
        base: dict[str, Any] = {"file_id": self.file_id, "file_unique_id": self.unique_id}
        match self.kind:
            case "photo":
                return {"photo": [{**base, "width": 1280, "height": 960, "file_size": self.size}]}
            case "voice":
                return {"voice": {**base, "duration": 1, "mime_type": "audio/ogg", "file_size": self.size}}
            case "sticker":
                return {"sticker": {**base, **STICKER, "file_size": self.size}}
            case _:
                named = {"file_name": self.name, "mime_type": self.mime, "file_size": self.size}
                return {"document": {**base, **named}}


STICKER: Final = {
    "type": "regular",
    "width": 512,
    "height": 512,
    "is_animated": False,
    "is_video": False,
}


class Files:
    """Every file the simulated Telegram keeps."""

    def __init__(self) -> None:
        self._by_id: dict[str, Kept] = {}
        self._by_path: dict[str, Kept] = {}

    def keep(self, kind: str, name: str, content: bytes) -> Kept:
        """Keep a file and name it."""
        number = len(self._by_id) + 1
        ending = name.rpartition(".")[2].lower() if "." in name else "bin"
        path = f"{FOLDERS[kind]}/file_{number}.{ending}"
        kept = Kept(f"sim-{kind}-{number}", f"u{number}", kind, name, content, path)
        self._by_id[kept.file_id] = self._by_path[path] = kept
        return kept

    def by_id(self, file_id: str) -> Kept | None:
        """The file of an identifier."""
        return self._by_id.get(file_id)

    def by_path(self, path: str) -> Kept | None:
        """The file of a download path."""
        return self._by_path.get(path)

    def sent(self, kind: str, given: Upload | str) -> Kept:
        """The file a bot sends: an upload to keep, or the identifier of one kept."""
        if isinstance(given, Upload):
            refusal = _upload_refused(kind, given)
            if refusal:
                raise refusal
            return self.keep(kind, given.name or kind, given.content)
        if given.startswith(("http://", "https://")):
            raise bad("failed to get HTTP URL content")
        kept = self._by_id.get(given)
        if kept is None:
            raise bad("wrong file identifier/HTTP URL specified")
        if kept.kind != kind:
            raise bad(f"can't use file of type {kept.kind.title()} as {kind.title()}")
        return kept


def _upload_refused(kind: str, given: Upload) -> Refusal | None:
    if not given.content:
        return bad("file must be non-empty")
    if len(given.content) > UPLOAD_BYTES:
        return too_large()
    if kind == "photo" and len(given.content) > PHOTO_BYTES:
        return bad("file is too big")
    return None
