"""What readers are answered, in Arabic and in English: short, and always saying what can be sent next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SUBSCRIBE = {"ar": "اشتراك", "en": "subscribe"}
UNSUBSCRIBE = {"ar": "إلغاء", "en": "stop"}
EVERYTHING = {"ar": "الكل", "en": "all"}
HELP = {"ar": "مساعدة", "en": "help"}
CHOOSE = {"ar": "الأقسام", "en": "sections"}
ALL_NEWS = {"ar": "كلّ الأخبار", "en": "All news"}


@dataclass(frozen=True, slots=True)
class Wordings:
    """The newsroom's answers in one language. `sections` are all sections' names, by slug."""

    newsroom: str
    language: str
    sections: Mapping[str, str]

    @property
    def _arabic(self) -> bool:
        return self.language != "en"

    @property
    def subscribe(self) -> str:
        return SUBSCRIBE[self.language]

    @property
    def stop(self) -> str:
        return UNSUBSCRIBE[self.language]

    @property
    def all_(self) -> str:
        return EVERYTHING[self.language]

    @property
    def help_(self) -> str:
        return HELP[self.language]

    @property
    def choose(self) -> str:
        return CHOOSE[self.language]

    @property
    def all_news(self) -> str:
        return ALL_NEWS[self.language]

    @property
    def _all_sections(self) -> str:
        return self._named(list(self.sections.values()))

    def _named(self, names: Sequence[str]) -> str:
        return "، ".join(f"«{name}»" for name in names) if self._arabic else ", ".join(f"“{name}”" for name in names)

    def subscribed(self) -> str:
        if self._arabic:
            return (
                f"تمّ اشتراكك في {self.newsroom}، وستصلك كلّ الأخبار.\n"
                f"لقسم واحد أرسل اسمه: {self._all_sections}.\nللإلغاء في أيّ وقت أرسل «إلغاء»."
            )
        return (
            f"You are subscribed to {self.newsroom} and will get all news.\n"
            f"For one section, send its name: {self._all_sections}.\nTo stop at any time, send “stop”."
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

    def confirm(self, wish: str, link: str) -> str:
        """The mail that asks whether its reader asked for it: its first line is the subject."""
        if self._arabic:
            what = {"leave": "إلغاء اشتراكك في", "digest": "اشتراكك في النشرة اليومية من"}.get(wish, "اشتراكك في")
            return (
                f"أكّد {what} {self.newsroom}\nافتح هذا الرابط، ثمّ اضغط «تأكيد» في الصفحة التي تظهر:\n{link}\n"
                "يبقى الرابط صالحاً ثلاثة أيّام. إن لم تطلب ذلك فتجاهل هذه الرسالة، فلن يتغيّر شيء."
            )
        what = {"leave": "leaving", "digest": "your subscription to the daily digest of"}.get(
            wish, "your subscription to"
        )
        return (
            f"Confirm {what} {self.newsroom}\nOpen this link, then press “Confirm” on the page that opens:\n{link}\n"
            "The link is good for three days. If you did not ask for this, ignore this message: nothing will change."
        )

    def digest_elsewhere(self, form: str) -> str:
        """`form` is the address of the form that subscribes to it, empty where there is none."""
        if self._arabic:
            where = f"النشرة اليومية تصل بالبريد الإلكتروني: {form}\n" if form else "ليست لدينا نشرة يومية.\n"
            return f"{where}أمّا هنا فتصل الأخبار أوّلاً بأوّل، ولم يتغيّر شيء."
        where = f"The daily digest comes by e-mail: {form}\n" if form else "We have no daily digest.\n"
        return f"{where}Here the news comes one by one, and nothing changed."

    def not_subscribed(self) -> str:
        if self._arabic:
            return f"لست مشتركاً في {self.newsroom}، ولا يصلك منّا خبر.\nللاشتراك أرسل «اشتراك»."
        return f"You are not subscribed to {self.newsroom}.\nTo subscribe, send “subscribe”."

    def welcome(self) -> str:
        if self._arabic:
            return (
                f"أهلاً بك في {self.newsroom}.\nلتصلك الأخبار أرسل «اشتراك»، ولقسم واحد أرسل اسمه: {self._all_sections}."
            )
        return (
            f"Welcome to {self.newsroom}.\nTo get the news, send “subscribe”; for one section, its name: "
            f"{self._all_sections}."
        )

    def help(self) -> str:
        if self._arabic:
            return (
                f"{self.newsroom} — ما يمكنك إرساله:\n«اشتراك» لتصلك كلّ الأخبار\n"
                f"اسم قسم لأخباره وحدها: {self._all_sections}\n«الأقسام» لاختيار ما يصلك\n"
                "«تابع» واسم شخص ليصلك ما يذكره، و«لا تتابع» واسمه لتركه\n"
                "«الكل» للعودة إلى كلّ الأخبار\n«إلغاء» لإيقافها"
            )
        return (
            f"{self.newsroom}: what you can send\n“subscribe” for all news\n"
            f"a section's name for its news only: {self._all_sections}\n“sections” to choose what you get\n"
            "“follow” and a person's name for news of them, “unfollow” and the name to leave them\n"
            "“all” for all news again\n“stop” to stop"
        )

    def help_by_mail(self) -> str:
        if self._arabic:
            return f"{self.help()}\n«نشرة» لتصلك في رسالة واحدة كلّ يوم، و«فوري» لتصلك أوّلاً بأوّل"
        return f"{self.help()}\n“digest” for one mail a day, “instant” for each dispatch as it comes"

    def unclear(self) -> str:
        if self._arabic:
            return (
                "لم نفهم رسالتك، ولم يتغيّر شيء. أرسل كلمة واحدة: «اشتراك»، أو اسم قسم: "
                f"{self._all_sections}، أو «إلغاء» لإيقاف الأخبار، أو «مساعدة»."
            )
        return (
            "We did not understand, and nothing changed. Send one word: “subscribe”, a section's name "
            f"({self._all_sections}), “stop” to end the news, or “help”."
        )

    def no_words(self) -> str:
        if self._arabic:
            return (
                "وصلتنا رسالتك، غير أنّ من يقرأ هنا آلة لا تفهم إلا الكلمات المكتوبة. أرسل كلمة واحدة: «اشتراك»، "
                "أو «الأقسام» لتختار ما يصلك، أو «مساعدة»."
            )
        return (
            "We have your message, but what reads here understands written words alone. Send one word: “subscribe”, "
            "“sections” to choose what you get, or “help”."
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

    def gets(self, sections: Sequence[str], persons: Sequence[str], *, everything: bool) -> str:
        """What an active reader gets."""
        if self._arabic:
            what = [f"أخبار {self._named(sections)}"] if sections else []
            what += [f"ما يذكر {self._named(persons)}"] if persons else []
            if everything:
                return f"تصلك كلّ أخبار {self.newsroom}."
            return f"يصلك {' و'.join(what)}." if what else "لم تختر شيئاً، فلا يصلك خبر."
        what = [f"news of {self._named(sections)}"] if sections else []
        what += [f"what names {self._named(persons)}"] if persons else []
        if everything:
            return f"You get all news of {self.newsroom}."
        return f"You get {' and '.join(what)}." if what else "You have chosen nothing, and get no news."

    def tap_to_change(self) -> str:
        if self._arabic:
            return "انقر ما تريد إضافته أو إزالته. للإلغاء في أيّ وقت أرسل «إلغاء»."
        return "Tap what to add or to remove. To stop at any time, send “stop”."

    def choose_to_subscribe(self) -> str:
        if self._arabic:
            return (
                f"لست مشتركاً في {self.newsroom}، ولا يصلك منّا خبر.\nانقر ما تريد فتشترك فيه. "
                "للإلغاء في أيّ وقت أرسل «إلغاء»."
            )
        return (
            f"You are not subscribed to {self.newsroom}.\nTap what you want, and you are subscribed to it. "
            "To stop at any time, send “stop”."
        )

    def tap_again(self) -> str:
        return (
            "لست مشتركاً. انقر مرّة أخرى لتشترك." if self._arabic else "You are not subscribed. Tap again to subscribe."
        )

    def added(self, name: str) -> str:
        return f"أُضيف: {name}" if self._arabic else f"Added: {name}"

    def removed(self, name: str) -> str:
        return f"أُزيل: {name}" if self._arabic else f"Removed: {name}"

    def which(self) -> str:
        if self._arabic:
            return "أكثر من شخص بهذا الاسم، ولم يتغيّر شيء. أيّهم تقصد؟"
        return "Several are named so, and nothing changed. Whom do you mean?"

    def follows(self, name: str, *, new: bool, everything: bool) -> str:
        if self._arabic:
            start = f"تمّ اشتراكك في {self.newsroom}. " if new else "تصلك كلّ الأخبار. " if everything else ""
            return f"{start}سيصلك كلّ ما يذكر «{name}».\nلتركه أرسل «لا تتابع {name}»، ولإيقاف كلّ شيء «إلغاء»."
        start = f"You are subscribed to {self.newsroom}. " if new else "You get all news. " if everything else ""
        return (
            f"{start}You will get all that names “{name}”.\nTo leave it, send “unfollow {name}”, to stop everything "
            "“stop”."
        )

    def unknown_person(self, name: str) -> str:
        if self._arabic:
            return f"لم يرد «{name}» في أخبارنا بعد، فلم يتغيّر شيء. أرسل الاسم كما تكتبه أخبارنا."
        return f"No news of ours has named “{name}” so far, and nothing changed. Send the name as our news writes it."

    def not_followed(self, name: str) -> str:
        if self._arabic:
            return f"لست تتابع «{name}»، فلم يتغيّر شيء. لترى ما يصلك أرسل «الأقسام»."
        return f"You do not follow “{name}”, and nothing changed. To see what you get, send “sections”."
