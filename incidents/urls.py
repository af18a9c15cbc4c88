"""The pages of the record, under /incidents/. Every view asks access.py what its reader may see and do."""

from django.urls import URLPattern, path

from incidents.views import action_view, declaring, importing, likeness, listing, mtm, pages

app_name = "incidents"
urlpatterns: list[URLPattern] = [
    path("", listing.incidents, name="list"),
    path("declare/", declaring.declaring, name="declare"),
    path("import/", importing.importing, name="import"),
    path("people/", declaring.people, name="people"),
    path("services/", declaring.services, name="services"),
    path("vendor-terms/", declaring.vendor_terms, name="vendor_terms"),
    path("<str:reference>/", pages.detail, name="detail"),
    path("<str:reference>/live/", pages.live, name="live"),
    path("<str:reference>/line/", pages.line, name="line"),
    path("<str:reference>/history/", pages.history, name="history"),
    path("<str:reference>/look-alikes/", likeness.look_alikes, name="look_alikes"),
    path("<str:reference>/export/", pages.export, name="export"),
    path("<str:reference>/mtms/<int:number>/", mtm.meeting, name="mtm"),
    path("<str:reference>/mtms/<int:number>/<slug:name>/", mtm.step, name="mtm_step"),
    path("<str:reference>/<slug:name>/", action_view.step, name="step"),
    path("<str:reference>/<slug:name>/<int:entry>/", action_view.step, name="step_of"),
]
