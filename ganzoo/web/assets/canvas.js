"use strict";
/* A drawing: pencil, eraser, line, rectangle, fill, a palette, undo and redo.

`new Drawing(canvas, toolbar, colours, changed)` calls `changed(isFinished)` while and after each stroke. */

class Drawing {
  constructor(canvas, toolbar, colours, changed) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { willReadFrequently: true });
    this.changed = changed;
    this.paper = colours[0];
    this.colour = colours[1] || colours[0];
    this.tool = "pencil";
    this.width = 1;
    this.past = [];
    this.future = [];
    this.stroke = null;
    if (toolbar) this.makeTools(toolbar, colours);
    for (const name of ["down", "move", "up", "cancel"]) {
      canvas.addEventListener("pointer" + name, (event) => this["on" + name](event));
    }
  }

  makeTools(toolbar, colours) {
    const add = (text, action, title) => {
      const button = document.createElement("button");
      button.textContent = text;
      button.title = title || text;
      button.addEventListener("click", action);
      toolbar.append(button);
      return button;
    };
    const tools = ["pencil", "eraser", "line", "rectangle", "fill"].map((name) => {
      const button = add(name, () => {
        this.tool = name;
        for (const other of tools) other.setAttribute("aria-pressed", String(other === button));
      });
      button.setAttribute("aria-pressed", String(name === this.tool));
      return button;
    });
    const label = document.createElement("label");
    label.textContent = "Width ";
    const width = document.createElement("select");
    for (const size of [1, 2, 3, 5, 8]) width.append(new Option(String(size), size));
    width.addEventListener("change", () => { this.width = Number(width.value); });
    label.append(width);
    toolbar.append(label);
    const swatches = colours.map((colour) => {
      const button = add("", () => {
        this.colour = colour;
        for (const other of swatches) other.setAttribute("aria-checked", String(other === button));
      }, "Colour " + colour);
      button.className = "swatch";
      button.style.background = colour;
      button.setAttribute("role", "radio");
      button.setAttribute("aria-label", "Colour " + colour);
      button.setAttribute("aria-checked", String(colour === this.colour));
      return button;
    });
    add("undo", () => this.step(this.past, this.future));
    add("redo", () => this.step(this.future, this.past));
    add("clear", () => this.clear());
  }

  pixels() {
    return this.context.getImageData(0, 0, this.canvas.width, this.canvas.height);
  }

  remember() {
    this.past.push(this.pixels());
    if (this.past.length > 50) this.past.shift();
    this.future = [];
  }

  step(from, to) {
    if (!from.length) return;
    to.push(this.pixels());
    this.context.putImageData(from.pop(), 0, 0);
    this.changed(true);
  }

  clear() {
    this.remember();
    this.context.fillStyle = this.paper;
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.changed(true);
  }

  show(image) { // in its own size; nobody is told, as whoever shows it knows
    this.past = [];
    this.future = [];
    this.canvas.width = image.naturalWidth || image.width;
    this.canvas.height = image.naturalHeight || image.height;
    this.context.drawImage(image, 0, 0);
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [
      Math.floor((event.clientX - box.left) / box.width * this.canvas.width),
      Math.floor((event.clientY - box.top) / box.height * this.canvas.height),
    ];
  }

  ondown(event) {
    if (event.button > 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.remember();
    const place = this.place(event);
    this.stroke = { start: place, last: place, before: this.past.at(-1) };
    if (this.tool === "fill") this.fill(...place);
    else this.draw(place, place);
    this.changed(false);
  }

  onmove(event) {
    if (!this.stroke || this.tool === "fill") return;
    const place = this.place(event);
    const { start, last, before } = this.stroke;
    if (this.tool === "line" || this.tool === "rectangle") {
      this.context.putImageData(before, 0, 0);
      if (this.tool === "line") this.draw(start, place);
      else this.rectangle(start, place);
    } else {
      this.draw(last, place);
    }
    this.stroke.last = place;
    this.changed(false);
  }

  onup() {
    if (!this.stroke) return;
    this.stroke = null;
    this.changed(true);
  }

  oncancel() { this.onup(); }

  draw([x, y], [toX, toY]) { // whole pixels: no colour is mixed
    this.context.fillStyle = this.tool === "eraser" ? this.paper : this.colour;
    const count = Math.max(Math.abs(toX - x), Math.abs(toY - y), 1);
    const half = Math.floor(this.width / 2);
    for (let i = 0; i <= count; i++) {
      const atX = Math.round(x + (toX - x) * i / count);
      const atY = Math.round(y + (toY - y) * i / count);
      this.context.fillRect(atX - half, atY - half, this.width, this.width);
    }
  }

  rectangle([x, y], [toX, toY]) {
    this.context.fillStyle = this.colour;
    this.context.fillRect(
      Math.min(x, toX), Math.min(y, toY), Math.abs(toX - x) + 1, Math.abs(toY - y) + 1);
  }

  fill(x, y) {
    const { width, height } = this.canvas;
    const image = this.pixels();
    const cells = new Uint32Array(image.data.buffer);
    this.context.fillStyle = this.colour;
    this.context.fillRect(x, y, 1, 1);
    const [colour] = new Uint32Array(this.context.getImageData(x, y, 1, 1).data.buffer);
    const old = cells[y * width + x];
    if (old === colour) return;
    const places = [y * width + x];
    while (places.length) {
      const place = places.pop();
      if (cells[place] !== old) continue;
      cells[place] = colour;
      if (place % width) places.push(place - 1);
      if ((place + 1) % width) places.push(place + 1);
      if (place >= width) places.push(place - width);
      if (place < width * (height - 1)) places.push(place + width);
    }
    this.context.putImageData(image, 0, 0);
  }
}
