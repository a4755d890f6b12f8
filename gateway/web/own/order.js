// Entries that are moved up and down in their list by the buttons they have.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  if (!button) return;
  const entry = button.closest("li");
  if (button.dataset.move === "up") entry.previousElementSibling?.before(entry);
  else entry.nextElementSibling?.after(entry);
  button.focus();
});

// Small menus (details.pop) close when one goes elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.pop[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("details.pop[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
