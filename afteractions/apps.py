from django.apps import AppConfig


class AfterActionsConfig(AppConfig):
    name = "afteractions"

    def ready(self) -> None:
        # Only now are the models loaded that these modules are made of.
        from afteractions.access import visible_references
        from afteractions.gauges import GAUGES
        from afteractions.operations import guest_links, intake
        from afteractions.operations.followup import leavers
        from afteractions.queries import home as needs_here
        from incidents.signals import record_changed
        from majorops.notices import digest_sources, visibility
        from majorops.notices.delivery import places
        from majorops.people.operations import belongings
        from majorops.people.signals import came_or_left
        from majorops.web.health import gauges

        record_changed.connect(intake.on_record_changed, dispatch_uid="afteractions.intake")
        came_or_left.connect(leavers.on_came_or_left, dispatch_uid="afteractions.leaving")
        belongings.register(leavers.belongings_of, leavers.hand_over_belongings)
        visibility.register(visible_references)
        places.register(guest_links.PLACE, guest_links.path_of_key)
        digest_sources.register(needs_here.told_to)
        gauges.register(*GAUGES)
