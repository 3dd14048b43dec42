// How many alerts fire and are not kept quiet, beside the link to them; while nothing is heard, how many did.

import { Badge } from '../components/Badge';
import { book } from '../stores/alerts';
import { useStore } from '../stores/store';

export function AlertCount() {
  const known = useStore(book)?.entries ?? [];
  const firing = known.filter(({ alert }) => alert.state === 'firing' && !alert.suppressed).length;
  return firing > 0 ? <Badge tone="critical">{firing}</Badge> : null;
}
