/* Tells the server the browser's time zone, so that pages show times in it. */

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const secure = location.protocol === "https:" ? "; Secure" : "";
if (zone) document.cookie = `ontheway_zone=${zone}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
