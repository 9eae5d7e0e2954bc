// Answers while somebody types what they know. The same form works as a plain POST without this file. No address holds a word of
// it: the server keeps the question for this session and says under which number.
//
// Markup: form[data-find=address of the answers][data-least=letters] with an input named q; [data-find-answers], whose
// content is replaced; [data-find-status], where what was found is said. Every question is written down in the log, so
// one is asked only once typing has paused, and never twice in a row.
const PAUSE = 350;

export function find() {
  const form = document.querySelector("form[data-find]");
  const answers = document.querySelector("[data-find-answers]"), status = document.querySelector("[data-find-status]");
  if (!form || !answers || !status) return;
  const box = form.elements.namedItem("q");
  let asked = box.value.trim(), timer = 0, running = null;

  const ask = () => {
    const text = box.value.trim();
    if (text === asked || (text && text.length < Number(form.dataset.least))) return;
    asked = text;
    running?.abort();
    // A request that is read as a document: pages take no text as markup from scripts, and nothing in it runs.
    running = new XMLHttpRequest();
    running.open("POST", form.dataset.find);
    running.setRequestHeader("X-CSRFToken", form.elements.namedItem("csrfmiddlewaretoken").value);
    running.responseType = "document";
    running.onload = ({ target: answer }) => {
      const found = answer.status === 200 && answer.response?.querySelector("[data-found]");
      // Signed out, or something wrong: asking again as a whole page says it better.
      if (!found) return lost();
      answers.replaceChildren(document.adoptNode(found));
      status.textContent = found.dataset.found;
      history.replaceState(null, "", found.dataset.address || form.action);
    };
    running.onerror = lost;
    running.send(new URLSearchParams({ q: text }));
  };
  const lost = () => {
    asked = null;
    status.textContent = status.dataset.lost;
  };

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  // Down leads from the box to the first answer; with all else the keyboard does what it does on every page.
  box.addEventListener("keydown", (event) => {
    const first = event.key === "ArrowDown" && answers.querySelector(".hub-hit a");
    if (!first) return;
    event.preventDefault();
    first.focus();
  });
}
