"""The API's calls that belong to no part: people, the description, and what is no call."""

from django.urls import path, re_path

from majorops.people.api import People
from majorops.people.me_api import MySessions, MyTokens
from majorops.web.api.openapi import ApiNotFound, Schema
from majorops.web.api.reference import Docs

urlpatterns = [
    path("people/", People.as_view({"get": "list"}), name="api-people"),
    path("me/tokens/", MyTokens.as_view({"get": "list", "post": "create"}), name="api-my-tokens"),
    path("me/tokens/<str:pk>/", MyTokens.as_view({"delete": "destroy"}), name="api-my-token"),
    path("me/sessions/", MySessions.as_view({"get": "list"}), name="api-my-sessions"),
    path("me/sessions/<str:pk>/", MySessions.as_view({"delete": "destroy"}), name="api-my-session"),
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", Docs.as_view(), name="api-docs"),
    # What is no call answers in the API's own shape, not with a page.
    re_path(r"^(?:[\s\S]*/)?$", ApiNotFound.as_view(), name="api-nowhere"),
]
