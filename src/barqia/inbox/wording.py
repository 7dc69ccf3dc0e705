"""What readers are answered, in Arabic and in English: short, and always saying what can be sent next."""

from collections.abc import Sequence
from dataclasses import dataclass

SUBSCRIBE = {"ar": "اشتراك", "en": "subscribe"}
UNSUBSCRIBE = {"ar": "إلغاء", "en": "stop"}
EVERYTHING = {"ar": "الكل", "en": "all"}
HELP = {"ar": "مساعدة", "en": "help"}


@dataclass(frozen=True, slots=True)
class Wordings:
    """The newsroom's answers in one language. `sections` are all sections' names."""

    newsroom: str
    language: str
    sections: Sequence[str]

    @property
    def _arabic(self) -> bool:
        return self.language != "en"

    def _named(self, names: Sequence[str]) -> str:
        return "، ".join(f"«{name}»" for name in names) if self._arabic else ", ".join(f"“{name}”" for name in names)

    def subscribed(self) -> str:
        if self._arabic:
            return (
                f"تمّ اشتراكك في {self.newsroom}، وستصلك كلّ الأخبار.\n"
                f"لقسم واحد أرسل اسمه: {self._named(self.sections)}.\nللإلغاء في أيّ وقت أرسل «إلغاء»."
            )
        return (
            f"You are subscribed to {self.newsroom} and will get all news.\n"
            f"For one section, send its name: {self._named(self.sections)}.\nTo stop at any time, send “stop”."
        )

    def section(self, asked: Sequence[str], *, new: bool) -> str:
        if self._arabic:
            start = f"تمّ اشتراكك في {self.newsroom}. " if new else ""
            return (
                f"{start}ستصلك أخبار {self._named(asked)}.\nأرسل اسم قسم آخر لإضافته، أو «الكل» لكلّ الأخبار، "
                "أو «إلغاء» لإيقافها."
            )
        start = f"You are subscribed to {self.newsroom}. " if new else ""
        return (
            f"{start}You will get news of {self._named(asked)}.\nSend another section's name to add it, “all” for all "
            "news, or “stop” to stop."
        )

    def everything(self) -> str:
        if self._arabic:
            return f"ستصلك كلّ أخبار {self.newsroom}.\nللإلغاء في أيّ وقت أرسل «إلغاء»."
        return f"You will get all news of {self.newsroom}.\nTo stop at any time, send “stop”."

    def unsubscribed(self) -> str:
        if self._arabic:
            return f"أُلغي اشتراكك في {self.newsroom}، ولن يصلك منّا خبر.\nللعودة أرسل «اشتراك»."
        return f"You are unsubscribed from {self.newsroom} and will get no more news.\nTo come back, send “subscribe”."

    def not_subscribed(self) -> str:
        if self._arabic:
            return f"لست مشتركاً في {self.newsroom}، ولا يصلك منّا خبر.\nللاشتراك أرسل «اشتراك»."
        return f"You are not subscribed to {self.newsroom}.\nTo subscribe, send “subscribe”."

    def welcome(self) -> str:
        if self._arabic:
            return (
                f"أهلاً بك في {self.newsroom}.\nلتصلك الأخبار أرسل «اشتراك»، ولقسم واحد أرسل اسمه: "
                f"{self._named(self.sections)}."
            )
        return (
            f"Welcome to {self.newsroom}.\nTo get the news, send “subscribe”; for one section, its name: "
            f"{self._named(self.sections)}."
        )

    def help(self) -> str:
        if self._arabic:
            return (
                f"{self.newsroom} — ما يمكنك إرساله:\n«اشتراك» لتصلك كلّ الأخبار\n"
                f"اسم قسم لأخباره وحدها: {self._named(self.sections)}\n«الكل» للعودة إلى كلّ الأخبار\n«إلغاء» لإيقافها"
            )
        return (
            f"{self.newsroom}: what you can send\n“subscribe” for all news\n"
            f"a section's name for its news only: {self._named(self.sections)}\n“all” for all news again\n"
            "“stop” to stop"
        )

    def unclear(self) -> str:
        if self._arabic:
            return (
                "لم نفهم رسالتك، ولم يتغيّر شيء. أرسل كلمة واحدة: «اشتراك»، أو اسم قسم: "
                f"{self._named(self.sections)}، أو «إلغاء» لإيقاف الأخبار، أو «مساعدة»."
            )
        return (
            "We did not understand, and nothing changed. Send one word: “subscribe”, a section's name "
            f"({self._named(self.sections)}), “stop” to end the news, or “help”."
        )

    def unserved(self, reason: str, links: Sequence[str]) -> str:
        """`reason` is no_service, or no_marketing where only those who wrote of late can be written to."""
        ways = " ".join(links)
        if self._arabic:
            said = (
                "تنبيه: لا يوصل واتساب رسائلنا إلى أرقام بلدك."
                if reason == "no_service"
                else "تنبيه: لا يوصل واتساب أخبارنا إلى أرقام بلدك إلّا خلال 24 ساعة من رسالة تكتبها لنا."
            )
            return f"{said} وتصلك الأخبار هنا: {ways}" if ways else said
        said = (
            "Please note: WhatsApp does not bring our messages to numbers of your country."
            if reason == "no_service"
            else "Please note: WhatsApp brings our news to your country's numbers only within 24 hours of your word."
        )
        return f"{said} The news comes here: {ways}" if ways else said
