// "Add another person" without a round trip. Without scripts the same button submits the form and the server adds a block.
//
// Markup: section[data-repeat=PREFIX] around a Django formset: its management form, [data-repeat-list] with one
// [data-repeat-item] for each form, template[data-repeat-template] holding the empty form (__prefix__ for the number,
// {number} in its heading), the submit button [data-repeat-add], and [data-repeat-remove] buttons.
// A removed block is emptied and hidden (or its DELETE box ticked), so that the numbers of the others stay true.
export function repeat() {
  for (const section of document.querySelectorAll("[data-repeat]")) repeatable(section);
}

function repeatable(section) {
  const prefix = section.dataset.repeat;
  const total = section.querySelector(`[name="${CSS.escape(prefix)}-TOTAL_FORMS"]`);
  const most = Number(section.querySelector(`[name="${CSS.escape(prefix)}-MAX_NUM_FORMS"]`)?.value || 1000);
  const list = section.querySelector("[data-repeat-list]"), blank = section.querySelector("[data-repeat-template]");
  const add = section.querySelector("[data-repeat-add]");
  if (!total || !list || !blank || !add) return;

  const limit = () => { add.hidden = Number(total.value) >= most; };
  add.addEventListener("click", (event) => {
    event.preventDefault();
    const index = Number(total.value);
    if (index >= most) return;
    const block = numbered(blank.content.cloneNode(true), index);
    list.append(block);
    total.value = index + 1;
    limit();
    const item = list.lastElementChild;
    (item.querySelector("[data-repeat-heading]") ?? item).focus();
    changed(section);
  });
  section.addEventListener("click", (event) => {
    const button = event.target.closest("[data-repeat-remove]");
    if (!button) return;
    event.preventDefault();
    remove(button.closest("[data-repeat-item]"));
    add.focus();
    changed(section);
  });
  for (const button of section.querySelectorAll("[data-repeat-remove]")) button.hidden = false;
  limit();
}

// Writes the number into attributes and words; never builds markup from text, so trusted types need no exception.
function numbered(fragment, index) {
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      if (node.data.includes("{number}")) node.data = node.data.replaceAll("{number}", index + 1);
      continue;
    }
    for (const attribute of [...node.attributes])
      if (attribute.value.includes("__prefix__")) node.setAttribute(attribute.name, attribute.value.replaceAll("__prefix__", index));
    if (node.matches("[data-repeat-remove]")) node.hidden = false;
    if (node.matches("[data-nojs]")) node.hidden = true;
  }
  return fragment;
}

function remove(item) {
  const tick = item.querySelector("[name$='-DELETE']");
  if (tick) tick.checked = true;
  for (const field of item.querySelectorAll("input, select, textarea")) {
    if (field === tick || field.type === "hidden") continue;
    if (field.type === "checkbox" || field.type === "radio") field.checked = false;
    else field.value = "";
  }
  item.hidden = true;
}

// Tells autosave that the form is not what was last saved.
function changed(section) {
  section.dispatchEvent(new Event("input", { bubbles: true }));
}
