// How the page writes a quantity.

import { useMemo } from 'react';

import type { Format } from '../../charts/axis';
import { useSpeech } from '../../messages/react';
import { UNKNOWN } from '../../model/units';
import type { Meaning, Quantity } from './meaning';

/** Gives how to write what a query measures; the same function for the same meaning until the language changes. */
export function useFormats(): (meaning: Meaning) => Format {
  const { units, texts } = useSpeech();
  return useMemo(() => {
    const plain: Record<Quantity, Format> = {
      number: units.number,
      bytes: units.bytes,
      seconds: (value) => units.duration(value),
      percent: units.percent,
      ratio: (value, digits) => units.percent(typeof value === 'number' ? value * 100 : value, digits),
      cores: (value, digits) =>
        typeof value === 'number' ? texts.live.cores(value, units.number(value, digits)) : UNKNOWN,
    };
    const perSecond: Record<Quantity, Format> = {
      ...plain,
      number: units.perSecond,
      bytes: (value, digits) => `${units.bytes(value, digits)}/s`,
      seconds: (value, digits) => `${units.number(value, digits)}\u00a0s/s`,
      percent: (value, digits) => `${units.percent(value, digits)}/s`,
      ratio: (value, digits) => `${plain.ratio(value, digits)}/s`,
    };
    return ({ quantity, kind }) => (kind === 'counter' ? perSecond : plain)[quantity];
  }, [units, texts]);
}
