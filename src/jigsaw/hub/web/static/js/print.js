// Makes [data-print] buttons print the page; without scripts the browser's own menu does the same.
export function printing() {
  for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
}
