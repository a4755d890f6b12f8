// A button that shows and hides what it controls.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-unfold]");
  if (!button) return;
  const part = document.getElementById(button.getAttribute("aria-controls"));
  part.hidden = !part.hidden;
  button.setAttribute("aria-expanded", String(!part.hidden));
  if (!part.hidden) (part.querySelector("[autofocus]") ?? part.querySelector("select"))?.focus();
});
