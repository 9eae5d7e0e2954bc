// Live help on the share-or-withhold form. The server checks everything again; without this file the form still works.
//
// Markup: form[data-rules]; cards [data-item] (data-flag where a closer look is needed) with radios inside .hub-pick,
// and [data-when=share|part|withhold] parts shown for that choice; golden rules as [data-rule=1…7].
// Which answer covers which rule is the server's business: any control may carry data-covers="1 3" (covered while it is
// ticked, chosen or not empty), and the list item data-needs="all-items" is covered once every item has a choice.
const CHOICES = ["share", "part", "withhold"];

export function decide() {
  const form = document.querySelector("form[data-rules]");
  if (!form) return;
  const box = form.querySelector("[data-rules-box]");
  if (box && matchMedia("(max-width: 61.24em)").matches) box.open = false;
  const items = [...form.querySelectorAll("[data-item]")];
  const paint = () => {
    const totals = paintItems(items);
    paintRules(form, totals.left === 0);
    paintSum(form.querySelector("[data-sum]"), totals);
  };
  form.querySelector("[data-all]")?.addEventListener("click", () => {
    for (const item of items) if (!("flag" in item.dataset)) item.querySelector(".hub-pick input[value=share]").checked = true;
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
  form.addEventListener("input", paint);
  paint();
}

function paintItems(items) {
  const totals = { share: 0, part: 0, withhold: 0, left: 0 };
  for (const item of items) {
    const choice = item.querySelector(".hub-pick input:checked")?.value ?? "";
    totals[CHOICES.includes(choice) ? choice : "left"]++;
    item.dataset.choice = choice;
    for (const part of item.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== choice;
  }
  return totals;
}

function paintRules(form, everyItem) {
  const covered = new Set();
  for (const control of form.querySelectorAll("[data-covers]")) {
    const tickable = control.type === "checkbox" || control.type === "radio";
    if (tickable ? control.checked : control.value.trim()) for (const rule of control.dataset.covers.split(" ")) covered.add(rule);
  }
  let number = 0;
  for (const rule of form.querySelectorAll("[data-rule]")) {
    const ok = covered.has(rule.dataset.rule) || (rule.dataset.needs === "all-items" && everyItem);
    rule.classList.toggle("is-ok", ok);
    if (ok) number++;
  }
  const count = form.querySelector("[data-rules-n]"), live = form.querySelector("[data-rules-live]");
  if (count) count.textContent = number;
  if (live) live.textContent = live.dataset.text.replace("{}", number);
}

// data-share="Share {}" data-part="share part of {}" data-withhold="withhold {}" data-left="{} to choose"
function paintSum(sum, totals) {
  if (!sum) return;
  const words = [...CHOICES, "left"].filter((key) => totals[key]).map((key) => sum.dataset[key].replace("{}", totals[key])).join(", ");
  sum.textContent = words.charAt(0).toLocaleUpperCase() + words.slice(1);
}
