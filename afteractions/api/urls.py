"""The API's calls, under /api/v1/."""

from django.urls import URLPattern

app_name = "afteractions-api"
urlpatterns: list[URLPattern] = []
