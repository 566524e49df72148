"use strict";
/* The network of an exported page, computed step by step; `ganzoo/web/network.py` writes the steps.

A tensor is one example: `{ values: Float32Array, shape }`, the shape `[units]` or `[height, width, channels]`. */

class Network {
  constructor(steps, bytes) {
    this.steps = steps.map((step) => {
      const ready = { ...step };
      for (const [name, value] of Object.entries(step)) {
        if (value && value.start !== undefined) ready[name] = readWeights(bytes, value);
      }
      return ready;
    });
  }

  /* Takes `{ name: tensor }`, and returns the tensor of the last step. */
  run(inputs) {
    const made = [];
    for (const step of this.steps) {
      made.push(STEPS[step.kind](step, step.from.map((number) => made[number]), inputs));
    }
    return made.at(-1);
  }
}

function readWeights(bytes, { start, shape, half }) {
  const count = shape.reduce((product, size) => product * size, 1), end = start + count * (half ? 2 : 4);
  const buffer = bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + end);
  if (!half) return { values: new Float32Array(buffer), shape };
  return { values: Float32Array.from(new Uint16Array(buffer), fromHalf), shape };
}

function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function mapped(input, change) {
  const values = new Float32Array(input.values.length);
  for (let i = 0; i < values.length; i++) values[i] = change(input.values[i], i);
  return { values, shape: input.shape };
}

const ACTIVATIONS = {
  relu: (value) => Math.max(0, value),
  tanh: Math.tanh,
  sigmoid: (value) => 1 / (1 + Math.exp(-value)),
};

/* Values begin with the bias of their channel. */
function begun(count, channels, bias) {
  const values = new Float32Array(count * channels);
  if (bias) for (let i = 0; i < count; i++) values.set(bias.values, i * channels);
  return values;
}

/* Adds to `channels` values from `to` on one row of the kernel for each input from `from` on. */
function addProducts(values, to, channels, inputs, from, count, kernel, row) {
  for (let i = 0; i < count; i++) {
    const value = inputs[from + i];
    if (value === 0) continue; // behind a ReLU half of them are
    const at = row + i * channels;
    for (let j = 0; j < channels; j++) values[to + j] += value * kernel[at + j];
  }
}

/* The size of a convolution's output, and the zeros before its input. */
function fit(size, window, stride, same) {
  if (!same) return [Math.floor((size - window) / stride) + 1, 0];
  const output = Math.ceil(size / stride);
  return [output, Math.floor(Math.max((output - 1) * stride + window - size, 0) / 2)];
}

/* The same of a transposed one, whose output loses so much before its beginning. */
function fitTransposed(size, window, stride, same) {
  const more = Math.max(window - stride, 0);
  return same ? [size * stride, Math.floor(more / 2)] : [size * stride + more, 0];
}

const STEPS = {
  input: (step, _, inputs) => inputs[step.name],
  output: (step, [input]) => input,
  activation: (step, [input]) => mapped(input, ACTIVATIONS[step.name]),
  leaky: ({ slope }, [input]) => mapped(input, (value) => value > 0 ? value : slope * value),
  reshape: ({ shape }, [input]) => ({ values: input.values, shape }),

  one_hot({ size }, [label]) {
    const values = new Float32Array(size);
    values[label.values[0]] = 1;
    return { values, shape: [size] };
  },

  affine({ scale, offset }, [input]) {
    const [factors, terms] = [scale.values, offset.values];
    return mapped(input, (value, i) => value * factors[i % factors.length] + terms[i % terms.length]);
  },

  normalisation({ epsilon }, [input]) {
    const channels = input.shape.at(-1), places = input.values.length / channels;
    const mean = new Float64Array(channels), variance = new Float64Array(channels);
    input.values.forEach((value, i) => { mean[i % channels] += value / places; });
    input.values.forEach((value, i) => { variance[i % channels] += (value - mean[i % channels]) ** 2 / places; });
    const factors = variance.map((value) => 1 / Math.sqrt(value + epsilon));
    return mapped(input, (value, i) => (value - mean[i % channels]) * factors[i % channels]);
  },

  dense({ kernel, bias }, [input]) {
    const [count, units] = kernel.shape, rows = input.values.length / count;
    const values = begun(rows, units, bias);
    for (let row = 0; row < rows; row++) {
      addProducts(values, row * units, units, input.values, row * count, count, kernel.values, 0);
    }
    return { values, shape: [...input.shape.slice(0, -1), units] };
  },

  convolution({ kernel, bias, stride, same }, [input]) {
    const [tall, wide, count, channels] = kernel.shape, [height, width] = input.shape;
    const [rows, above] = fit(height, tall, stride, same), [columns, before] = fit(width, wide, stride, same);
    const values = begun(rows * columns, channels, bias);
    for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) {
      const to = (row * columns + column) * channels;
      for (let i = 0; i < tall; i++) {
        const y = row * stride + i - above;
        if (y < 0 || y >= height) continue;
        for (let j = 0; j < wide; j++) {
          const x = column * stride + j - before;
          if (x < 0 || x >= width) continue;
          const from = (y * width + x) * count, at = (i * wide + j) * count * channels;
          addProducts(values, to, channels, input.values, from, count, kernel.values, at);
        }
      }
    }
    return { values, shape: [rows, columns, channels] };
  },

  transposed({ kernel, bias, stride, same }, [input]) {
    const [tall, wide, count, channels] = kernel.shape, [height, width] = input.shape;
    const [rows, above] = fitTransposed(height, tall, stride, same);
    const [columns, before] = fitTransposed(width, wide, stride, same);
    const values = begun(rows * columns, channels, bias);
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
      const from = (y * width + x) * count;
      for (let i = 0; i < tall; i++) {
        const row = y * stride + i - above;
        if (row < 0 || row >= rows) continue;
        for (let j = 0; j < wide; j++) {
          const column = x * stride + j - before;
          if (column < 0 || column >= columns) continue;
          const to = (row * columns + column) * channels, at = (i * wide + j) * count * channels;
          addProducts(values, to, channels, input.values, from, count, kernel.values, at);
        }
      }
    }
    return { values, shape: [rows, columns, channels] };
  },

  concatenation(step, inputs) {
    const sizes = inputs.map((input) => input.shape.at(-1)), channels = sizes.reduce((sum, size) => sum + size, 0);
    const places = inputs[0].values.length / sizes[0], values = new Float32Array(places * channels);
    let start = 0;
    inputs.forEach((input, number) => {
      const size = sizes[number];
      for (let i = 0; i < places; i++) values.set(input.values.subarray(i * size, (i + 1) * size), i * channels + start);
      start += size;
    });
    return { values, shape: [...inputs[0].shape.slice(0, -1), channels] };
  },

  sum: (step, inputs) => inputs.reduce((first, second) => joined(first, second, (a, b) => a + b)),
  product: (step, inputs) => inputs.reduce((first, second) => joined(first, second, (a, b) => a * b)),

  upsampling({ size: [tall, wide] }, [input]) {
    const [height, width] = input.shape;
    return gathered(input, height * tall, width * wide, (y) => Math.floor(y / tall), (x) => Math.floor(x / wide));
  },

  padding({ margins: [[above, below], [before, after]], reflected }, [input]) {
    const [height, width] = input.shape;
    const at = (place, size) => !reflected ? place : place < 0 ? -place : place < size ? place : 2 * size - 2 - place;
    return gathered(input, height + above + below, width + before + after,
      (y) => at(y - above, height), (x) => at(x - before, width));
  },

  shuffle({ factor }, [input]) {
    const [height, width, deep] = input.shape, channels = deep / factor ** 2;
    const values = new Float32Array(input.values.length);
    for (let y = 0; y < height * factor; y++) for (let x = 0; x < width * factor; x++) {
      const from = (Math.floor(y / factor) * width + Math.floor(x / factor)) * deep;
      const at = from + ((y % factor) * factor + x % factor) * channels;
      values.set(input.values.subarray(at, at + channels), (y * width * factor + x) * channels);
    }
    return { values, shape: [height * factor, width * factor, channels] };
  },

  maxout({ pieces }, [input]) {
    const values = new Float32Array(input.values.length / pieces).fill(-Infinity);
    input.values.forEach((value, i) => {
      const to = Math.floor(i / pieces);
      values[to] = Math.max(values[to], value);
    });
    return { values, shape: [...input.shape.slice(0, -1), input.shape.at(-1) / pieces] };
  },

  dropout({ rate, stream }, [input], inputs) {
    const noise = uniformByKey(inputs.dropout_keys.key, stream, input.values.length);
    return mapped(input, (value, i) => noise[i] >= rate ? value / (1 - rate) : 0);
  },
};

/* Two tensors value by value; the smaller one, of one place, meets every place of the other. */
function joined(first, second, change) {
  const [large, small] = first.values.length >= second.values.length ? [first, second] : [second, first];
  return mapped(large, (value, i) => change(value, small.values[i % small.values.length]));
}

/* An image of the pixels at other places; zeros where there are none. */
function gathered(input, rows, columns, yOf, xOf) {
  const [height, width, channels] = input.shape, values = new Float32Array(rows * columns * channels);
  for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) {
    const y = yOf(row), x = xOf(column);
    if (y < 0 || y >= height || x < 0 || x >= width) continue;
    const from = (y * width + x) * channels;
    values.set(input.values.subarray(from, from + channels), (row * columns + column) * channels);
  }
  return { values, shape: [rows, columns, channels] };
}
