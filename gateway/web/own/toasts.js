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

// What a page or a part of it came with. A live region tells what is put into it, not what it was born with.
const announce = () => {
  for (const words of document.querySelectorAll("template[data-toast]")) {
    words.remove();
    requestAnimationFrame(() => toast(words.content.cloneNode(true)));
  }
};
announce();
document.addEventListener("htmx:afterSettle", announce);

document.addEventListener("htmx:sendError", () => toast(place.dataset.offline ?? ""));
document.addEventListener("htmx:timeout", () => toast(place.dataset.offline ?? ""));
