"""SCIM 2.0, as RFC 7644 names its addresses: without a slash at the end."""

from django.urls import path, re_path
from scim2_models import ResourceType, Schema

from majorops.people.scim import views

app_name = "scim"
urlpatterns = [
    path("ServiceProviderConfig", views.Config.as_view(), name="config"),
    path("ResourceTypes", views.ManyDescriptions.as_view(model=ResourceType), name="resource_types"),
    path("ResourceTypes/<str:key>", views.OneDescription.as_view(model=ResourceType), name="resource_type"),
    path("Schemas", views.ManyDescriptions.as_view(model=Schema), name="schemas"),
    path("Schemas/<str:key>", views.OneDescription.as_view(model=Schema), name="schema"),
    re_path(r"^(?:Bulk|Me|(?:(?:Users|Groups)/)?\.search)$", views.NotOffered.as_view(), name="not_offered"),
    path("Users", views.ManyUsers.as_view(), name="users"),
    path("Users/<str:key>", views.OneUser.as_view(), name="user"),
    path("Groups", views.ManyGroups.as_view(), name="groups"),
    path("Groups/<str:key>", views.OneGroup.as_view(), name="group"),
    re_path(r"^[\s\S]*$", views.Nowhere.as_view(), name="nowhere"),
]
