// Deadlines tick while a page stands open, in the same words as majorops/web/formats.py.
"use strict";

(() => {
  const started = Date.now();

  function words(seconds) {
    const minutes = Math.floor(seconds / 60);
    const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
    const pair = (a, first, b, second) => (b ? `${a} ${first} ${b} ${second}` : `${a} ${first}`);
    if (days) return pair(days, "d", hours, "h");
    if (hours) return pair(hours, "h", minutes % 60, "min");
    return minutes ? `${minutes} min` : `${seconds} s`;
  }

  function reading(left, soon) {
    if (left < 0) return ["overdue", `overdue by ${words(-left)}`];
    if (left < 60) return ["soon", "due now"];
    return [left <= soon ? "soon" : "good", `in ${words(left)}`];
  }

  function tick() {
    document.querySelectorAll(".countdown[data-due]").forEach((place) => {
      const left = Math.trunc((Date.parse(place.dataset.due) - Date.now()) / 1000);
      const [tone, text] = reading(left, Number(place.dataset.soon));
      if (place.textContent !== text) place.textContent = text;
      place.className = `countdown countdown-${tone}`;
    });
  }

  // A clock of the browser that is wrong must not contradict the server at once: the first tick comes after a minute.
  setInterval(() => { if (Date.now() - started > 55000 && !document.hidden) tick(); }, 20000);
})();
