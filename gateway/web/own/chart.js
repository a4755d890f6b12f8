// The drawing of a chart: larger, smaller, as wide as the page, on paper.
const STEP = 1.25;
const room = document.querySelector(".chart-room");
const list = document.querySelector(".chart-wide .chart-list");

// Whoever stands at the top is seen first, however wide the drawing is.
const top = room?.querySelector(".chart-box");
if (top) {
  const [box, view] = [top.getBoundingClientRect(), room.getBoundingClientRect()];
  room.scrollLeft += box.left + box.width / 2 - (view.left + view.width / 2);
}
if (list) {
  const opened = list.open;
  addEventListener("beforeprint", () => (list.open = true));
  addEventListener("afterprint", () => (list.open = opened));
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
  const button = event.target.closest("[data-zoom]");
  const chart = button && document.querySelector("svg.chart");
  if (!chart) return;
  const [, , width, height] = chart.getAttribute("viewBox").split(" ").map(Number);
  const now = chart.getBoundingClientRect().width;
  const fit = chart.parentElement.clientWidth;
  const how = button.dataset.zoom;
  const next = how === "fit" ? fit : Math.min(Math.max(how === "+" ? now * STEP : now / STEP, 200), width * 3);
  // What is in the middle stays there.
  const middle = (room.scrollLeft + fit / 2) / now;
  chart.setAttribute("width", next);
  chart.setAttribute("height", (next / width) * height);
  room.scrollLeft = middle * next - fit / 2;
});
