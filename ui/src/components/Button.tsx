// A button, plain or for the main thing that a page does. It never drops the focus that it has: not while it is
// disabled, not while its request is under way, and not when it goes away.

import { useEffectEvent, useLayoutEffect, useRef, type ReactNode, type RefObject } from 'react';
import { Button as AriaButton } from 'react-aria-components';

import { focus } from './focus';
import styles from './Button.module.css';

interface Props {
  'aria-label'?: string;
  tone?: 'plain' | 'main';
  isDisabled?: boolean;
  /** Its request is under way: it takes no other press. */
  isPending?: boolean;
  /** For those who give it the focus. */
  ref?: RefObject<HTMLButtonElement | null>;
  /** What gets the focus when the button goes away with it. */
  focusReturnTarget?: (() => HTMLElement | null | undefined) | undefined;
  onPress: () => void;
  children: ReactNode;
}

export function Button({ tone = 'plain', isDisabled = false, isPending = false, ref, focusReturnTarget, onPress, ...props }: Props) {
  const isIdle = isDisabled || isPending;
  const own = useRef<HTMLButtonElement>(null);
  const button = ref ?? own;
  const handOn = useEffectEvent(() => {
    focus(focusReturnTarget?.());
  });
  useLayoutEffect(() => {
    const pressed = button.current;
    return () => {
      // After this change, not amid it: the focusReturnTarget may come with it, and React listens to no events until then.
      if (document.activeElement === pressed) queueMicrotask(handOn);
    };
  }, [button]);
  return (
    <AriaButton
      {...props}
      ref={button}
      className={styles.button ?? ''}
      data-tone={tone}
      data-busy={isPending || undefined}
      // With `disabled` it would lose the focus; with react-aria's `isPending` it would say its own name twice, on top
      // of what has come of the press.
      aria-disabled={isIdle}
      excludeFromTabOrder={isDisabled}
      onPress={() => {
        if (!isIdle) onPress();
      }}
    />
  );
}
