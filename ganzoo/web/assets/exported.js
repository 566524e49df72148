"use strict";
/* What an exported page has in place of a server: it answers what page.js asks for.

`ganzoo/web/exported.py` writes the element #exported: facts, and where the networks are. */

window.exported = (() => {
  const given = JSON.parse(document.getElementById("exported").textContent);
  const { latents, source } = given, engines = {};

  // Networks: our own, whose weights are in this file, or an ONNX file beside it.

  function bytesOf(text) {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  }

  async function ownEngine(name) {
    const network = new Network(given.networks[name].steps, bytesOf(document.getElementById(`weights-${name}`).textContent));
    return async (inputs) => {
      await new Promise((resolve) => { setTimeout(resolve); }); // keys and drags come between two images
      return network.run(inputs);
    };
  }

  async function onnxEngine(name) {
    if (location.protocol === "file:") {
      throw new Error("Browsers load no network from a file: serve this folder, by `python -m http.server` say");
    }
    ort.env.wasm.wasmPaths = new URL("runtime/", location.href).href;
    ort.env.wasm.numThreads = 1; // more need headers that few static hosts send
    const session = await ort.InferenceSession.create(given.networks[name].file);
    const tensor = (kind, { values, shape }) => {
      const wanted = kind === "int64" ? BigInt64Array.from(values, (value) => BigInt(value)) : values;
      return new ort.Tensor(kind, wanted, [1, ...shape]);
    };
    return async (inputs) => {
      const feeds = {};
      for (const input of session.inputNames) feeds[input] = tensor(given.networks[name].inputs[input], inputs[input]);
      const made = (await session.run(feeds))[session.outputNames[0]];
      return { values: made.data, shape: made.dims.slice(1) };
    };
  }

  async function compute(name, inputs) {
    engines[name] = engines[name] || (given.runtime ? onnxEngine(name) : ownEngine(name));
    return (await engines[name])(inputs);
  }

  // Images, [-1, 1] as tensors and 0 to 255 on a canvas, which rounds.

  function canvasOf(width, height) {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    return [canvas, canvas.getContext("2d", { willReadFrequently: true })];
  }

  function draw(context, { values, shape: [height, width, channels] }, left) {
    const image = context.createImageData(width, height);
    for (let i = 0; i < height * width; i++) {
      for (let j = 0; j < 3; j++) {
        image.data[4 * i + j] = Math.fround(Math.fround(values[i * channels + (channels === 3 ? j : 0)] + 1) * 127.5);
      }
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, left, 0);
  }

  async function pictureOf(images) { // in one row
    const [height, width] = images[0].shape, [canvas, context] = canvasOf(width * images.length, height);
    images.forEach((image, number) => draw(context, image, number * width));
    return new Promise((resolve) => { canvas.toBlob(resolve); });
  }

  async function imageOf(blob) {
    const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none" }), { width, height } = bitmap;
    const most = given.most_pixels;
    if (width * height > most) {
      throw new Error(`This page takes pictures of at most ${most.toLocaleString("en")} pixels. Received: ${width} x ${height}`);
    }
    const [, context] = canvasOf(width, height), channels = given.input_channels;
    context.fillStyle = given.background;
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height), values = new Float32Array(width * height * channels);
    for (let i = 0; i < width * height; i++) {
      const [red, green, blue] = data.subarray(4 * i, 4 * i + 3);
      const isGrey = red === green && green === blue;
      const pixel = channels === 3 ? [red, green, blue] : [isGrey ? red : 0.2989 * red + 0.587 * green + 0.114 * blue];
      pixel.forEach((value, j) => { values[i * channels + j] = value / 127.5 - 1; });
    }
    return { values, shape: [height, width, channels] };
  }

  /* Mirrored at the bottom and on the right to sides that the network takes. */
  function mirrored(image) {
    const [height, width] = image.shape, { multiple, smallest } = given;
    const target = (side) => Math.max(Math.ceil(side / multiple) * multiple, smallest);
    const at = (side) => (place) => {
      const period = Math.max(2 * (side - 1), 1);
      return Math.min(place % period, period - place % period);
    };
    return gathered(image, target(height), target(width), at(height), at(width));
  }

  async function translated(image, direction, seed) {
    const key = { dropout_keys: { key: seed }, seeds: { values: [seed], shape: [] } };
    if (given.runtime) return compute(direction, { images: image, ...key });
    const [height, width] = image.shape, made = await compute(direction, { images: mirrored(image), ...key });
    return gathered(made, height, width, (y) => y, (x) => x);
  }

  // Latents.

  function latentsOf(seed) {
    if (!Number.isSafeInteger(seed)) throw new Error(`Seeds on this page are 0 to 2^53 - 1. Received: ${seed}`);
    if (latents.distribution === "Normal") return normalOfSeed(seed, latents.size);
    const { low, high, mean } = latents, half = Math.fround((high - low) / 2);
    const uniforms = uniformOfSeed(seed, latents.size);
    if (low === 0 && high === 1) return uniforms;
    return uniforms.map((value) => mean + Math.fround(half * (2 * value - 1)));
  }

  function norm(vector) { return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)); }

  /* As `ganzoo.randomness.priors.between`. */
  function between(start, end, share) {
    const mix = (first, second, a, b) => Float32Array.from(first, (value, i) => a * value + b * second[i]);
    const norms = [norm(start), norm(end)];
    if (latents.path === "linear" || !norms[0] || !norms[1]) return mix(start, end, 1 - share, share);
    const a = Float64Array.from(start, (value) => value / norms[0]), b = Float64Array.from(end, (value) => value / norms[1]);
    const angle = 2 * Math.atan2(norm(a.map((value, i) => value - b[i])), norm(a.map((value, i) => value + b[i])));
    if (Math.sin(angle) <= 1e-9) return mix(start, end, 1 - share, share);
    const length = ((1 - share) * norms[0] + share * norms[1]) / Math.sin(angle);
    return mix(a, b, length * Math.sin((1 - share) * angle), length * Math.sin(share * angle));
  }

  function sampled(vector, values) {
    const label = values.attributes ? attributesOf(values) : values.label === null ? null : [Number(values.label)];
    const conditions = label && (values.attributes
      ? { values: Float32Array.from(label), shape: [label.length] } : { values: label, shape: [] });
    const input = { values: vector, shape: [vector.length] };
    return compute("samples", { latents: input, labels: conditions, attributes: conditions });
  }

  function attributesOf(values) {
    const chosen = JSON.parse(values.attributes);
    return given.facts.attributes.map((name) => chosen[name] || 0);
  }

  /* The options of a command, and the arguments of its function, that mean the same. */
  function conditionsIn(values) {
    const options = [], keywords = [];
    if (values.attributes) {
      const listed = Object.entries(JSON.parse(values.attributes)).map(([name, value]) => `${name}=${value}`);
      options.push(`--attributes ${quoted(listed.join(","))}`);
      keywords.push(`labels=[${values.attributes}]`);
    } else if (values.label !== null) {
      options.push(`--labels ${values.label}`);
      keywords.push(`labels=[${values.label}]`);
    }
    if (values.truncation !== undefined && values.truncation !== 1) {
      options.push(`--truncation ${values.truncation}`);
      keywords.push(`truncation=${values.truncation}`);
    }
    if (given.checkpoint !== null) {
      options.push(`--checkpoint ${given.checkpoint}`);
      keywords.push(`checkpoint=${JSON.stringify(given.checkpoint)}`);
    }
    return [options.map((text) => ` ${text}`).join(""), keywords.map((text) => `, ${text}`).join("")];
  }

  function quoted(text) { // for a shell
    return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
  }

  const name = JSON.stringify(source), answers = {
    async "/image.png"(values) {
      const { seed, truncation = 1 } = values, moves = Object.entries(values).filter(([key, strength]) => key.startsWith("move.") && strength);
      let vector = latentsOf(seed);
      if (moves.length === 0) vector = vector.map((value) => latents.mean + truncation * (value - latents.mean));
      for (const [key, strength] of moves) {
        const direction = given.directions[key.slice(5)];
        vector = vector.map((value, i) => value + strength * direction[i]);
      }
      const blob = await pictureOf([await sampled(vector, values)]);
      const [options, keywords] = conditionsIn(moves.length ? { ...values, truncation: 1 } : values);
      if (moves.length) {
        const expression = `seed ${seed}` + moves.map(([key, strength]) => ` + ${strength} direction ${key.slice(5)}`).join("");
        return {
          blob, command: `ganzoo arithmetic ${quoted(source)} "${expression}" --neighbours 0${options} --output moved.png`,
          python: `ganzoo.arithmetic(${name}, "${expression}", neighbours=0${keywords}).images`,
        };
      }
      return {
        blob, command: `ganzoo generate ${quoted(source)} -n 1 --seed ${seed}${options} --output ${seed}.png`,
        python: `ganzoo.generate(${name}, 1, seed=${seed}${keywords}, output="${seed}.png")`,
      };
    },

    async "/wall.png"(values) {
      const seeds = values.seeds.split(",").map(Number), images = [];
      for (const seed of seeds) images.push(await sampled(latentsOf(seed), values));
      const [options, keywords] = conditionsIn(values);
      return {
        blob: await pictureOf(images),
        command: `ganzoo generate ${quoted(source)} -n ${seeds.length} --seed ${seeds[0]}${options} --output wall.png`,
        python: `ganzoo.generate(${name}, ${seeds.length}, seed=${seeds[0]}${keywords}, output="wall.png")`,
      };
    },

    async "/pad.png"(values) {
      const corners = values.seeds.split(",").map(Number).map(latentsOf), { x, y } = values;
      const sides = [between(corners[0], corners[2], Number(y)), between(corners[1], corners[3], Number(y))];
      const image = await sampled(between(...sides, Number(x)), values), [options, keywords] = conditionsIn(values);
      return {
        blob: await pictureOf([image]),
        command: `ganzoo interpolate ${quoted(source)} --seeds ${values.seeds} --grid --at ${x},${y}${options} --output place.png`,
        python: `ganzoo.interpolate(${name}, [${values.seeds}], grid=True, at=(${x}, ${y})${keywords}, output="place.png")`,
      };
    },

    async "/api/translate"({ direction, seed, back }, body) {
      let image = await translated(await imageOf(body), direction, Number(seed || 0));
      if (back) image = await translated(image, direction === "ab" ? "ba" : "ab", Number(seed || 0));
      const noise = given.facts.paired ? [` --seed ${seed}`, `, seed=${seed}`] : ["", ""];
      const [options, keywords] = conditionsIn({ label: null });
      return {
        blob: await pictureOf([image]),
        command: `ganzoo translate ${quoted(source)} input.png --direction ${direction}${noise[0]}${options} --output translated`,
        python: `ganzoo.translate(${name}, "input.png", "translated", direction="${direction}"${noise[1]}${keywords})`,
      };
    },

    async "/example.png"({ number, side }) {
      const examples = given.examples[side];
      return { blob: new Blob([bytesOf(examples[number % examples.length])], { type: "image/png" }) };
    },
  };

  return {
    json: async (path) => path === "/api/facts" ? { runs: [given.facts] } : { colours: given.palette },
    picture: (path, values, body) => answers[path](values, body),
  };
})();
