import { Decimal128 } from 'bson';

/** A finite decimal: `coefficient × 10^exponent`, exact. */
export interface Exact {
  coefficient: bigint;
  exponent: number;
}

const DIGITS = 34;
const MAX_EXPONENT = 6111;
const MIN_EXPONENT = -6176;

/** The exact value of a Decimal128, or the JS number for NaN and the infinities. */
export function exactOfDecimal(value: Decimal128): Exact | number {
  const text = value.toString();
  if (text.includes('N')) return Number.NaN;
  if (text.includes('I')) return text.startsWith('-') ? -Infinity : Infinity;
  return parseExact(text);
}

/** Reads plain or scientific decimal text, which must be finite. */
function parseExact(text: string): Exact {
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
  const [x, y] = align(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

const digitCount = (value: bigint): number => (value < 0n ? -value : value).toString().length;

function align(a: Exact, b: Exact): [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  return [
    a.coefficient * 10n ** BigInt(a.exponent - exponent),
    b.coefficient * 10n ** BigInt(b.exponent - exponent),
    exponent,
  ];
}

export const addExact = (a: Exact, b: Exact): Exact => {
  // Far beyond 34 digits the smaller term only matters for rounding; without a cap 10^6000 would be built.
  if (a.coefficient === 0n && b.exponent <= a.exponent) return b;
  if (b.coefficient === 0n && a.exponent <= b.exponent) return a;
  const [x, y, exponent] = align(a, b);
  return { coefficient: x + y, exponent };
};

export const multiplyExact = (a: Exact, b: Exact): Exact => ({
  coefficient: a.coefficient * b.coefficient,
  exponent: a.exponent + b.exponent,
});

/** a / b to more digits than a Decimal128 holds; b must not be zero. */
export function divideExact(a: Exact, b: Exact): Exact {
  const scale = Math.max(0, DIGITS + 6 + digitCount(b.coefficient) - digitCount(a.coefficient));
  const numerator = a.coefficient * 10n ** BigInt(scale);
  let quotient = numerator / b.coefficient;
  let exponent = a.exponent - b.exponent - scale;
  if (quotient * b.coefficient !== numerator) {
    // A sticky digit: the discarded rest must still break a tie of rounding to even.
    quotient = quotient * 10n + (numerator < 0n === b.coefficient < 0n ? 1n : -1n);
    exponent -= 1;
  } else {
    while (exponent < 0 && scale > 0 && quotient % 10n === 0n && quotient !== 0n) {
      quotient /= 10n;
      exponent += 1;
    }
  }
  return { coefficient: quotient, exponent };
}

/** Remainder with the sign of the dividend; b must not be zero. */
export function remainderExact(a: Exact, b: Exact): Exact {
  const [x, y, exponent] = align(a, b);
  return { coefficient: x % y, exponent };
}

/** Rounds to 34 digits, half to even, and makes the BSON value. */
export function decimalOfExact(value: Exact): Decimal128 {
  let { coefficient, exponent } = value;
  const negative = coefficient < 0n;
  if (negative) coefficient = -coefficient;
  const excess = Math.max(digitCount(coefficient) - DIGITS, MIN_EXPONENT - exponent);
  if (excess > 0) {
    const unit = 10n ** BigInt(excess);
    const rest = (coefficient % unit) * 2n;
    coefficient /= unit;
    if (rest > unit || (rest === unit && coefficient % 2n === 1n)) coefficient += 1n;
    exponent += excess;
    if (digitCount(coefficient) > DIGITS) {
      coefficient /= 10n;
      exponent += 1;
    }
  }
  while (exponent > MAX_EXPONENT && digitCount(coefficient) < DIGITS && coefficient !== 0n) {
    coefficient *= 10n;
    exponent -= 1;
  }
  if (coefficient === 0n) exponent = Math.min(Math.max(exponent, MIN_EXPONENT), MAX_EXPONENT);
  const sign = negative ? '-' : '';
  if (exponent > MAX_EXPONENT) return Decimal128.fromString(`${sign}Infinity`);
  return Decimal128.fromString(`${sign}${coefficient}E${exponent}`);
}

/** The Decimal128 of a JS number, through 15 significant digits as MongoDB converts doubles. */
export function decimalOfDouble(value: number): Decimal128 {
  if (!Number.isFinite(value)) {
    return Decimal128.fromString(Number.isNaN(value) ? 'NaN' : value < 0 ? '-Infinity' : 'Infinity');
  }
  return decimalOfExact(parseExact(value.toPrecision(15)));
}

/** Nearest double of an exact decimal. */
export const doubleOfExact = (value: Exact): number => Number(`${value.coefficient}e${value.exponent}`);
