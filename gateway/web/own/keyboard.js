// Shortcuts. Single keys can be switched off in the help (WCAG 2.1.4), and never act while one types.
const help = document.getElementById("help");
const single = document.getElementById("single-keys");
const KEPT = "musubi-single-keys";

if (single) {
  single.checked = localStorage.getItem(KEPT) !== "off";
  single.addEventListener("change", () => localStorage.setItem(KEPT, single.checked ? "on" : "off"));
}

const search = () => {
  const field = document.querySelector('[data-shortcut="/"]');
  field?.focus();
  field?.select();
};
// What else a page offers bears its key: <a data-shortcut="n">.
const offered = (key) => {
  const name = CSS.escape(key);
  // In a list the row that one is on comes before the page.
  const row = document.activeElement.closest("tr");
  const element = row?.querySelector(`[data-row-shortcut="${name}"]`) ?? document.querySelector(`[data-shortcut="${name}"]`);
  return element && (() => element.click());
};
// From row to row of a list, whose link then has the focus: Enter opens it. "Show more" is a row too; where it was, the
// rows go on that it brings.
let resume = 0;
const step = (by) => {
  const rows = [...document.querySelectorAll("#main .listing tbody tr")].filter((row) => linkOf(row));
  const here = rows.indexOf(document.activeElement.closest("tr"));
  const next = rows[here < 0 ? resume : here + by] ?? (here < 0 ? rows[0] : null);
  if (!next) return;
  linkOf(next).focus();
  resume = next.matches(".more") ? rows.indexOf(next) : 0;
};
const linkOf = (row) => row.querySelector(row.matches(".more") ? "a" : ".row-link, th a");
const SINGLE = { "/": search, "?": () => help?.showModal(), j: () => step(1), k: () => step(-1) };
const NEIGHBOURS = { ArrowLeft: "previous", ArrowRight: "next" };
const typing = (target) =>
  target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const control = event.ctrlKey || event.metaKey;
  if (control && event.key === "/") {
    event.preventDefault();
    search();
  } else if (control && event.key === "Enter") {
    const form = event.target.closest?.("form") ?? document.querySelector("dialog[open] form");
    if (form && form.method !== "dialog") {
      event.preventDefault();
      form.requestSubmit();
    }
  } else if (event.ctrlKey && !event.shiftKey && !event.altKey && NEIGHBOURS[event.key]) {
    const link = document.querySelector(`[data-neighbour=${NEIGHBOURS[event.key]}][href]`);
    if (!link || typing(event.target) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    if (!event.repeat) link.click();
  } else if (!control && !event.altKey && single?.checked && !typing(event.target)) {
    const act = SINGLE[event.key] ?? offered(event.key);
    if (document.querySelector("dialog[open]") || !act) return;
    event.preventDefault();
    act();
  }
});

document.querySelector("dialog[data-open-now]")?.showModal();

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) document.getElementById(opener.dataset.open).showModal();
  const closer = event.target.closest("dialog [data-close]");
  if (closer) closer.closest("dialog").requestClose?.() ?? closer.closest("dialog").close();
  if (event.target.matches("dialog.help[open]")) event.target.close();
});
