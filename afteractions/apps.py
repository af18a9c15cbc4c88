from django.apps import AppConfig


class AfterActionsConfig(AppConfig):
    name = "afteractions"

    def ready(self) -> None:
        # Only now are the models loaded that these modules are made of.
        from afteractions import needs as needs_here
        from afteractions.operations import intake
        from afteractions.operations.visibility import visible_references
        from incidents.signals import record_changed
        from majorops.notices import needs, visibility

        record_changed.connect(intake.on_record_changed, dispatch_uid="afteractions.intake")
        visibility.register(visible_references)
        needs.register(needs_here.told_to)
