"""People and their settings."""

from django.urls import URLPattern, path

from majorops.people import views

app_name = "people"
urlpatterns: list[URLPattern] = [
    path("me/", views.me, name="me"),
    path("me/away/", views.away, name="away"),
    path("me/away/<int:pk>/back/", views.back_again, name="back_again"),
    path("me/tokens/", views.make_token, name="make_token"),
    path("me/tokens/<int:pk>/revoke/", views.revoke, name="revoke"),
    path("me/sessions/end/", views.end_other_sessions, name="end_other_sessions"),
    path("me/sessions/<int:pk>/end/", views.end_session, name="end_session"),
]
