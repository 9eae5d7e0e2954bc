// A page left open forgets what it showed once its session is over: idle, ended elsewhere, or somebody else's by now.
// body[data-user]; [data-away data-title], hidden. What was typed and is saved comes back after signing in; a page with words
// that could not be saved yet (form[data-unsaved], by autosave.js) keeps them, and says so itself.
const LOOK_EVERY = 60_000;
// No answer proves nothing, until no session without an act could have lasted.
const WITHOUT_AN_ANSWER = 11 * 60_000;
const ABOUT_WHOEVER_WAS_IN = ".hub-top__user, .hub-find, .govuk-service-navigation, .govuk-back-link";

export function away() {
  const told = document.querySelector("[data-away]"), user = document.body.dataset.user;
  if (!told || !user) return;
  let known = Date.now();

  async function look() {
    try {
      const session = await (await fetch("/session/", { headers: { Accept: "application/json" } })).json();
      if (session.ok && String(session.user) === user) { known = Date.now(); return; }
    } catch {
      if (Date.now() - known < WITHOUT_AN_ANSWER) return;
    }
    if (!document.querySelector("form[data-unsaved]")) forget();
  }

  function forget() {
    clearInterval(timer);
    window.removeEventListener("focus", look);
    document.removeEventListener("visibilitychange", look);
    for (const part of document.querySelectorAll(ABOUT_WHOEVER_WAS_IN)) part.remove();
    told.querySelector("[data-away-saved]").hidden = !document.querySelector("form[data-autosave]");
    document.querySelector("[data-signedout]")?.remove();
    told.hidden = false;
    told.querySelector("a").search = `?next=${encodeURIComponent(location.pathname + location.search)}`;
    document.querySelector("main").replaceChildren(told);
    document.title = told.dataset.title;
  }

  const timer = setInterval(look, LOOK_EVERY);
  window.addEventListener("focus", look);
  document.addEventListener("visibilitychange", look);
}
