// The page: what a person does becomes events, what comes back becomes messages.
// Nothing is stored: no cookie, no storage, no history entry. A reload begins anew.

import { Log, announceEnd, fade, icon, make } from "./drawing.js";
import { Wire, WireError } from "./wire.js";

const TYPING_AFTER_MS = 200;
const NEUTRAL_AFTER_MS = 1500;
const TWICE_MS = 1500;
const NEUTRAL = "👋 Bonne journée.";

const at = (id) => document.getElementById(id);
const [list, talk, typing, form, field, send] = ["log", "talk", "typing", "composer", "field", "send"].map(at);
const log = new Log(list);

let visit = null;
let escapedAt = -Infinity;

/** Begin a conversation with a new token. */
function begin() {
  visit = { wire: new Wire(), queue: [], isBusy: false, timers: new Set(), trouble: null };
  act({ kind: "command", name: "start" });
}

/** Queue an event; `shown` is the person's own message, `key` the pressed button. */
function act(event, { shown = null, key = null } = {}) {
  visit.queue.push({ numbered: visit.wire.numbered(event), shown, key });
  pump(visit);
}

async function pump(current) {
  if (current.isBusy) return;
  current.isBusy = true;
  clearTrouble(current);
  const stopWaiting = startWaiting();
  while (current.queue.length && current === visit) {
    const entry = current.queue[0];
    try {
      const answer = await current.wire.send(entry.numbered);
      if (current !== visit) return;
      current.queue.shift();
      take(entry, answer);
    } catch (error) {
      if (current !== visit) return;
      if (!(error instanceof WireError)) throw error;
      if (!error.again) current.queue.shift();
      showTrouble(current, error, entry);
      break;
    }
  }
  stopWaiting();
  current.isBusy = false;
}

function startWaiting() {
  const timer = setTimeout(() => {
    typing.hidden = false;
    talk.scrollTop = talk.scrollHeight;
  }, TYPING_AFTER_MS);
  list.classList.add("busy");
  return () => {
    clearTimeout(timer);
    typing.hidden = true;
    list.classList.remove("busy");
  };
}

/** Draw an answer. */
function take(entry, answer) {
  if (answer.erase) {
    finish(answer.messages.map((message) => message.text));
    return;
  }
  entry.key?.classList.remove("waits");
  if (answer.fresh) log.forgetNames();
  log.name(entry.shown, answer.own_id);
  typing.hidden = true;
  const items = answer.messages.map((message) => log.screen(message, press));
  items.push(...answer.pins.map((pin) => log.pin(pin)));
  items.push(...answer.files.map((file) => log.file(file)));
  answer.deletes.forEach((id) => log.delete(id));
  deleteOwn(entry.shown, answer);
  if (items.length) arriveAt(entry, items[0], items.at(-1));
  restartIdleTimer(answer.lifetime_seconds);
}

/** Bring the new screen into view, and the keyboard to it where nobody is writing. */
function arriveAt(entry, first, last) {
  const isTall = first.offsetHeight > talk.clientHeight;
  if (last !== first) last.scrollIntoView({ block: "nearest" });
  first.scrollIntoView({ block: isTall ? "start" : "nearest" });
  if (!isTall && last === list.lastElementChild) talk.scrollTop = talk.scrollHeight;
  const isStart = entry.numbered.event.name === "start";
  if (isStart) beginAtTheWayOut();
  if (isStart || field.value) return;
  // A button that stands below the edge gets the focus only when somebody goes there: Enter must
  // never press what can't be seen.
  const target = isTall ? first : first.querySelector(".key");
  target?.focus({ preventScroll: true });
}

/** Let the first Tab reach the way out: some browsers begin at what was scrolled into view instead. */
function beginAtTheWayOut() {
  if (document.activeElement !== document.body) return;
  const top = document.getElementById("top");
  top.tabIndex = -1;
  top.focus({ preventScroll: true });
  top.blur();
  top.removeAttribute("tabindex");
}

function deleteOwn(shown, answer) {
  if (!shown) return;
  if (answer.delete_own_now) fade(shown);
  const seconds = answer.delete_own_after_seconds;
  if (seconds === null) return;
  announceEnd(shown, seconds);
  later(seconds, () => fade(shown));
}

function later(seconds, action) {
  const timer = setTimeout(action, seconds * 1000);
  visit.timers.add(timer);
  return timer;
}

/** After the time that the server remembers us, the page forgets as well. */
function restartIdleTimer(seconds) {
  clearTimeout(visit.idle);
  visit.timers.delete(visit.idle);
  visit.idle = later(seconds, leave);
}

// -- what a person does --------------------------------------------------------------------

function press(key, data) {
  if (key.classList.contains("waits")) return;
  key.classList.add("waits");
  const id = Number(key.closest(".item").dataset.id) || null;
  act({ kind: "press", data, message_id: id }, { key });
}

function write(event) {
  event.preventDefault();
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  field.dispatchEvent(new Event("input"));
  act({ kind: "text", text }, { shown: showOwn(text) });
}

function speak() {
  const wave = make("span", { class: "wave" }, icon("microphone"), "Message vocal");
  act({ kind: "voice" }, { shown: showOwn(wave) });
}

function showOwn(content) {
  const item = log.own(content);
  talk.scrollTop = talk.scrollHeight;
  return item;
}

// -- when no answer comes ------------------------------------------------------------------

function showTrouble(current, error, entry) {
  entry.key?.classList.remove("waits");
  const [french, ...bambara] = error.sentences;
  const box = make("li", { class: "item bot" }, make("div", { class: "trouble" }, make("p", {}, french)));
  const inside = box.firstElementChild;
  inside.append(...bambara.map((sentence) => make("p", { lang: "bm" }, sentence)));
  if (error.again) {
    const retry = make("button", { type: "button", class: "key" }, "↻ Réessayer · Segin a kan");
    retry.addEventListener("click", () => pump(current));
    inside.append(retry);
  }
  list.append(box);
  current.trouble = box;
  talk.scrollTop = talk.scrollHeight;
  if (error.again && !field.value) inside.querySelector("button").focus({ preventScroll: true });
}

function clearTrouble(current) {
  current.trouble?.remove();
  current.trouble = null;
}

// -- leaving -------------------------------------------------------------------------------

/** Wipe first, then tell the server: what stands on the screen can't wait for a network. */
function leave() {
  if (!visit) return;
  const { wire } = visit;
  wipe();
  const fallback = setTimeout(() => showNeutral([NEUTRAL]), NEUTRAL_AFTER_MS);
  wire
    .leave()
    .then((answer) => showNeutral(answer.messages.map((message) => message.text)))
    .catch(() => showNeutral([NEUTRAL]))
    .finally(() => clearTimeout(fallback));
}

function finish(texts) {
  wipe();
  showNeutral(texts);
}

function wipe() {
  visit?.timers.forEach(clearTimeout);
  visit = null;
  field.value = "";
  send.disabled = true;
  typing.hidden = true;
  list.classList.remove("busy");
  log.wipe();
  document.body.classList.add("left");
  history.replaceState(null, "", "/");
}

function showNeutral(texts) {
  if (visit || list.childElementCount) return;
  for (const text of texts) log.screen({ id: 0, text, rows: [], edits: null }, press);
  const again = make("button", { type: "button", class: "again", "aria-label": "Recommencer" }, icon("again"));
  again.addEventListener("click", () => location.reload());
  list.append(make("li", { class: "item" }, again));
  talk.focus();
}

// -- wiring --------------------------------------------------------------------------------

function onKey(event) {
  if (event.isComposing || !visit) return;
  if (event.key === "Escape" && !event.repeat) {
    const isSecond = event.timeStamp - escapedAt < TWICE_MS;
    escapedAt = event.timeStamp;
    if (isSecond) leave();
    return;
  }
  const onButton = event.target instanceof HTMLButtonElement;
  if (event.repeat && onButton && event.key === "Enter") event.preventDefault();
  // Who begins to write while a button has the focus, writes into the field.
  const isLetter = event.key.length === 1 && event.key !== " ";
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (isLetter && isPlain && event.target !== field) field.focus();
}

form.addEventListener("submit", write);
field.addEventListener("input", () => {
  send.disabled = !field.value.trim();
});
field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
at("voice").addEventListener("click", speak);
at("leave").addEventListener("click", leave);
document.addEventListener("keydown", onKey);
window.addEventListener("online", () => visit?.trouble && pump(visit));
window.addEventListener("pagehide", () => {
  visit?.wire.vanish();
  wipe();
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

begin();
