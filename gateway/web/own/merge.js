// Records side by side: the result shows the value that is chosen in its row.
document.addEventListener("change", (event) => {
  const choice = event.target.closest?.("[data-merge] tbody input[type=radio]");
  if (!choice) return;
  const value = choice.closest("label").querySelector("[data-value]");
  choice.closest("tr").querySelector("[data-result]").replaceChildren(...value.cloneNode(true).childNodes);
});
