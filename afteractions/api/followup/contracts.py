"""The contracts of vendors, known before the incident."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from afteractions.api import serializers
from afteractions.api.followup import outputs
from afteractions.operations.followup.contracts import Representative, keep_contract
from incidents.access import CONTRACTS_ONLY, can_keep_contracts
from incidents.models import Vendor
from incidents.queries.incidents import vendors_known_to
from majorops.errors import NotAllowed, NotFound
from majorops.searching import holding
from majorops.web.api.envelope import etag, matched_version
from majorops.web.api.viewsets import ApiViewSet, write_action

SEARCH = OpenApiParameter("search", str, description="A part of the name.")


class Contracts(ApiViewSet):
    """What each vendor promised."""

    queryset = Vendor.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    ordering = ("name", "id")

    @extend_schema(parameters=[SEARCH], responses=outputs.ContractShown(many=True))
    def list(self, request: Request) -> Response:
        """The vendors with what their contracts promise, by name"""
        vendors_known = vendors_known_to(self.person)
        if search := request.query_params.get("search", ""):
            vendors_known = holding(vendors_known, "name", search)
        return self.paginated(outputs.ContractShown, vendors_known)

    @extend_schema(responses=outputs.ContractShown)
    def retrieve(self, request: Request, pk: str) -> Response:
        """The contract of one vendor"""
        return self.answer(self.found(pk))

    @write_action(serializers.Contract, outputs.ContractShown, status=201, matches=False)
    def create(self, request: Request) -> Response:
        """Add a vendor with its contract: Service Managers and administrators"""
        return self.answer(self.keep(None), status=201)

    @write_action(serializers.Contract, outputs.ContractShown)
    def update(self, request: Request, pk: str) -> Response:
        """Say what the contract of a vendor promises now, all of it

        A new RCA term moves the deadlines that nobody agreed a date for; a new Service Manager takes over what is open.
        """
        vendor = self.found(pk)
        return self.answer(self.keep(vendor, version=matched_version(request, tag(vendor), vendor.version)))

    def keep(self, vendor: Vendor | None, version: int | None = None) -> Vendor:
        if not can_keep_contracts(self.person):
            raise NotAllowed(CONTRACTS_ONLY)
        data: dict[str, Any] = self.validated(serializers.Contract)
        name, email = data.pop("representative_name", None), data.pop("representative_email", None)
        data["representative"] = Representative(name or "", email or "")
        data["escalation_contact"] = data.get("escalation_contact") or ""
        return keep_contract(vendor, version=version, **self.moment(data.pop("at", None)), **data)

    def found(self, pk: str) -> Vendor:
        vendor = vendors_known_to(self.person).filter(pk=int(pk)).first()
        if vendor is None:
            raise NotFound("There is no such vendor.")
        return vendor

    def answer(self, vendor: Vendor, status: int = 200) -> Response:
        return Response(outputs.ContractShown.of(vendor), status=status, headers={"ETag": tag(vendor)})


def tag(vendor: Vendor) -> str:
    """The entity tag of a contract as it stands."""
    return etag("contract", vendor.pk, vendor.version)
