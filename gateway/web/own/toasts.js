// Short words of what was done, said to screen readers too; they stay until they are closed or the page goes.
const place = document.getElementById("toasts");

export function toast(...content) {
  const box = document.createElement("div");
  box.className = "toast-box";
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn-close btn-close-white";
  close.ariaLabel = place.dataset.close;
  close.addEventListener("click", () => box.remove());
  box.append(...content, close);
  place.replaceChildren(box);
  return box;
}

const now = document.getElementById("toast-now");
// A live region tells what is put into it, not what it was born with.
if (now) requestAnimationFrame(() => toast(now.content.cloneNode(true)));

document.addEventListener("htmx:sendError", () => toast(place.dataset.offline ?? ""));
document.addEventListener("htmx:timeout", () => toast(place.dataset.offline ?? ""));
