"""Record what happens next for a child: level of need, outcome, reasons, who took part and who disagreed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jigsaw.hub.agreements import queries as agreements
from jigsaw.hub.enquiries import operations as enquiries
from jigsaw.hub.enquiries import queries as enquiry_queries
from jigsaw.hub.kit.errors import Invalid
from jigsaw.hub.web import door, drafting
from jigsaw.hub.web.door import Visit, practitioner_page
from jigsaw.hub.web.enquiries import page
from jigsaw.hub.web.enquiries.forms import DecisionForm, ParticipantBlocks

MOST = 40


@practitioner_page
def decide(visit: Visit, reference: str) -> HttpResponse:
    """For those who decide at the agency: the threshold decision. A later one stands beside the earlier."""
    enquiry_queries.to_decide(visit.actor, reference)
    read = enquiry_queries.read(visit.actor, reference, now=visit.now)
    draft = f"enquiries:decide:{reference}"
    posted = visit.request.method == "POST"
    if posted and {"add", "keep"} & set(visit.request.POST):
        return _not_yet(visit, reference, draft)
    data, saved = (visit.request.POST, None) if posted else drafting.restored(visit, draft)
    ladder = agreements.need_ladder(
        on=agreements.local_day(visit.now), authority=read.enquiry.referral.authority_id
    )
    form, blocks = DecisionForm(data, ladder=ladder), ParticipantBlocks(data, prefix="people")

    def act() -> str:
        enquiries.decide_threshold(
            actor=visit.actor,
            enquiry=read.enquiry,
            level=form.cleaned_data["level"],
            outcome=form.cleaned_data["outcome"],
            grounds=form.grounds(),
            took_part=[
                block.took_part()
                for block in blocks
                if block.has_changed() and not block.cleaned_data.get("DELETE")
            ],
            now=visit.now,
        )
        messages.success(visit.request, _("Recorded. Now tell those who helped what came of it."))
        return reverse("enquiry", args=[reference])

    if posted:
        form_ok, blocks_ok = form.is_valid(), blocks.is_valid()
        if form_ok and blocks_ok:
            try:
                return door.once(visit, act, draft=draft)
            except Invalid as error:
                for name, words in error.fields.items():
                    form.add_error(name if name in form.fields else None, str(words))
        drafting.keep(visit, draft)
    elif data is not None:
        drafting.as_typed(form, blocks)
    context = {
        **page.head(visit, read.enquiry),
        "names": page.names(read.children or read.subjects),
        "earlier": read.thresholds,
        "ladder": ladder,
        "form": form,
        "blocks": blocks,
        "token": door.new_token(),
        "draft": draft,
        "saved_at": saved and saved.saved_at,
    }
    return render(visit.request, "enquiries/decide.html", context, status=400 if posted else 200)


def _not_yet(visit: Visit, reference: str, draft: str) -> HttpResponse:
    """Keep what was typed; show one more person to fill in, if that was asked, without scripts."""
    here = reverse("enquiry-decide", args=[reference])
    if "add" not in visit.request.POST:
        drafting.keep(visit, draft)
        return redirect(here)
    total = visit.request.POST.get("people-TOTAL_FORMS", "0")
    number = int(total) + 1 if total.isascii() and total.isdigit() and int(total) < MOST else MOST
    drafting.keep_with(visit, draft, **{"people-TOTAL_FORMS": str(number)})
    return redirect(f"{here}#people")
