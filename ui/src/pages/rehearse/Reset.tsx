// Brings everything back to normal, once somebody has said yes to that.

import { useRef, useState } from 'react';

import { Button } from '../../components/Button';
import { useTexts } from '../../messages/react';
import styles from './RehearsePage.module.css';

interface Props {
  isDisabled: boolean;
  isPending: boolean;
  onReset: () => void;
}

export function Reset({ isDisabled, isPending, onReset }: Props) {
  const { rehearse } = useTexts();
  const [isAsking, setAsking] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  const yes = useRef<HTMLButtonElement>(null);
  if (!isAsking) {
    return (
      <span title={rehearse.resetHint}>
        <Button
          ref={first}
          isDisabled={isDisabled}
          isPending={isPending}
          focusReturnTarget={() => yes.current}
          onPress={() => {
            setAsking(true);
          }}
        >
          {rehearse.reset}
        </Button>
      </span>
    );
  }
  const answer = (isYes: boolean) => () => {
    setAsking(false);
    if (isYes) onReset();
  };
  return (
    <span role="group" aria-label={rehearse.resetSure} className={styles.sure}>
      <span>{rehearse.resetSure}</span>
      <Button ref={yes} tone="main" isDisabled={isDisabled} focusReturnTarget={() => first.current} onPress={answer(true)}>
        {rehearse.resetYes}
      </Button>
      <Button focusReturnTarget={() => first.current} onPress={answer(false)}>
        {rehearse.resetNo}
      </Button>
    </span>
  );
}
