// Saves a whole form on the server a moment after each change. Nothing is kept in the browser, because office
// computers and telephones are shared. When the session has ended, the words stay on the page, a notice says so,
// and they are saved as soon as the same practitioner has signed in again in another tab.
//
// Markup: form[data-autosave=URL]; inside it [data-saved] with data-saved-text="Draft saved {}",
// data-unsaved-text, data-offline-text; anywhere [data-signedout] and [data-otheruser], both hidden.
// The URL answers {"at": "14:03"}; /session/ answers {"ok": true, "csrf": "…", "user": "…"}.
const PAUSE = 700, RETRY = 5000;

export function autosave() {
  for (const form of document.querySelectorAll("form[data-autosave]")) keep(form);
}

// A file goes with the button alone, not with every letter that is typed.
function words(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
}

function keep(form) {
  const note = form.querySelector("[data-saved]");
  const notice = document.querySelector("[data-signedout]"), other = document.querySelector("[data-otheruser]");
  let timer, dirty = false, sending = false, lost = false, retried = false, leaving = false;

  // For away.js: a page whose words are all saved may forget them once the session is over.
  const unsaved = (there) => form.toggleAttribute("data-unsaved", there);
  const say = (text) => { if (note) note.textContent = text ?? ""; };
  const later = (wait) => { clearTimeout(timer); timer = setTimeout(save, wait); };

  async function save() {
    if (sending || !dirty || leaving) return;
    sending = true;
    dirty = false;
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: words(form), redirect: "manual" });
      if (answer.ok) saved(await answer.json());
      else if ([401, 403].includes(answer.status) || answer.type === "opaqueredirect") await signedOut();
      else throw new Error(`answered ${answer.status}`);
    } catch {
      dirty = true;
      say(note?.dataset.offlineText);
      later(RETRY);
    } finally {
      sending = false;
    }
    if (dirty && !lost) later(PAUSE);
  }

  function saved(draft) {
    lost = retried = false;
    unsaved(dirty);
    if (notice) notice.hidden = true;
    say(note?.dataset.savedText?.replace("{}", draft.at));
  }

  // The token changes at sign-in, so a refusal may only mean that another tab signed in since: ask first.
  async function signedOut() {
    dirty = true;
    if (!retried && await refresh()) { retried = true; return; }
    lost = true;
    if (notice) notice.hidden = false;
    say(note?.dataset.unsavedText);
  }

  // True when this practitioner's session is alive; the form then carries its present token.
  async function refresh() {
    const session = await (await fetch("/session/", { headers: { Accept: "application/json" } })).json();
    if (!session.ok) return false;
    const same = !document.body.dataset.user || String(session.user) === document.body.dataset.user;
    if (other) other.hidden = same;
    if (!same) return false;
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = session.csrf;
    return true;
  }

  async function back() {
    if (!lost || document.hidden) return;
    try {
      if (!await refresh()) return;
    } catch { return; }
    lost = false;
    if (notice) notice.hidden = true;
    later(0);
  }

  form.addEventListener("input", () => { dirty = true; unsaved(true); if (!lost) later(PAUSE); });
  form.addEventListener("submit", () => { leaving = true; clearTimeout(timer); });
  document.addEventListener("visibilitychange", back);
  window.addEventListener("focus", back);
  // Come back with the browser's Back button: the form lives again.
  window.addEventListener("pageshow", (event) => { if (event.persisted) leaving = false; });
  window.addEventListener("beforeunload", (event) => { if (dirty && !leaving) event.preventDefault(); });
}
