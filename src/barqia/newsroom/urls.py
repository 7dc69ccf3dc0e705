"""`/desk/`: the editors' screens."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from barqia.newsroom import board, clients, items, review, session, verbs

app_name = "newsroom"
urlpatterns = [
    path("", items.home, name="home"),
    path("login", session.Login.as_view(), name="login"),
    path("logout", LogoutView.as_view(next_page="newsroom:login"), name="logout"),
    path("language", session.language, name="language"),
    path("new", items.write, name="new"),
    path("reading", items.live_reading, name="reading"),
    path("picture/<slug:digest>.jpg", items.picture, name="picture"),
    path("board", board.mailings, name="board"),
    path("board/answers/<slug:action>", board.answers, name="answers"),
    path("board/<int:release>", board.mailing, name="mailing"),
    path("board/<int:release>/<slug:action>", board.act, name="act"),
    path("clients", clients.listed, name="clients"),
    path("clients/<int:recipient>/<slug:action>", clients.switch, name="client"),
    path("lanes/<int:lane>/<slug:action>", board.lane, name="lane"),
    path("d/<slug:public_id>", items.item, name="item"),
    path("d/<slug:public_id>/write", items.write, name="write"),
    path("d/<slug:public_id>/review", review.review, name="review"),
    path("d/<slug:public_id>/<slug:verb>", verbs.verb, name="verb"),
]
