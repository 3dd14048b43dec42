// Finds web addresses in a text that somebody else has written.

export interface Part {
  text: string;
  /** Of an address: where it leads, `http` or `https` and nothing else. */
  href?: string;
}

/** Up to a blank or what cannot be of an address. */
const ADDRESS = /https?:\/\/[^\s<>"'`]+/gi;
/** What rather ends the sentence than the address. */
const END = /[.,;:!?)\]}]+$/;

export function linked(text: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const address = found[0].replace(END, '');
    if (!URL.canParse(address)) continue;
    if (found.index > from) parts.push({ text: text.slice(from, found.index) });
    parts.push({ text: address, href: address });
    from = found.index + address.length;
  }
  if (from < text.length || parts.length === 0) parts.push({ text: text.slice(from) });
  return parts;
}
