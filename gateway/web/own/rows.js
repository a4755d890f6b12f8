// Lists within a form, such as phones: the first entry is the primary one.
import { comboboxes } from "./combobox.js";

document.addEventListener("click", (event) => {
  const rows = event.target.closest("[data-rows]");
  const button = event.target.closest("button");
  if (!rows || !button) return;
  const entry = button.closest(".entry");
  if ("addRow" in button.dataset) addRow(rows).querySelector("input:not([type=hidden])").focus();
  else if ("removeRow" in button.dataset) {
    if (rows.querySelectorAll(".entry").length === 1) addRow(rows);
    const near = entry.nextElementSibling?.matches(".entry") ? entry.nextElementSibling : entry.previousElementSibling;
    entry.remove();
    (near?.matches(".entry") ? near : rows).querySelector("input:not([type=hidden])").focus();
  } else if ("firstRow" in button.dataset) {
    rows.querySelector(".entry").before(entry);
    entry.querySelector("input").focus();
  } else return;
  rows.dispatchEvent(new Event("input", { bubbles: true }));
});

// An offer to fill fields in: data-fill holds their values by name.
document.addEventListener("click", (event) => {
  const offer = event.target.closest("[data-fill]");
  if (!offer) return;
  const form = offer.closest("form");
  for (const [name, value] of Object.entries(JSON.parse(offer.dataset.fill))) {
    const field = form.elements[name];
    field.value = value;
    field.closest("details")?.setAttribute("open", "");
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
  offer.closest(".notice").remove();
});

export function addRow(rows) {
  const template = rows.querySelector("template");
  template.before(template.content.cloneNode(true));
  comboboxes(template.previousElementSibling);
  return template.previousElementSibling;
}
