"""The site's addresses; the same ones under /en/ and /ar/ where that is not the newsroom's first language."""

from django.urls import include, path, register_converter

from barqia.public import feeds, health, metrics, people, pictures, push, subscribing, views


class OneOf:
    """A path converter for one of a few words."""

    regex = ""

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Language(OneOf):
    regex = "ar|en"


class PushWord(OneOf):
    regex = "subscribe|move|state|unsubscribe"


class FeedKind(OneOf):
    regex = "rss|atom"


register_converter(Language, "language")
register_converter(FeedKind, "feed_kind")
register_converter(PushWord, "push_word")

app_name = "public"
pages = [
    path("", views.home, name="home"),
    path("s/<slug:slug>/", views.section, name="section"),
    path("d/<slug:public_id>", views.dispatch, name="dispatch"),
    path("p/", people.people, name="people"),
    path("p/<slug:code>/", people.person, name="person"),
    path("follow/", views.follow, name="follow"),
    path("site.webmanifest", push.manifest, name="manifest"),
    path("subscribe/", subscribing.subscribe, name="subscribe"),
    path("confirm/<int:lane_id>/<str:token>", subscribing.confirm, name="confirm"),
    path("unsubscribe/<int:lane_id>/<str:token>", subscribing.unsubscribe, name="unsubscribe"),
    path("choose/<int:lane_id>/<str:token>", subscribing.choose, name="choose"),
]
urlpatterns = [
    path("health", health.health, name="health"),
    path("ready", health.ready, name="ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("cover.jpg", pictures.cover, name="cover"),
    path("d/<slug:public_id>/<slug:digest>-small.jpg", pictures.small, name="picture_small"),
    path("d/<slug:public_id>/<slug:digest>.jpg", pictures.picture, name="picture"),
    path("push-worker.js", push.worker, name="push_worker"),
    path("push/<push_word:what>", push.say, name="push"),
    path("robots.txt", views.robots, name="robots"),
    path("feed.<feed_kind:kind>", feeds.feed, name="feed"),
    path("s/<slug:slug>/feed.<feed_kind:kind>", feeds.feed, name="section_feed"),
    *pages,
    path("<language:language>/", include((pages, "localised"))),
]
