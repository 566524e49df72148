"use strict";

const $ = (id) => document.getElementById(id);
const token = new URLSearchParams(location.search).get("token");
const local = window.exported || null; // what an exported page has in place of a server
let runs = [];
const state = { seed: 0, label: null, attributes: {}, truncation: 1, moves: {}, step: null };

// Requests.

function address(path, values = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== "") query.set(name, value);
  }
  if (token) query.set("token", token);
  return `${path}?${query}`;
}

function say(text, isError = false) {
  $("message").textContent = text;
  $("message").className = isError ? "error" : "";
}

async function ask(path, values, options) {
  const response = await fetch(address(path, values), options);
  if (response.ok) return response;
  let text = `${response.status} ${response.statusText}`;
  try { text = (await response.json()).error; } catch { /* no JSON: the status says it */ }
  throw new Error(text);
}

async function json(path) {
  return local ? local.json(path) : (await ask(path)).json();
}

async function picture(path, values, options) {
  if (local) {
    const made = await local.picture(path, values, options && options.body);
    return { ...made, url: URL.createObjectURL(made.blob) };
  }
  const response = await ask(path, values, options);
  const again = (name) => JSON.parse(response.headers.get(name) || '""');
  const blob = await response.blob();
  return { blob, url: URL.createObjectURL(blob), command: again("Ganzoo-Command"), python: again("Ganzoo-Python") };
}

/* One request of a kind at a time: of those that come meanwhile the last is sent when it is answered. */
function latest(work) {
  let running = false, waiting = null;
  return async function run(...given) {
    if (running) { waiting = given; return; }
    running = true;
    try { await work(...given); say(""); } catch (error) { say(error.message, true); }
    running = false;
    if (waiting) { const next = waiting; waiting = null; run(...next); }
  };
}

function again(name, made) {
  for (const way of ["command", "python"]) {
    const code = $(`${name}-${way}`);
    code.textContent = made[way];
    code.parentElement.hidden = !made[way];
  }
}

function show(image, url) {
  if (image.src.startsWith("blob:")) URL.revokeObjectURL(image.src);
  image.src = url;
}

function loaded(url) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error("That is no picture that the browser can show"));
    image.src = url;
  });
}

// What all models have.

function facts() {
  const first = runs[0];
  document.title = runs.map((run) => run.name).join(", ") + " · ganzoo";
  $("title").textContent = runs.map((run) => run.name).join(" and ");
  $("summary").textContent = `${first.model}: ${first.summary}`;
  $("facts").textContent = runs.map((run) => [
    run.name, run.dataset && `trained on ${run.dataset}`,
    run.step !== null && `${run.step.toLocaleString("en")} steps (${run.state})`,
    run.parameters && `${run.parameters.toLocaleString("en")} weights`,
    `${run.image_shape[0]} x ${run.image_shape[1]} pixels`,
  ].filter(Boolean).join(" · ")).join("; ");
}

function figures(parent, count, name) {
  parent.replaceChildren();
  return Array.from({ length: count }, (_, i) => {
    const figure = document.createElement("figure");
    const image = document.createElement("img");
    const caption = document.createElement("figcaption");
    image.alt = name(i);
    caption.textContent = count > 1 ? name(i) : "";
    figure.append(image, caption);
    parent.append(figure);
    return image;
  });
}

function checkpoints(main, changed) {
  const row = main.querySelector(".step-row"), slider = row.querySelector(".step");
  const value = row.querySelector(".step-value"), follow = row.querySelector(".follow");
  const update = () => {
    const steps = runs[0].steps;
    row.hidden = steps.length === 0;
    slider.max = steps.length; // the last place is the model as it is
    if (state.step === null || !steps.includes(state.step)) slider.value = steps.length;
    value.textContent = state.step === null ? "the newest weights" : `step ${state.step}`;
  };
  slider.addEventListener("input", () => {
    const steps = runs[0].steps;
    state.step = Number(slider.value) < steps.length ? steps[slider.value] : null;
    update();
    changed();
  });
  setInterval(async () => {
    if (!follow.checked) return;
    try { runs = (await json("/api/facts")).runs; } catch (error) { return say(error.message, true); }
    const newest = runs[0].steps.at(-1);
    if (newest !== undefined && newest !== state.step) { state.step = newest; changed(); }
    update();
    facts();
  }, 3000);
  update();
}

// A model that samples.

function conditions() {
  const { label, attributes } = state;
  const given = runs[0].attributes.length ? { attributes: JSON.stringify(attributes) } : {};
  return { ...given, label: runs[0].num_classes ? label : null, step: state.step };
}

function startSamples() {
  const first = runs[0], images = figures($("pictures"), runs.length, (i) => runs[i].name);
  $("samples").hidden = false;

  const draw = latest(async () => {
    const values = { seed: state.seed, ...conditions(), truncation: state.truncation };
    if (state.truncation === 1) delete values.truncation;
    for (const [name, strength] of Object.entries(state.moves)) values["move." + name] = strength || null;
    for (let i = 0; i < runs.length; i++) {
      const step = i === 0 ? values.step : null; // checkpoints are the first run's
      const made = await picture("/image.png", { ...values, step, run: i });
      show(images[i], made.url);
      if (i === 0) {
        $("command").textContent = made.command;
        $("python").textContent = made.python;
        $("save").href = made.url;
        $("save").download = `${state.seed}.png`;
      }
    }
  });

  const remember = () => {
    const kept = { seed: state.seed, label: conditions().label, token };
    if (state.truncation !== 1) kept.truncation = state.truncation;
    const query = new URLSearchParams(Object.entries(kept).filter(([, value]) => value !== null));
    history.pushState({ ...state, moves: { ...state.moves } }, "", `${location.pathname}?${query}`);
  };
  const go = (changes, keep = true) => {
    Object.assign(state, changes);
    $("seed").value = state.seed;
    if (keep) remember();
    draw();
  };
  addEventListener("popstate", (event) => {
    if (!event.state) return;
    go(event.state, false);
    $("label").value = state.label;
    $("truncation").value = state.truncation;
    $("truncation-value").textContent = state.truncation;
  });

  const random = () => Math.floor(Math.random() * 1e6);
  $("another").onclick = () => go({ seed: random() });
  $("next").onclick = () => go({ seed: state.seed + 1 });
  $("previous").onclick = () => go({ seed: Math.max(0, state.seed - 1) });
  $("seed").onchange = () => go({ seed: Math.max(0, Math.floor(Number($("seed").value)) || 0) });
  addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, button, a, canvas, summary") || event.ctrlKey || event.metaKey) return;
    const button = { ArrowLeft: "previous", ArrowRight: "next", " ": "another" }[event.key];
    if (button) { event.preventDefault(); $(button).click(); }
  });

  if (first.num_classes) {
    $("label-row").hidden = false;
    for (let i = 0; i < first.num_classes; i++) $("label").append(new Option(first.class_names[i] || i, i));
    state.label = state.label ?? 0;
    $("label").value = state.label;
    $("label").onchange = () => { go({ label: Number($("label").value) }); wall(); pad(); };
  }
  for (const name of first.attributes) {
    const { label, input } = slider(name, 0, 1, 0.05, 0);
    input.oninput = () => { state.attributes = { ...state.attributes, [name]: Number(input.value) }; draw(); };
    $("attributes").append(label);
    $("attributes").hidden = false;
  }
  for (const name of first.directions) {
    const { label, input } = slider(name, -3, 3, 0.1, 0);
    input.oninput = () => { state.moves = { ...state.moves, [name]: Number(input.value) }; draw(); };
    $("moves").append(label);
    $("moves").hidden = false;
  }
  if (first.truncates) {
    $("truncation-row").hidden = false;
    $("truncation").value = state.truncation;
    $("truncation").oninput = () => {
      state.truncation = Number($("truncation").value);
      $("truncation-value").textContent = state.truncation;
      draw();
    };
  }
  $("nearest").onclick = latest(async () => {
    say("Looking through the training images …");
    const made = await picture("/nearest.png", { seed: state.seed, ...conditions(), truncation: state.truncation });
    show($("nearest-figure").firstElementChild, made.url);
    $("nearest-figure").hidden = false;
  });

  $("target").onchange = latest(async () => {
    const [body] = $("target").files;
    if (!body) return;
    say("Projecting …");
    const made = await picture("/api/project", conditions(), { method: "POST", body });
    show($("projection").firstElementChild, made.url);
    $("projection-command").textContent = made.command;
    $("projection").hidden = false;
  });

  // The wall.

  let wallStart = 1;
  const wall = latest(async () => {
    const seeds = Array.from({ length: 24 }, (_, i) => wallStart + i);
    const made = await picture("/wall.png", { seeds: seeds.join(","), ...conditions() });
    const row = await loaded(made.url), size = row.width / seeds.length;
    $("wall").replaceChildren(...seeds.map((seed, i) => {
      const button = document.createElement("button"), canvas = document.createElement("canvas");
      canvas.width = size;
      canvas.height = row.height;
      canvas.getContext("2d").drawImage(row, i * size, 0, size, row.height, 0, 0, size, row.height);
      button.append(canvas);
      button.setAttribute("aria-label", `Seed ${seed}`);
      button.title = `Seed ${seed}: show it, and add it to the walk`;
      button.onclick = () => {
        go({ seed });
        const given = $("waypoints").value.split(",").map((text) => text.trim()).filter(Boolean);
        $("waypoints").value = [...given, seed].slice(-8).join(",");
      };
      return button;
    }));
    URL.revokeObjectURL(made.url);
    again("wall", made);
  });
  $("more").onclick = () => { wallStart = random(); wall(); };

  // The square between four seeds.

  let corners = [1, 2, 3, 4], place = [0.5, 0.5], heading = 0.7, isMoving = false;
  const canvas = $("pad");
  const pad = latest(async () => {
    const values = { seeds: corners.join(","), x: place[0].toFixed(4), y: place[1].toFixed(4) };
    const made = await picture("/pad.png", { ...values, ...conditions() });
    const image = await loaded(made.url);
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.getContext("2d").drawImage(image, 0, 0);
    canvas.dataset.count = Number(canvas.dataset.count || 0) + 1;
    URL.revokeObjectURL(made.url);
    $("pad-seeds").textContent =
      `Seeds ${corners.slice(0, 2).join(" and ")} above, ${corners.slice(2).join(" and ")} below; ` +
      `${Math.round(100 * place[0])} % to the right, ${Math.round(100 * place[1])} % down`;
    again("pad", made);
    if (isMoving) requestAnimationFrame(move);
  });
  const within = (value) => Math.min(1, Math.max(0, value));
  const drag = (event) => {
    if (event.buttons !== 1) return;
    const box = canvas.getBoundingClientRect();
    place = [within((event.clientX - box.left) / box.width), within((event.clientY - box.top) / box.height)];
    pad();
  };
  const move = () => {
    const length = 0.004 * Number($("speed").value);
    place = place.map((value, i) => value + length * (i ? Math.sin(heading) : Math.cos(heading)));
    if (place[0] < 0 || place[0] > 1) heading = Math.PI - heading;
    if (place[1] < 0 || place[1] > 1) heading = -heading;
    place = place.map(within);
    pad();
  };
  canvas.onpointerdown = (event) => { canvas.setPointerCapture(event.pointerId); drag(event); };
  canvas.onpointermove = drag;
  canvas.onkeydown = (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way) return;
    event.preventDefault();
    place = place.map((value, i) => within(value + 0.05 * way[i]));
    pad();
  };
  $("corners").onclick = () => { corners = corners.map(random); pad(); };
  $("animate").onclick = () => {
    isMoving = !isMoving;
    $("animate").setAttribute("aria-pressed", String(isMoving));
    if (isMoving) move();
  };

  // A walk, and arithmetic.

  $("walk").onclick = latest(async () => {
    const values = { seeds: $("waypoints").value, steps: $("walk-steps").value, loop: $("loop").checked ? 1 : 0 };
    const made = await picture("/walk.gif", { ...values, ...conditions() });
    show($("walk-figure").firstElementChild, made.url);
    $("walk-figure").hidden = $("walk-save").hidden = false;
    $("walk-save").href = made.url;
    $("walk-command").textContent = made.command;
  });
  $("add").onclick = latest(async () => {
    const made = await picture("/sum.png", { expression: $("expression").value, ...conditions() });
    show($("sum-figure").firstElementChild, made.url);
    $("sum-figure").hidden = false;
  });
  $("expression").onkeydown = (event) => { if (event.key === "Enter") $("add").click(); };

  checkpoints($("samples"), () => { draw(); wall(); pad(); });
  history.replaceState({ ...state }, "", location.href);
  $("seed").value = state.seed;
  draw();
  wall();
  pad();
}

function slider(name, least, most, step, value) {
  const label = document.createElement("label"), input = document.createElement("input");
  label.textContent = name;
  Object.assign(input, { type: "range", min: least, max: most, step, value });
  label.append(input);
  return { label, input };
}

// A model that translates.

async function startTranslations() {
  const first = runs[0], ways = first.translations;
  $("translations").hidden = false;
  const names = runs.map((run) => run.name);
  const isTwoWay = ways.length > 1;
  const images = figures(
    $("outputs"), runs.length + (isTwoWay ? 1 : 0), (i) => i < runs.length ? names[i] : "and the way back");

  let input = null; // what is translated, as it was given or drawn
  const translate = latest(async () => {
    if (!input) return;
    const values = { direction: $("way").value, seed: first.paired ? $("noise").value : null };
    const send = (more) => picture("/api/translate", { ...values, ...more }, { method: "POST", body: input });
    for (let i = 0; i < runs.length; i++) {
      const made = await send({ run: i, step: i === 0 ? state.step : null });
      if (i === 0) {
        const after = URL.createObjectURL(made.blob);
        show($("overlay").lastElementChild, after);
        show($("overlay").firstElementChild, URL.createObjectURL(input));
        $("save-output").href = made.url;
        $("translate-command").textContent = made.command;
        $("translate-python").textContent = made.python;
      }
      show(images[i], made.url);
      if (i === 0) images[0].dataset.count = Number(images[0].dataset.count || 0) + 1;
    }
    if (isTwoWay) show(images.at(-1), (await send({ back: 1, step: state.step })).url);
    $("save-input").href = URL.createObjectURL(input);
  });

  const canvas = $("drawing");
  const changed = (isFinished) => canvas.toBlob((blob) => {
    if (!blob) return;
    input = blob;
    if (isFinished || first.paired) translate();
  });
  let colours = ["#ffffff", "#000000"];
  if (first.paired) {
    try { colours = (await json("/api/palette")).colours; } catch (error) { say(error.message, true); }
  }
  const drawing = new Drawing(canvas, first.paired ? $("tools") : null, colours, changed);
  $("tools").hidden = !first.paired;
  if (!first.paired) drawing.tool = "none"; // a picture is shown there, not drawn on
  canvas.style.pointerEvents = first.paired ? "" : "none";

  const take = async (blob) => {
    try {
      const image = await loaded(URL.createObjectURL(blob));
      drawing.show(image);
      input = blob; // as it was given: the canvas has it in PNG
      translate();
    } catch (error) { say(error.message, true); }
  };
  let number = Math.floor(Math.random() * 64);
  const example = async () => {
    try {
      const side = isTwoWay ? $("way").value[0] : "a";
      take((await picture("/example.png", { number: number++, side })).blob);
    } catch (error) { say(error.message, true); }
  };
  $("example").onclick = example;
  $("file").onchange = () => { if ($("file").files[0]) take($("file").files[0]); };
  addEventListener("paste", (event) => {
    const item = [...event.clipboardData.items].find((each) => each.type.startsWith("image/"));
    if (item) take(item.getAsFile());
  });
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
  });
  if (isTwoWay && navigator.mediaDevices) {
    $("camera").hidden = false;
    $("camera").onclick = async () => {
      try {
        const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640 } });
        const video = document.createElement("video");
        video.srcObject = stream;
        await video.play();
        canvas.width = video.videoWidth;
        canvas.height = video.videoHeight;
        canvas.getContext("2d").drawImage(video, 0, 0);
        stream.getTracks().forEach((track) => track.stop());
        changed(true);
      } catch (error) { say(`The camera cannot be used: ${error.message}`, true); }
    };
  }

  for (const way of ways) $("way").append(new Option(way === "ab" ? "a to b" : "b to a", way));
  $("way-row").hidden = !isTwoWay;
  $("way").onchange = example;
  $("noise-row").hidden = !first.paired;
  $("noise").onchange = translate;
  $("compare-row").hidden = false;
  const compare = () => {
    $("overlay").lastElementChild.style.clipPath = `inset(0 0 0 ${$("compare").value}%)`;
  };
  $("compare").oninput = compare;
  compare();
  checkpoints($("translations"), translate);
  if (first.examples !== 0) return example();
  $("example").hidden = true; // an exported page without any
  $("way").onchange = translate;
  [canvas.height, canvas.width] = first.image_shape;
  drawing.clear();
}

// The beginning.

document.addEventListener("click", async (event) => {
  const id = event.target.dataset && event.target.dataset.copy;
  if (!id) return;
  try { await navigator.clipboard.writeText($(id).textContent); say("Copied"); } catch (error) { say(error.message, true); }
});

(async () => {
  try { runs = (await json("/api/facts")).runs; } catch (error) { return say(error.message, true); }
  facts();
  for (const part of document.querySelectorAll(".served")) part.hidden = Boolean(local);
  const given = new URLSearchParams(location.search);
  for (const name of ["seed", "label", "truncation"]) if (given.has(name)) state[name] = Number(given.get(name));
  $("truncation-value").textContent = state.truncation;
  if (runs[0].samples) startSamples();
  else await startTranslations();
})();
