// Rows of a list that are chosen with their boxes; the bar with what can be done to them is there while any is.
const boxes = () => [...document.querySelectorAll("[data-pick]")];

function tell() {
  const bar = document.getElementById("bulk");
  if (!bar) return;
  const all = boxes();
  const chosen = all.filter((box) => box.checked).length;
  bar.hidden = chosen === 0;
  const everything = bar.querySelector("[name=everything]");
  if (everything) {
    everything.closest("label").hidden = chosen < all.length;
    if (chosen < all.length) everything.checked = false;
    // The number comes after the list; until then there are simply more.
    bar.querySelector("[data-count]").textContent = document.querySelector("[data-counted]")?.textContent || "…";
  }
  bar.querySelector("[data-chosen]").textContent = everything?.checked
    ? bar.querySelector("[data-count]").textContent
    : chosen;
  const word = bar.querySelector("[data-chosen-word]");
  if (word) word.hidden = Boolean(everything?.checked);
  const head = document.querySelector("[data-pick-all]");
  head.checked = chosen > 0 && chosen === all.length;
  head.indeterminate = chosen > 0 && chosen < all.length;
}

let last = null;
document.addEventListener("click", (event) => {
  if (event.target.matches("[data-pick-all]")) {
    for (const box of boxes()) box.checked = event.target.checked;
    tell();
  } else if (event.target.matches("[data-pick]")) {
    const all = boxes();
    // From the last one to this one, as lists do everywhere.
    if (event.shiftKey && last && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(event.target)].sort((a, b) => a - b);
      for (const box of all.slice(from, to + 1)) box.checked = event.target.checked;
    }
    last = event.target;
    tell();
  } else if (event.target.matches("[name=everything]")) {
    tell();
  } else if (event.target.matches("[data-pick-none]")) {
    for (const box of boxes()) box.checked = false;
    tell();
  }
});
// A button of a form that htmx sends, whose answer is a file for the browser.
document.addEventListener(
  "submit",
  (event) => {
    if ("plain" in (event.submitter?.dataset ?? {})) event.stopPropagation();
  },
  true,
);
// Enter in a dialog of the bar does what that dialog is for.
document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("dialog input[form=bulk]");
  if (event.key !== "Enter" || event.isComposing || !field) return;
  event.preventDefault();
  field.closest("dialog").querySelector(".btn-primary").click();
});
// What was changed in the background shows in the list, unless somebody is choosing from it.
document.addEventListener("mass-done", () => {
  if (document.querySelector("#results[data-anew]") && !boxes().some((box) => box.checked))
    htmx.ajax("GET", location.pathname + location.search, "#results");
});
document.addEventListener("htmx:afterSettle", tell);
tell();
