"""Which parameters each method accepts and needs (Bot API 10.3)."""

from collections.abc import Mapping
from typing import Any, Final

from simulator.kinds import (
    Read,
    chat_id,
    file_or_id,
    json_list,
    json_object,
    number,
    real,
    string,
    truth,
)
from simulator.refusals import bad, not_simulated

Arguments = dict[str, Any]

_ANSWER: Final[dict[str, Read]] = {
    "disable_notification": truth,
    "protect_content": truth,
    "message_effect_id": string,
}
_THREADS: Final[dict[str, Read]] = {"message_thread_id": number, "direct_messages_topic_id": number}
_SUGGESTED: Final[dict[str, Read]] = {"suggested_post_parameters": json_object}
_REPLY: Final[dict[str, Read]] = {
    "reply_parameters": json_object,
    "reply_markup": json_object,
    "allow_sending_without_reply": truth,
    "reply_to_message_id": number,
    "allow_paid_broadcast": truth,
}
_SEND: Final[dict[str, Read]] = {
    "chat_id": chat_id,
    "business_connection_id": string,
    "ephemeral_message_parameters": json_object,
    "receiver_user_id": number,
    "callback_query_id": string,
    **_THREADS,
    **_ANSWER,
    **_SUGGESTED,
    **_REPLY,
}
_CAPTION: Final[dict[str, Read]] = {"caption": string, "parse_mode": string, "caption_entities": json_list}
_TEXT: Final[dict[str, Read]] = {
    "text": string,
    "parse_mode": string,
    "entities": json_list,
    "link_preview_options": json_object,
    "disable_web_page_preview": truth,
}
_COPY: Final[dict[str, Read]] = {
    "chat_id": chat_id,
    "from_chat_id": chat_id,
    "message_id": number,
    "video_start_timestamp": number,
    **_THREADS,
    **_ANSWER,
    **_SUGGESTED,
}
_EDIT: Final[dict[str, Read]] = {
    "business_connection_id": string,
    "chat_id": chat_id,
    "message_id": number,
    "inline_message_id": string,
    "reply_markup": json_object,
}
_SCOPE: Final[dict[str, Read]] = {"scope": json_object, "language_code": string}

ACCEPTED: Final[Mapping[str, Mapping[str, Read]]] = {
    "getUpdates": {"offset": number, "limit": number, "timeout": number, "allowed_updates": json_list},
    "setWebhook": {
        "url": string,
        "certificate": file_or_id,
        "ip_address": string,
        "max_connections": number,
        "allowed_updates": json_list,
        "drop_pending_updates": truth,
        "secret_token": string,
    },
    "deleteWebhook": {"drop_pending_updates": truth},
    "getWebhookInfo": {},
    "getMe": {},
    "logOut": {},
    "close": {},
    "sendMessage": {**_SEND, **_TEXT},
    "sendPhoto": {
        **_SEND,
        **_CAPTION,
        "photo": file_or_id,
        "has_spoiler": truth,
        "show_caption_above_media": truth,
    },
    "sendDocument": {
        **_SEND,
        **_CAPTION,
        "document": file_or_id,
        "thumbnail": file_or_id,
        "disable_content_type_detection": truth,
    },
    "sendVoice": {**_SEND, **_CAPTION, "voice": file_or_id, "duration": number},
    "sendSticker": {**_SEND, "sticker": file_or_id, "emoji": string},
    "sendLocation": {
        **_SEND,
        "latitude": real,
        "longitude": real,
        "horizontal_accuracy": real,
        "live_period": number,
        "heading": number,
        "proximity_alert_radius": number,
    },
    "sendContact": {
        **_SEND,
        "phone_number": string,
        "first_name": string,
        "last_name": string,
        "vcard": string,
    },
    "sendChatAction": {
        "chat_id": chat_id,
        "action": string,
        "business_connection_id": string,
        "message_thread_id": number,
    },
    "copyMessage": {**_COPY, **_CAPTION, **_REPLY, "show_caption_above_media": truth},
    "forwardMessage": _COPY,
    "editMessageText": {**_EDIT, **_TEXT, "rich_message": json_object},
    "editMessageCaption": {**_EDIT, **_CAPTION, "show_caption_above_media": truth},
    "editMessageReplyMarkup": _EDIT,
    "deleteMessage": {"chat_id": chat_id, "message_id": number},
    "deleteMessages": {"chat_id": chat_id, "message_ids": json_list},
    "answerCallbackQuery": {
        "callback_query_id": string,
        "text": string,
        "show_alert": truth,
        "url": string,
        "cache_time": number,
    },
    "getFile": {"file_id": string},
    "getChat": {"chat_id": chat_id},
    "getChatMember": {"chat_id": chat_id, "user_id": number},
    "leaveChat": {"chat_id": chat_id},
    "setMyCommands": {"commands": json_list, **_SCOPE},
    "getMyCommands": _SCOPE,
    "deleteMyCommands": _SCOPE,
    "setMyName": {"name": string, "language_code": string},
    "getMyName": {"language_code": string},
    "setMyDescription": {"description": string, "language_code": string},
    "getMyDescription": {"language_code": string},
    "setMyShortDescription": {"short_description": string, "language_code": string},
    "getMyShortDescription": {"language_code": string},
    "setChatMenuButton": {"chat_id": number, "menu_button": json_object},
    "getChatMenuButton": {"chat_id": number},
}

NEEDED: Final[Mapping[str, Mapping[str, str]]] = {
    "sendMessage": {"chat_id": "chat_id is empty", "text": "message text is empty"},
    "sendPhoto": {"chat_id": "chat_id is empty", "photo": "there is no photo in the request"},
    "sendDocument": {"chat_id": "chat_id is empty", "document": "there is no document in the request"},
    "sendVoice": {"chat_id": "chat_id is empty", "voice": "there is no voice in the request"},
    "sendSticker": {"chat_id": "chat_id is empty", "sticker": "there is no sticker in the request"},
    "sendLocation": {
        "chat_id": "chat_id is empty",
        "latitude": "latitude is empty",
        "longitude": "longitude is empty",
    },
    "sendContact": {
        "chat_id": "chat_id is empty",
        "phone_number": "phone number is empty",
        "first_name": "first name is empty",
    },
    "sendChatAction": {"chat_id": "chat_id is empty", "action": "wrong parameter action in request"},
    "copyMessage": {
        "chat_id": "chat_id is empty",
        "from_chat_id": "chat_id is empty",
        "message_id": "message identifier is not specified",
    },
    "forwardMessage": {
        "chat_id": "chat_id is empty",
        "from_chat_id": "chat_id is empty",
        "message_id": "message identifier is not specified",
    },
    "editMessageText": {"text": "message text is empty"},
    "deleteMessage": {
        "chat_id": "chat_id is empty",
        "message_id": "message identifier is not specified",
    },
    "deleteMessages": {
        "chat_id": "chat_id is empty",
        "message_ids": "message identifiers are not specified",
    },
    "answerCallbackQuery": {
        "callback_query_id": "query is too old and response timeout expired or query ID is invalid"
    },
    "getFile": {"file_id": "file_id not specified"},
    "getChat": {"chat_id": "chat_id is empty"},
    "getChatMember": {"chat_id": "chat_id is empty", "user_id": "invalid user_id specified"},
    "leaveChat": {"chat_id": "chat_id is empty"},
    "setMyCommands": {"commands": "expected an Array of BotCommand"},
}

UNKNOWN_HERE: Final = frozenset(
    {
        "business_connection_id",
        "inline_message_id",
        "message_thread_id",
        "direct_messages_topic_id",
        "suggested_post_parameters",
        "ephemeral_message_parameters",
        "receiver_user_id",
        "rich_message",
        "video_start_timestamp",
        "live_period",
    }
)


def read_arguments(method: str, given: Mapping[str, Any], strict: bool) -> Arguments:
    """The arguments of a call in their right kinds; unknown names are refused when strict, else ignored."""
    accepted = ACCEPTED[method]
    read = {}
    for name, value in given.items():
        kind = accepted.get(name)
        if kind is None:
            if strict:
                raise bad(f'unknown parameter "{name}"')
        elif value is not None:
            if name in UNKNOWN_HERE:
                raise not_simulated(f'parameter "{name}"')
            read[name] = kind(name, value)
    for name, missing in NEEDED.get(method, {}).items():
        if read.get(name) in (None, ""):
            raise bad(missing)
    return read
