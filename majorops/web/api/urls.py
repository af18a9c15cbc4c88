"""The API's calls that belong to no part: people and teams, the description, and what is no call."""

from django.urls import path, re_path

from majorops.people.api.me import MySessions, MyTokens
from majorops.people.api.people import People, PeopleImport
from majorops.people.api.teams import Teams
from majorops.web.api.openapi import ApiNotFound, Schema
from majorops.web.api.reference import Docs

urlpatterns = [
    path("people/", People.as_view({"get": "list", "post": "create"}), name="api-people"),
    path("people/import/", PeopleImport.as_view({"post": "create"}), name="api-people-import"),
    path(
        "people/<str:email>/",
        People.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="api-person",
    ),
    *(
        path(f"people/<str:email>/{verb}/", People.as_view({"post": verb}), name=f"api-person-{verb}")
        for verb in ("disable", "enable", "invite")
    ),
    path("teams/", Teams.as_view({"get": "list", "post": "create"}), name="api-teams"),
    path(
        "teams/<str:pk>/",
        Teams.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="api-team",
    ),
    path("me/tokens/", MyTokens.as_view({"get": "list", "post": "create"}), name="api-my-tokens"),
    path("me/tokens/<str:pk>/", MyTokens.as_view({"delete": "destroy"}), name="api-my-token"),
    path("me/sessions/", MySessions.as_view({"get": "list"}), name="api-my-sessions"),
    path("me/sessions/<str:pk>/", MySessions.as_view({"delete": "destroy"}), name="api-my-session"),
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", Docs.as_view(), name="api-docs"),
    # What is no call answers in the API's own shape, not with a page.
    re_path(r"^(?:[\s\S]*/)?$", ApiNotFound.as_view(), name="api-nowhere"),
]
