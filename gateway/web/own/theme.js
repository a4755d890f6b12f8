// Before the first paint: light or dark as the device is, where the user left it to it; and the time zone, for dates.
const root = document.documentElement;
const device = matchMedia("(prefers-color-scheme: dark)");
const follow = () => {
  if (root.dataset.theme === "auto") root.dataset.bsTheme = device.matches ? "dark" : "light";
};
follow();
device.addEventListener("change", follow);
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`musubi_zone=${zone}`)) {
  document.cookie = `musubi_zone=${zone}; path=/; max-age=31536000; samesite=lax`;
}
