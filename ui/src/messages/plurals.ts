// Words that go with a number, as the language of the page has them.

interface Plurals {
  number: (count: number) => string;
  /** The form of a word that goes with a number. */
  form: (count: number, one: string, other: string) => string;
  /** The number with that form: `1 alert`, `2 alerts`. */
  counted: (count: number, one: string, other: string) => string;
}

export function plurals(language: string): Plurals {
  // As many decimals as numbers are shown with: 1.001 is read as 1.
  const rules = new Intl.PluralRules(language, { maximumFractionDigits: 2 });
  const numbers = new Intl.NumberFormat(language);
  const form: Plurals['form'] = (count, one, other) => (rules.select(count) === 'one' ? one : other);
  const number: Plurals['number'] = (count) => numbers.format(count);
  return { form, number, counted: (count, one, other) => `${number(count)}\u00a0${form(count, one, other)}` };
}
