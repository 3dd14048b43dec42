// How many alerts fire, beside the link to them; while nothing is heard, how many did.

import { Badge } from '../components/Badge';
import { book } from '../watch/alerts';
import { useStore } from '../watch/store';

export function AlertCount() {
  const known = useStore(book)?.entries ?? [];
  const firing = known.filter(({ alert }) => alert.state === 'firing').length;
  return firing > 0 ? <Badge tone="critical">{firing}</Badge> : null;
}
