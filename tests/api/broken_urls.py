"""The product's addresses, and one of each kind that fails in a way that nobody foresaw."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework.views import APIView

from majorops import urls
from majorops.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


class Broken(APIView):
    permission_classes = ()

    def get(self, request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [
    path("api/v1/broken/", Broken.as_view()),
    path("broken/", broken),
    *urls.urlpatterns,
]
