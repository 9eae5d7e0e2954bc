// Filters the chronology without a round trip; the same form works as a plain GET without scripts.
// Markup: form[data-filter] with fields agency and kind; entries [data-entry] with data-agency, data-kind;
// [data-gap] and [data-month] between them; [data-count] with data-count-text="{} of {} entries".
export function chronology() {
  const form = document.querySelector("form[data-filter]");
  if (!form) return;
  const entries = [...document.querySelectorAll("[data-entry]")], count = document.querySelector("[data-count]");

  const paint = () => {
    const chosen = new FormData(form), agencies = chosen.getAll("agency"), kinds = chosen.getAll("kind");
    let shown = 0;
    for (const entry of entries) {
      entry.hidden = (agencies.length > 0 && !agencies.includes(entry.dataset.agency))
        || (kinds.length > 0 && !kinds.includes(entry.dataset.kind));
      if (!entry.hidden) shown++;
    }
    // A silence is only a silence when every agency's entries are in view.
    for (const gap of document.querySelectorAll("[data-gap]")) gap.hidden = agencies.length + kinds.length > 0;
    for (const month of document.querySelectorAll("[data-month]")) month.hidden = !monthHasEntry(month);
    if (count) count.textContent = count.dataset.countText.replace("{}", shown).replace("{}", entries.length);
    history.replaceState(null, "", "?" + new URLSearchParams(chosen));
  };
  form.addEventListener("change", paint);
}

function monthHasEntry(month) {
  for (let next = month.nextElementSibling; next && !("month" in next.dataset); next = next.nextElementSibling)
    if ("entry" in next.dataset && !next.hidden) return true;
  return false;
}
