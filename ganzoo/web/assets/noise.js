"use strict";
/* Latents of seeds, and masks of dropout, as `ganzoo/randomness/` makes them: bit for bit. */

/* The upper and the lower 32 bits of a product of two numbers of 32 bits. */
function product(a, b) {
  const high = a >>> 16, low = a & 0xffff, above = b >>> 16, below = b & 0xffff;
  const middle = high * below + Math.floor((low * below) / 65536);
  const carried = (middle % 65536) + low * above;
  return [high * above + Math.floor(middle / 65536) + Math.floor(carried / 65536) >>> 0, Math.imul(a, b) >>> 0];
}

/* Philox4x32-10 (Salmon et al., 2011). */
function philox([a, b, c, d], [low, high]) {
  for (let round = 0; round < 10; round++) {
    const [firstCarry, first] = product(a, 0xd2511f53), [secondCarry, second] = product(c, 0xcd9e8d57);
    [a, b, c, d] = [(secondCarry ^ b ^ low) >>> 0, second, (firstCarry ^ d ^ high) >>> 0, first];
    low = (low + 0x9e3779b9) >>> 0;
    high = (high + 0xbb67ae85) >>> 0;
  }
  return [a, b, c, d];
}

function checksum(text) { // CRC-32, which names a stream
  let value = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return ~value >>> 0;
}

/* Uniform numbers in (0, 1) of a seed, a whole number from 0 to 2^53. */
function uniformOfSeed(seed, count) {
  const scrambled = philox(
    [checksum("0/by_seed"), 0, seed % 2 ** 32, Math.floor(seed / 2 ** 32)], [0x3ec8f720, 0x02461e29]);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 4) {
    const bits = philox([i / 4, 0, ...scrambled.slice(2)], scrambled.slice(0, 2));
    for (let j = 0; j < 4 && i + j < count; j++) {
      values[i + j] = Math.min(Math.fround((bits[j] >>> 8) + 0.5) / 2 ** 24, 1 - 2 ** -24);
    }
  }
  return values;
}

function normalOfSeed(seed, count) { // Box and Muller, 1958
  const uniforms = uniformOfSeed(seed, 2 * count), values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    values[i] = Math.sqrt(-2 * Math.log(uniforms[2 * i])) * Math.cos(2 * Math.PI * uniforms[2 * i + 1]);
  }
  return values;
}

const MASK = 2n ** 64n - 1n, GOLDEN = 0x9e3779b97f4a7c15n;

function splitMix(value) { // Steele, Lea and Flood, 2014
  for (const [shift, factor] of [[30n, 0xbf58476d1ce4e5b9n], [27n, 0x94d049bb133111ebn], [31n, 1n]]) {
    value = ((value ^ (value >> shift)) * factor) & MASK;
  }
  return value;
}

const masks = new Map(); // BigInt is slow, and a drawing asks for the same ones at each stroke

/* Uniform numbers of 2^16 values in [0, 1): of a key, in a stream. */
function uniformByKey(key, stream, count) {
  const name = `${key}/${stream}/${count}`;
  if (masks.has(name)) return masks.get(name);
  const start = splitMix((BigInt(key) + BigInt(checksum(stream))) & MASK), values = new Float32Array(count);
  const quarter = Math.ceil(count / 4); // one after the other: the upper bits of all, then the next
  for (let i = 0; i < quarter; i++) {
    const bits = splitMix((start + BigInt(i + 1) * GOLDEN) & MASK);
    for (let j = 0; j < 4 && j * quarter + i < count; j++) {
      values[j * quarter + i] = Number((bits >> BigInt(48 - 16 * j)) & 0xffffn) / 65536;
    }
  }
  if (masks.size > 50) masks.clear();
  masks.set(name, values);
  return values;
}
