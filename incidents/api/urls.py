"""The API's calls, under /api/v1/."""

from rest_framework.routers import SimpleRouter

from incidents.api.services import Services
from incidents.api.views import Incidents

app_name = "incidents-api"
router = SimpleRouter()
router.register("incidents", Incidents, basename="incident")
router.register("services", Services, basename="service")
urlpatterns = router.urls
