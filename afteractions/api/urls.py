"""The API's calls, under /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from afteractions.api.followup import ActionItems, Comments, ExternalMessages, Vendors, Wording
from afteractions.api.views import AfterActions

app_name = "afteractions-api"
router = SimpleRouter()
router.register("after-actions", AfterActions, basename="after-action")
router.register("action-items", ActionItems, basename="action-item")
router.register("external-messages", ExternalMessages, basename="external-message")
router.register("vendors", Vendors, basename="vendor")
router.register("comments", Comments, basename="comment")
urlpatterns = [*router.urls, path("wording/", Wording.as_view({"post": "create"}), name="wording")]
