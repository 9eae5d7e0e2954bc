// Keeps "48 min left" true while the page stays open. The server writes the first value, and its clock counts:
// data-now on the body gives the difference to this computer's clock. The words come from the element,
// data-left="{} left" and data-late="{} late", so that a translation reaches them too.
const offset = document.body.dataset.now ? Date.parse(document.body.dataset.now) - Date.now() : 0;

// The same rule as due_span in templatetags/jigsaw.py.
export function span(milliseconds) {
  const minutes = Math.floor(Math.abs(milliseconds) / 60000);
  if (minutes >= 2880) return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`;
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${minutes} min`;
}

export function clocks() {
  const all = document.querySelectorAll("[data-due]");
  if (!all.length) return;
  const tick = () => {
    for (const element of all) {
      const left = Date.parse(element.dataset.due) - (Date.now() + offset), late = left < 0;
      element.textContent = (late ? element.dataset.late : element.dataset.left).replace("{}", span(left));
      element.closest(".hub-due")?.classList.toggle("hub-due--late", late);
    }
  };
  setInterval(tick, 15000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
}
