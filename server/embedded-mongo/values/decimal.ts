import type { Decimal128 } from 'bson';

/** A finite number: `coefficient × 10^exponent`, exact. */
export interface Exact {
  coefficient: bigint;
  exponent: number;
}

// A decimal is kept, compared and indexed by its exact value, as is a Long that no double holds. Nothing here calculates
// with decimals; see number.ts.

/** The exact value of a Decimal128, or the JS number for NaN and the infinities. */
export function exactOfDecimal(value: Decimal128): Exact | number {
  const text = value.toString();
  if (text.includes('N')) return Number.NaN;
  if (text.includes('I')) return text.startsWith('-') ? -Infinity : Infinity;
  const [mantissa = '0', power = '0'] = text.toLowerCase().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  return { coefficient: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

const scratch = new DataView(new ArrayBuffer(8));

/** The exact value of a finite double: every double is a finite decimal fraction. */
export function exactOfDouble(value: number): Exact {
  if (Number.isInteger(value)) return { coefficient: BigInt(value), exponent: 0 };
  scratch.setFloat64(0, value);
  const bits = scratch.getBigUint64(0);
  const power = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = power === 0 ? fraction : fraction | 0x10000000000000n;
  const shift = (power === 0 ? 1 : power) - 1075;
  // Not an integer, so shift is negative: m / 2^k = m × 5^k / 10^k.
  const coefficient = mantissa * 5n ** BigInt(-shift);
  return { coefficient: value < 0 ? -coefficient : coefficient, exponent: shift };
}

/** Sign of a − b, exactly. */
export function compareExact(a: Exact, b: Exact): number {
  if (a.coefficient === 0n || b.coefficient === 0n || a.coefficient < 0n !== b.coefficient < 0n) {
    return a.coefficient < b.coefficient ? -1 : a.coefficient > b.coefficient ? 1 : 0;
  }
  const digitsA = digitCount(a.coefficient) + a.exponent;
  const digitsB = digitCount(b.coefficient) + b.exponent;
  if (digitsA !== digitsB) return digitsA < digitsB === a.coefficient > 0n ? -1 : 1;
  const { coefficient } = subtractExact(a, b);
  return coefficient < 0n ? -1 : coefficient > 0n ? 1 : 0;
}

const digitCount = (value: bigint): number => (value < 0n ? -value : value).toString().length;

/** a − b. */
export function subtractExact(a: Exact, b: Exact): Exact {
  const exponent = Math.min(a.exponent, b.exponent);
  const scaled = (x: Exact) => x.coefficient * 10n ** BigInt(x.exponent - exponent);
  return { coefficient: scaled(a) - scaled(b), exponent };
}

/** Nearest double of an exact number. */
export const doubleOfExact = (value: Exact): number => Number(`${value.coefficient}e${value.exponent}`);
