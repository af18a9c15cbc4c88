"""What people say about being told."""

from django import forms

from majorops.notices.vocabulary import Wanted
from majorops.web.refusals import RefusableForm

CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class PreferenceForm(RefusableForm):
    mail = forms.ChoiceField(
        label="Mail",
        choices=Wanted.choices(),
        help_text="Escalations and invitations come at once, whatever you choose. The inbox holds everything.",
    )
    digest_at = forms.TimeField(
        label="The daily mail comes at", widget=CLOCK, help_text="In your time zone. Only for “once a day”."
    )
    quiet_from = forms.TimeField(
        label="Quiet from", required=False, widget=CLOCK, help_text="In your time zone."
    )
    quiet_until = forms.TimeField(
        label="Quiet until",
        required=False,
        widget=CLOCK,
        help_text="In your time zone. Mail and chat wait until then; escalations do not.",
    )
    chat_url = forms.CharField(
        label="Chat",
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="The address of a chat that takes messages for you, such as slack://KEY/KEY/KEY or "
        "mmosts://chat.example.com/KEY. It holds a key and is not shown again. Empty: as it is.",
    )
    end_chat = forms.BooleanField(label="End the messages by chat", required=False)
