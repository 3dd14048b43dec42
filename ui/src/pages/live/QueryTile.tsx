// The tile of an instant query: its number now, and a line of its last values.

import { Sparkline } from '../../charts/Sparkline';
import { LongText } from '../../components/LongText';
import { useRemarks } from '../../components/Remarks';
import { isRateKnown, NO_TRAIL, type Trail } from '../../model/trail';
import { useTexts } from '../../messages/react';
import { useFormats } from './formats';
import type { LastGoodAnswer } from './lastGoodAnswers';
import { Tile } from './Tile';
import { answerSamples, left, meaningOf, mixed } from './trails';
import { useQueryName } from './useQueryName';

interface Props {
  query: string;
  lasting: LastGoodAnswer;
  trail: Trail | undefined;
  warnings: readonly string[] | undefined;
  stale: boolean;
}

export function QueryTile({ query, lasting: { answer, isLatest, fault }, trail, warnings, stale }: Props) {
  const texts = useTexts();
  const name = useQueryName();
  const formats = useFormats();
  const remark = useRemarks();
  const series = answerSamples(answer);
  const remarks = remark(isLatest ? left(answer) : [], warnings);
  const meaning = meaningOf(query, answer);
  const units = mixed(query, answer);
  const last = trail?.points.at(-1)?.value;
  const caption = (() => {
    if (fault) return <LongText most={80}>{texts.fault(fault.error)}</LongText>;
    // Who does not answer has not said that there are none, nor has who answers with what is not drawn.
    if (series.length === 0 || !isLatest) return stale || remarks.length > 0 ? undefined : texts.live.noSeries;
    if (units > 0) return texts.live.severalUnits(units);
    if (meaning.kind === 'counter' && !isRateKnown(trail ?? NO_TRAIL)) return texts.live.unknownRate;
    if (typeof answer === 'number') return texts.live.added;
    return series.length > 1 ? texts.live.ofSeries[meaning.kind](series.length) : undefined;
  })();
  const isOld = stale || !isLatest || series.length === 0;
  return (
    <Tile title={name(query)} value={formats(meaning)(units > 0 ? undefined : last)} stale={isOld} caption={caption} remarks={remarks}>
      {units === 0 && <Sparkline points={trail?.points ?? []} />}
    </Tile>
  );
}
