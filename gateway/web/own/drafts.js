// What is typed into a form is kept in this tab until it is saved: nobody needs to be asked before it is closed.
import { addRow } from "./rows.js";
import { toast } from "./toasts.js";

const PREFIX = "musubi-draft:";
const key = (form) => PREFIX + form.dataset.draft;
const draft = (target) => target.closest?.("form[data-draft]");
const drawer = document.getElementById("drawer");

function keep(form) {
  sessionStorage.setItem(key(form), JSON.stringify([...new FormData(form)].filter(([, value]) => typeof value === "string")));
}

function fillIn(form, entries) {
  const values = new Map();
  for (const [name, value] of entries) values.set(name, [...(values.get(name) ?? []), value]);
  for (const rows of form.querySelectorAll("[data-rows]")) {
    const wanted = values.get(rows.dataset.rows)?.length ?? 1;
    const have = () => rows.querySelectorAll(".entry");
    while (have().length < wanted) addRow(rows);
    while (have().length > wanted) have()[have().length - 1].remove();
  }
  for (const field of form.elements) {
    if (!field.name) continue;
    if (field.type === "checkbox") field.checked = values.has(field.name);
    else if (values.get(field.name)?.length) field.value = values.get(field.name).shift();
    if (field.value || field.checked) field.closest("details")?.setAttribute("open", "");
  }
}

function restore(root) {
  for (const form of root.querySelectorAll("form[data-draft]:not([data-typed])")) {
    const kept = sessionStorage.getItem(key(form));
    if (!kept) continue;
    fillIn(form, JSON.parse(kept));
    form.querySelector("[data-draft-notice]").hidden = false;
  }
}

for (const what of ["input", "change"])
  document.addEventListener(what, (event) => {
    const form = draft(event.target);
    if (form) keep(form);
  });

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-discard]");
  const form = button && draft(button);
  if (!form) return;
  sessionStorage.removeItem(key(form));
  if (form.closest("#drawer")) htmx.ajax("GET", form.dataset.draft, "#drawer-body");
  else location.reload();
});

document.addEventListener("musubi:left", (event) => {
  const name = key(event.target);
  if (!sessionStorage.getItem(name)) return;
  const discard = document.createElement("button");
  discard.className = "btn btn-sm btn-undo";
  discard.textContent = drawer.dataset.discard;
  const said = document.createElement("span");
  said.textContent = drawer.dataset.kept;
  const box = toast(said, discard);
  discard.addEventListener("click", () => {
    sessionStorage.removeItem(name);
    box.remove();
  });
});

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const form = draft(event.detail.elt);
  const away = event.detail.xhr.getResponseHeader("HX-Redirect");
  // To the log-in one goes because the session was over: what was typed is still wanted.
  if (form && away && !away.startsWith("/login")) sessionStorage.removeItem(key(form));
});

document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action") !== "/logout") return;
  for (const name of Object.keys(sessionStorage)) if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
});

restore(document);
document.addEventListener("htmx:load", (event) => restore(event.target.parentElement ?? document));
