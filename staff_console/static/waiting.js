// Says how far long work is. Without it the page loads itself again and again.
"use strict";

(() => {
  const EVERY = 1000;
  const ALOUD_EVERY = 5;
  const bar = document.getElementById("bar");
  const far = document.getElementById("far");
  const aloud = document.getElementById("aloud");
  let asked = 0;

  window.setTimeout(ask, EVERY);

  async function ask() {
    let state;
    try {
      const answer = await fetch(`${location.pathname}/etat.json`, { cache: "no-store" });
      state = answer.ok ? await answer.json() : { running: false };
    } catch {
      window.setTimeout(ask, EVERY * 3);
      return;
    }
    if (!state.running) {
      location.reload();
      return;
    }
    if (state.label) {
      far.textContent = state.label;
    }
    if (state.percent === null) {
      bar.removeAttribute("value");
    } else {
      bar.value = state.percent;
    }
    // Whoever listens hears it now and then, and not each second.
    if (asked % ALOUD_EVERY === 0) {
      aloud.textContent = state.percent === null ? far.textContent : `${state.percent} %`;
    }
    asked += 1;
    window.setTimeout(ask, EVERY);
  }
})();
