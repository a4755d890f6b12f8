// A file goes to the API as it is, however large, with a progress bar; then the page that `data-next` names is opened.
// `data-upload` is what the API calls the file's name; what else the form says goes along in the address.
// What is sent again since its answer was lost is there once; what was chosen anew is another thing.
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-upload]");
  if (form) form.dataset.chosen = Number(form.dataset.chosen ?? 0) + 1;
});
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-upload]");
  if (!form) return;
  event.preventDefault();
  const input = form.elements.namedItem("file");
  const [file] = input.files;
  const [bar, button, problem] = ["progress", "button", "[data-upload-problem]"].map((one) => form.querySelector(one));
  const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  asked.set(form.dataset.upload, file.name.slice(-255));
  const request = new XMLHttpRequest();
  const refuse = (sentence) => {
    input.ariaInvalid = "true";
    problem.hidden = false;
    problem.textContent = sentence;
    button.disabled = false;
    bar.hidden = true;
  };
  const { large, empty, offline } = problem.dataset;
  if (large && file.size > Number(form.dataset.most)) return refuse(large);
  if (empty && !file.size) return refuse(empty);
  request.upload.addEventListener("progress", (sent) => (bar.value = (sent.loaded / sent.total) * 100));
  request.addEventListener("error", () => refuse(offline));
  request.addEventListener("load", () => {
    const answer = request.response ?? {};
    if (request.status === 201) location.assign(form.dataset.next.replace("{id}", answer.id));
    else if (request.status === 401) location.reload();
    else {
      // What was refused is forgotten: the same file again is another one, for it may have been mended since.
      if (answer.detail) form.dataset.chosen = Number(form.dataset.chosen ?? 0) + 1;
      refuse(answer.detail ?? offline);
    }
  });
  request.open("POST", `${form.getAttribute("action")}?${asked}`);
  request.responseType = "json";
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.setRequestHeader("Idempotency-Key", `${form.dataset.once}-${form.dataset.chosen ?? 0}`);
  request.setRequestHeader("Accept-Language", document.documentElement.lang);
  input.removeAttribute("aria-invalid");
  problem.hidden = true;
  button.disabled = true;
  bar.hidden = false;
  request.send(file);
});
