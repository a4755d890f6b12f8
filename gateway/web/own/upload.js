// A file goes to the API as it is, however large, with a progress bar; then its page is opened.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-upload]");
  if (!form) return;
  event.preventDefault();
  const [file] = form.elements.file.files;
  const [bar, button, problem] = ["progress", "button", "[data-upload-problem]"].map((one) => form.querySelector(one));
  const asked = new URLSearchParams({ record_kind: form.elements.record_kind.value, file_name: file.name.slice(-255) });
  const request = new XMLHttpRequest();
  const refuse = (sentence) => {
    problem.textContent = sentence;
    button.disabled = false;
    problem.hidden = false;
    bar.hidden = true;
  };
  request.upload.addEventListener("progress", (sent) => (bar.value = (sent.loaded / sent.total) * 100));
  request.addEventListener("error", () => refuse(problem.dataset.offline));
  request.addEventListener("load", () => {
    const answer = request.response ?? {};
    if (request.status === 201) location.assign(`${form.dataset.next}/${answer.id}`);
    else if (request.status === 401) location.reload();
    else refuse(answer.detail ?? problem.dataset.offline);
  });
  request.open("POST", `${form.getAttribute("action")}?${asked}`);
  request.responseType = "json";
  request.setRequestHeader("Content-Type", "application/octet-stream");
  problem.hidden = true;
  button.disabled = true;
  bar.hidden = false;
  request.send(file);
});
