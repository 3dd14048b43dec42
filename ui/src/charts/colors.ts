// The colours of series, from the page's tokens.

const SERIES = 8;

/** The custom property of the n-th series. */
export function seriesColor(index: number): string {
  return `--series-${(index % SERIES) + 1}`;
}

/** What a custom property is now, for a canvas, which knows none. */
export function resolved(element: Element, property: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${property})`;
  probe.hidden = true;
  element.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}
