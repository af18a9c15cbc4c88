"""The picture in words: the description that a screen reader reads instead of the drawing."""

from afteractions.timeline.picture import KIND_LABELS, Picture, elapsed, numbered_marks
from majorops.formatting.durations import duration_words


def empty_words() -> str:
    """What belongs into a picture that has nothing yet."""
    return "Nothing captured yet: phases, milestones, events and status updates appear here once they are logged."


MOST_NAMED = 60
LONGEST_NAME = 80


def _listed(names: list[str]) -> str:
    named = ", ".join(name[:LONGEST_NAME] for name in names[:MOST_NAMED])
    return f"{named} and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else named


def told(picture: Picture) -> str:
    """From when to when, what is drawn, and the metrics. The table beside the picture has every entry."""
    instants = picture.instants()
    first, last = (at.astimezone(picture.zone) for at in (instants[0], instants[-1]))
    sentences = [
        f"From {first:%-d %B %Y %H:%M} to {last:%-d %B %Y %H:%M} ({picture.time_zone}), "
        f"{duration_words(elapsed(first, last))}."
    ]
    if picture.phases:
        entered = sorted(picture.phases, key=lambda entry: entry.entered_at)
        sentences.append(f"Phases: {_listed([entry.label for entry in entered])}.")
    marks = numbered_marks(picture)
    counts = {kind: sum(mark.kind == kind for mark in marks) for kind in KIND_LABELS}
    if marks:
        listed = ", ".join(f"{KIND_LABELS[kind].lower()} {count}" for kind, count in counts.items() if count)
        sentences.append(f"Entries: {listed}.")
    if picture.tracks:
        sentences.append(f"Recovery tracks: {_listed([track.name for track in picture.tracks])}.")
    for metric in picture.metrics:
        sentences.append(f"{metric.label}: {duration_words(metric.seconds)}.")
    return " ".join([*sentences, "The table beside the picture lists every entry."])
