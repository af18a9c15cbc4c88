"""The API's calls, under /api/v1/."""

from django.urls import URLPattern

app_name = "incidents-api"
urlpatterns: list[URLPattern] = []
