"""What each independent client tries on the sandbox; docs/sandbox.md tells how many."""

FEATURES: dict[str, tuple[str, ...]] = {
    "grammy": (
        "get_me", "send_html", "send_markdown", "markup_errors", "edit", "not_modified", "reply", "silent", "link_preview",
        "photo_upload", "photo_again", "caption", "album", "file", "keyboard", "callback", "deep_link", "commands",
        "description", "channel", "chat_member", "delete_many", "chat_not_found", "flood", "blocked", "webhook",
    ),
    "python-telegram-bot": (
        "get_me", "send_html", "send_markdown", "markup_errors", "edit", "reply", "photo", "album", "keyboard", "callback",
        "deep_link", "commands", "channel", "delete_many", "flood", "blocked", "webhook", "wrong_token", "too_long",
        "no_such_chat", "link_preview", "file", "media", "description", "command_scopes", "group", "copy", "reaction", "typing",
        "polling", "webhook_server",
    ),
    "aiogram": (
        "get_me", "wrong_token", "send_html", "send_markdown", "markup_errors", "too_long", "no_such_chat", "edit", "reply",
        "link_preview", "photo", "file", "album", "keyboard", "callback", "commands", "description", "channel", "group",
        "delete_many", "copy", "reaction", "typing", "flood", "blocked", "polling", "webhook",
    ),
    "pywa": (
        "words_in", "user_id", "text", "tracked", "reply", "image", "contact", "location", "reaction", "read", "buttons",
        "list", "link_button", "template", "template_errors", "account_hook", "template_made", "template_life", "window", "limits",
        "bad_input", "wrong_token", "stop_marketing", "signature",
    ),
    "kapso": (
        "words_in", "user_id", "text", "statuses", "by_user_id", "upload", "media_about", "image", "contacts", "location",
        "reaction", "buttons", "list", "link_button", "template", "template_missing", "template_create", "template_list",
        "mark_read", "media_delete", "wrong_token", "stop_marketing",
    ),
}  # fmt: skip
