from django.apps import AppConfig


class AfterActionsConfig(AppConfig):
    name = "afteractions"

    def ready(self) -> None:
        # Only now are the models loaded that these modules are made of.
        from afteractions import needs as needs_here
        from afteractions.operations import intake, leaving
        from afteractions.operations.visibility import visible_references
        from incidents.signals import record_changed
        from majorops.notices import needs, visibility
        from majorops.people.signals import came_or_left

        record_changed.connect(intake.on_record_changed, dispatch_uid="afteractions.intake")
        came_or_left.connect(leaving.on_came_or_left, dispatch_uid="afteractions.leaving")
        visibility.register(visible_references)
        needs.register(needs_here.told_to)
