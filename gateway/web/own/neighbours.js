// The list that one came from goes along in this tab: a record's page leads to the one before and the one after it.
const KEPT = "musubi-list";
const RECORD = /^(\/(?:contacts|organizations)\/[0-9a-f-]{36})(\/[a-z]+)?$/;

const records = (part) =>
  [...part.querySelectorAll(".row-link")].map((link) => link.getAttribute("href")).filter((href) => RECORD.test(href));
const more = (part) => part.querySelector(".more a")?.getAttribute("hx-get") ?? "";

document.addEventListener("click", (event) => {
  const link = event.target.closest(".listing .row-link");
  const list = link?.closest(".listing");
  if (list && RECORD.test(link.getAttribute("href")))
    sessionStorage.setItem(KEPT, JSON.stringify({ records: records(list), more: more(list) }));
});

// The list goes on where it had been shown in part.
async function further(list) {
  const answer = await fetch(list.more, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return;
  const part = document.createElement("template");
  part.innerHTML = await answer.text();
  list.records.push(...records(part.content));
  list.more = more(part.content);
  sessionStorage.setItem(KEPT, JSON.stringify(list));
}

async function show(bar) {
  const [, here, tab = ""] = RECORD.exec(location.pathname) ?? [];
  const list = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  const place = list?.records.indexOf(here) ?? -1;
  if (place < 0) return;
  bar.hidden = false;
  const lead = (name, record) => {
    if (!record) return;
    const link = bar.querySelector(`[data-neighbour=${name}]`);
    link.href = record + tab;
    link.classList.remove("disabled");
    link.removeAttribute("aria-disabled");
  };
  lead("previous", list.records[place - 1]);
  if (place === list.records.length - 1 && list.more) await further(list);
  lead("next", list.records[place + 1]);
}

const bar = document.getElementById("neighbours");
if (bar) show(bar);
