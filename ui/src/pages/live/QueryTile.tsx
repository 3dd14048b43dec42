// The tile of an instant query: its number now, and its way there.

import { Sparkline } from '../../charts/Sparkline';
import { isFault } from '../../model/frame';
import type { Trail } from '../../model/trail';
import { useTexts } from '../../messages/react';
import { useFormats } from './formats';
import { useNames } from './names';
import { Tile } from './Tile';
import { answerSamples, meaningOf } from './trails';

interface Props {
  query: string;
  answer: unknown;
  trail: Trail | undefined;
  stale: boolean;
}

export function QueryTile({ query, answer, trail, stale }: Props) {
  const texts = useTexts();
  const name = useNames();
  const formats = useFormats();
  const series = answerSamples(answer);
  const meaning = meaningOf(query, series);
  const last = trail?.points.at(-1)?.value;
  const caption = (() => {
    if (isFault(answer)) return texts.fault(answer.error);
    if (series.length === 0) return texts.live.noSeries;
    if (meaning.kind === 'counter' && last === undefined) return texts.live.secondBeat;
    return series.length > 1 ? texts.live.ofSeries[meaning.kind](series.length) : undefined;
  })();
  return (
    <Tile title={name(query)} value={formats(meaning)(last)} stale={stale || isFault(answer)} caption={caption}>
      <Sparkline points={trail?.points ?? []} />
    </Tile>
  );
}
