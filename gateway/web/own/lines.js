// A form that is being saved needs no totals any more.
document.addEventListener("htmx:beforeRequest", (event) => {
  const place = event.target.closest?.(".totals-place");
  if (place?.closest("form").classList.contains("htmx-request")) event.preventDefault();
});

// What each line of a quote comes to, told by the server with the totals: put beside its line.
document.addEventListener("htmx:afterSwap", (event) => {
  const told = event.target.querySelector?.("[data-amounts]");
  const lines = event.target.closest?.(".line-items");
  if (!lines) return;
  const amounts = told ? JSON.parse(told.dataset.amounts) : [];
  lines.querySelectorAll("[data-amount]").forEach((place, index) => (place.textContent = amounts[index] ?? ""));
});
