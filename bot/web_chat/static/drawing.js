// Draws messages. Text goes in as text only: nothing that arrives is ever read as markup.

// A number in full, or a short one that stands behind a telephone sign.
const PHONE = /(📞 ?)(\d{2,5})(?!\d)|\+\d[\d \u00a0\u202f]{6,17}\d/gu;
const MANY_COLUMNS = 3;
const FADE_MS = 400;
const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  again: "M4 12a8 8 0 1 0 2.5-5.8M4 4v4h4",
  microphone: "M9 6a3 3 0 0 1 6 0v5a3 3 0 0 1-6 0zM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3",
};

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** The text of a bubble, its telephone numbers as links that call. */
function words(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(PHONE)) {
    const [whole, sign = "", digits = whole] = match;
    const number = digits.replace(/[^\d+]/g, "");
    parts.push(text.slice(end, match.index), sign, make("a", { href: `tel:${number}` }, digits));
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)];
}

/** A canvas with the picture in it: the page loads no images from anywhere. */
function picture(blob) {
  const canvas = document.createElement("canvas");
  canvas.className = "picture";
  createImageBitmap(blob).then((bitmap) => {
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
  });
  return canvas;
}

/** The log of messages: knows which element shows which message. */
export class Log {
  #list;
  #items = new Map();

  constructor(list) {
    this.#list = list;
  }

  /** Draw a screen: a new one, or in the place of the one that it changes. */
  screen(message, onPress) {
    const known = this.#items.get(message.edits);
    const item = known ?? make("li", { class: "item bot", tabindex: "-1" });
    item.classList.toggle("keyed", message.rows.length > 0);
    const bubble = make("p", { class: "bubble", lang: message.language }, ...words(message.text));
    item.replaceChildren(bubble);
    if (message.rows.length) item.append(this.#keys(message, onPress));
    if (!known) this.#list.append(item);
    this.#items.set(message.id, item);
    item.dataset.id = message.id;
    return item;
  }

  #keys(message, onPress) {
    const keys = make("div", { class: "keys", role: "group", "aria-label": "Choix", lang: message.language });
    for (const row of message.rows) {
      const line = make("div", { class: row.length >= MANY_COLUMNS ? "row many" : "row" });
      for (const button of row) {
        const key = make("button", { type: "button", class: `key ${button.tone}` }, button.label);
        key.addEventListener("click", () => onPress(key, button.data));
        line.append(key);
      }
      keys.append(line);
    }
    return keys;
  }

  /** Draw a point as words and a link that the phone's own map application may take. */
  pin(pin) {
    const point = `${pin.latitude.toFixed(5)},${pin.longitude.toFixed(5)}`;
    const link = make("a", { href: `geo:${point}?q=${point}` }, point.replace(",", ", "));
    const card = make("p", { class: "bubble place" }, make("b", {}, `📍 ${pin.title}`));
    if (pin.address) card.append(make("span", {}, pin.address));
    card.append(link);
    const item = make("li", { class: "item bot" }, card);
    this.#list.append(item);
    this.#items.set(pin.id, item);
    return item;
  }

  /** Draw a picture, or the name of a document to take. */
  file(file) {
    const bytes = Uint8Array.from(atob(file.content), (letter) => letter.charCodeAt(0));
    const type = file.is_picture ? "image/png" : "application/pdf";
    const blob = new Blob([bytes], { type });
    const link = make("a", { href: URL.createObjectURL(blob), download: file.name }, `📄 ${file.name}`);
    const card = make("p", { class: "bubble place" });
    if (file.is_picture) card.append(picture(blob));
    card.append(link);
    const item = make("li", { class: "item bot" }, card);
    this.#list.append(item);
    this.#items.set(file.id, item);
    return item;
  }

  /** Draw what the person wrote or sent. */
  own(...content) {
    const item = make("li", { class: "item own" }, make("p", { class: "bubble" }, ...content));
    this.#list.append(item);
    return item;
  }

  /** Give the person's message the id under which it may be deleted. */
  name(item, id) {
    if (item && id) this.#items.set(id, item);
  }

  /** What messages were called before belongs to a conversation that is over. */
  forgetNames() {
    this.#items.clear();
    for (const item of this.#list.children) delete item.dataset.id;
  }

  delete(id) {
    const item = this.#items.get(id);
    if (item) fade(item);
  }

  wipe() {
    this.#items.clear();
    this.#list.replaceChildren();
  }
}

/** Show on the person's own message that it goes, and how much time is left. */
export function announceEnd(item, seconds) {
  item.classList.add("going");
  item.style.setProperty("--seconds", seconds);
  item.append(make("span", { class: "going-note" }, "🧹 < 1 min"));
}

export function fade(item) {
  item.classList.add("gone");
  setTimeout(() => item.remove(), FADE_MS);
}
