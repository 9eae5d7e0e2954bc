"""Words being typed are saved on the server, and come back after anything that goes wrong."""

from __future__ import annotations

import logging

from django.forms import BaseForm, BaseFormSet
from django.forms.utils import ErrorDict, ErrorList
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jigsaw.hub.agencies import operations as agencies
from jigsaw.hub.kit import drafts
from jigsaw.hub.kit.clock import ENGLAND
from jigsaw.hub.kit.drafts import SavedDraft
from jigsaw.hub.web import door
from jigsaw.hub.web.door import Visit

log = logging.getLogger("jigsaw.web")


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """For whoever is signed in: keep the form as typed so far. 401 if the session has ended."""
    about = request.POST.get("draft", "")[:120]
    if not request.user.is_authenticated:
        return JsonResponse({"error": _("You have been signed out.")}, status=401)
    if not about or door.owner_of_form(request) != request.user.pk:
        return JsonResponse({"error": _("This form was made for someone else.")}, status=409)
    before = drafts.load(owner=request.user.pk, about=about, now=request.now)
    # The same words again are no sign that anyone is there: they do not keep the session alive.
    request.by_itself = before is not None and before.fields == door.typed(request)
    saved_at = drafts.save(owner=request.user.pk, about=about, fields=door.typed(request), now=request.now)
    return JsonResponse({"at": f"{saved_at.astimezone(ENGLAND):%H:%M:%S}"})


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from before the last sign-in, or of another site's making: keep its words and show it afresh; written down."""
    about, owner = request.POST.get("draft", ""), door.owner_of_form(request)
    if owner and about:
        drafts.save(owner=owner, about=about, fields=door.typed(request), now=timezone.now())
    page = request.resolver_match.url_name or "" if request.resolver_match else ""
    log.warning("a form without its token was not taken", extra={"page": page})
    if request.user.is_authenticated:
        agencies.not_let_in(actor=request.actor, page=page, why="form_token", now=request.now)
        return redirect(request.get_full_path())
    return redirect(f"{reverse('sign-in')}?next={request.get_full_path()}&kept={1 if owner and about else 0}")


def restored(visit: Visit, about: str) -> tuple[QueryDict | None, SavedDraft | None]:
    """The draft of this form as form data, with when it was saved; (None, None) if there is none."""
    assert visit.actor.practitioner_id is not None
    draft = drafts.load(owner=visit.actor.practitioner_id, about=about, now=visit.now)
    if draft is None:
        return None, None
    data = QueryDict(mutable=True)
    for name, values in draft.fields.items():
        data.setlist(name, values)
    return data, draft


def keep(visit: Visit, about: str) -> None:
    """Keep what was just sent as a draft, because it could not be accepted yet."""
    assert visit.actor.practitioner_id is not None
    drafts.save(
        owner=visit.actor.practitioner_id, about=about, fields=door.typed(visit.request), now=visit.now
    )


def as_typed(*forms: BaseForm | BaseFormSet) -> None:
    """Show forms bound to a draft as they were typed, without judging what is not finished yet."""
    for form in forms:
        if isinstance(form, BaseFormSet):
            as_typed(*form.forms)
            form._errors = [ErrorDict() for _form in form.forms]
            form._non_form_errors = ErrorList()
        else:
            form._errors = ErrorDict()


def keep_with(visit: Visit, about: str, **changes: str) -> None:
    """Keep what was just sent as a draft with some fields changed, such as one more block to fill in."""
    assert visit.actor.practitioner_id is not None
    fields = {
        **door.typed(visit.request),
        **{name: [value] for name, value in changes.items()},
    }
    drafts.save(owner=visit.actor.practitioner_id, about=about, fields=fields, now=visit.now)


def throw_away(visit: Visit, about: str) -> None:
    """Forget the draft: its owner does not want it any more."""
    assert visit.actor.practitioner_id is not None
    drafts.discard(owner=visit.actor.practitioner_id, about=about)
