"""The pages of what follows an incident."""

from django.urls import URLPattern

app_name = "afteractions"
urlpatterns: list[URLPattern] = []
