// The colours of charts, from the page's tokens: a canvas knows no custom properties, so their values are read.

const SERIES = 8;

/** The custom property of the n-th series. */
export function seriesColor(index: number): string {
  return `--series-${(index % SERIES) + 1}`;
}

/** Custom properties, as colours that a canvas understands. */
type Palette = (property: string) => string;

/** Reads each colour once, so that a chart that is drawn does not ask for styles. */
export function palette(element: Element): Palette {
  const known = new Map<string, string>();
  return (property) => {
    const color = known.get(property) ?? resolved(element, property);
    known.set(property, color);
    return color;
  };
}

/** Calls `changed` when the colours may be others: a theme was chosen, or the system's has changed. */
export function watchColors(changed: () => void): () => void {
  const theme = new MutationObserver(changed);
  theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', changed);
  return () => {
    theme.disconnect();
    system.removeEventListener('change', changed);
  };
}

function resolved(element: Element, property: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${property})`;
  probe.hidden = true;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
