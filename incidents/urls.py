"""The pages of the record, under /incidents/."""

from django.urls import URLPattern

app_name = "incidents"
urlpatterns: list[URLPattern] = []
