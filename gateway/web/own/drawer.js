// Forms beside the page that one is on: a link with hx-target="#drawer-body" opens them.
const drawer = document.getElementById("drawer");
const body = document.getElementById("drawer-body");

if (drawer) {
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === body && !drawer.open) drawer.showModal();
  });
  drawer.addEventListener("click", (event) => {
    if (event.target !== drawer && !event.target.closest("[data-close]")) return;
    event.preventDefault();
    drawer.close();
  });
  drawer.addEventListener("close", () => {
    const form = body.querySelector("form");
    if (form) form.dispatchEvent(new CustomEvent("musubi:left", { bubbles: true }));
    body.replaceChildren();
  });
}
