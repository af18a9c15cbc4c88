"""The API's calls, under /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from afteractions.api.audit import Audit
from afteractions.api.deadlines import Obligations
from afteractions.api.followup.actions import ActionItems, Comments, Vendors, Wording
from afteractions.api.followup.contracts import Contracts
from afteractions.api.followup.external_messages import ExternalMessages
from afteractions.api.followup.leavers import LeaverViewSet
from afteractions.api.followup.status_notes import StatusNotes
from afteractions.api.insights import Insights
from afteractions.api.policy import PolicyViewSet
from afteractions.api.search import Search
from afteractions.api.service_memory import ServiceMemoryViewSet
from afteractions.api.views import AfterActions

app_name = "afteractions-api"
router = SimpleRouter()
router.register("after-actions", AfterActions, basename="after-action")
router.register("action-items", ActionItems, basename="action-item")
router.register("obligations", Obligations, basename="obligation")
router.register("external-messages", ExternalMessages, basename="external-message")
router.register("status-notes", StatusNotes, basename="status-note")
router.register("left-behind", LeaverViewSet, basename="left-behind")
router.register("vendors", Vendors, basename="vendor")
router.register("contracts", Contracts, basename="contract")
router.register("comments", Comments, basename="comment")
urlpatterns = [
    *router.urls,
    path("service-memory/", ServiceMemoryViewSet.as_view({"get": "show"}), name="service-memory"),
    path("wording/", Wording.as_view({"post": "create"}), name="wording"),
    path("audit/", Audit.as_view({"get": "list"}), name="audit"),
    path("search/", Search.as_view({"get": "list"}), name="search"),
    path("insights/", Insights.as_view({"get": "show"}), name="insights"),
    path("policy/", PolicyViewSet.as_view({"get": "show", "put": "change"}), name="policy"),
    path("policy/closing-days/", PolicyViewSet.as_view({"post": "close"}), name="policy-close"),
    path(
        "policy/closing-days/<str:day>/take-back/",
        PolicyViewSet.as_view({"post": "take_back"}),
        name="policy-take-back",
    ),
]
