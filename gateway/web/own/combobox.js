// A field with suggestions from the server (ARIA combobox with a listbox). With data-follow its options are links;
// without, the chosen option's id goes into the hidden field beside it.
const PAUSE = 180;
let born = 0;

function setUp(box) {
  const input = box.querySelector("[role=combobox]");
  const list = box.querySelector("[role=listbox]");
  const hidden = box.querySelector("input[type=hidden]");
  if (!list.id) input.setAttribute("aria-controls", (list.id = `list-${++born}`));
  let timer = 0;
  let asked = 0;
  let active = -1;

  const options = () => [...list.querySelectorAll("[role=option]:not([aria-disabled])")];
  const close = () => {
    clearTimeout(timer);
    asked += 1;
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    const all = options();
    active = all.length ? (index + all.length) % all.length : -1;
    all.forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
    if (active < 0) return;
    input.setAttribute("aria-activedescendant", all[active].id);
    all[active].scrollIntoView({ block: "nearest" });
  };
  const put = (id) => {
    if (hidden.value === id) return;
    hidden.value = id;
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const choose = (option) => {
    if ("follow" in box.dataset) {
      location.assign(option.href);
      return;
    }
    input.value = option.dataset.label;
    put(option.dataset.id);
    close();
  };
  const ask = async () => {
    const mine = ++asked;
    const url = new URL(box.dataset.url, location.href);
    url.searchParams.set("q", input.value.trim());
    const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (mine !== asked || !answer?.ok) return;
    list.innerHTML = await answer.text();
    active = -1;
    const any = list.children.length > 0 && document.activeElement === input;
    list.hidden = !any;
    if (any && hidden) list.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-expanded", String(any));
  };

  input.addEventListener("input", () => {
    if (hidden) put("");
    clearTimeout(timer);
    if (!input.value.trim() && "follow" in box.dataset) close();
    else timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask();
      else mark(active < 0 && event.key === "ArrowUp" ? -1 : active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !list.hidden && !event.ctrlKey && !event.metaKey) {
      // What is chosen by Enter alone is the first one; where one is led away, only what one marked.
      const option = options()[active < 0 && hidden ? 0 : active];
      if (!option && !hidden) return;
      event.preventDefault();
      if (option) choose(option);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    choose(option);
  });
  input.addEventListener("blur", () => {
    close();
    // Words that were not chosen stand for nobody.
    if (hidden && !hidden.value) input.value = "";
  });
}

export function comboboxes(root = document) {
  for (const box of root.querySelectorAll("[data-combobox]:not([data-ready])")) {
    box.dataset.ready = "";
    setUp(box);
  }
}
comboboxes();
document.addEventListener("htmx:load", (event) => comboboxes(event.target));
