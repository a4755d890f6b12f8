// What asks again by itself stays as it is when an answer does not come: the next one may.
const BUSY = 429;
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (xhr.status >= BUSY && requestConfig.elt.matches('[hx-trigger^="every"]')) event.detail.shouldSwap = false;
});
