// The bell: looks for what is new now and then, while somebody sees the page; its list is fetched when it is opened.
const EVERY = 30_000;
const said = document.getElementById("bell-said");
const menu = document.getElementById("notices");

if (said) {
  const look = () => document.hidden || htmx.trigger(said, "look");
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
  document.addEventListener("notices-read", look);
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "open") return;
    look();
    htmx.trigger("#notices-latest", "look");
  });
}
