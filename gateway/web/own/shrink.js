// Photos are larger than what is kept: the browser makes them smaller before they are sent.
const SIDE = 512;
const ENOUGH = 200_000;

document.addEventListener("change", async (event) => {
  const input = event.target;
  if (!input.matches?.("[data-shrink]") || !input.files.length) return;
  const [file] = input.files;
  if (file.size > ENOUGH) {
    const small = await smaller(file).catch(() => null);
    if (small) {
      const files = new DataTransfer();
      files.items.add(new File([small], file.name, { type: small.type }));
      input.files = files.files;
    }
  }
  input.form.requestSubmit();
});

async function smaller(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/webp", 0.85));
}
