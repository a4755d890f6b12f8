// The drawing of a chart: larger, smaller, as wide as the page, on paper.
const STEP = 1.25;

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
  chart.setAttribute("width", next);
  chart.setAttribute("height", (next / width) * height);
});
