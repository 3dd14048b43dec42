// A list of which the first are drawn, and the others when somebody asks for them.

import { useRef, useState, type ReactNode } from 'react';

import { Button } from '../../components/Button';
import { useTexts, useUnits } from '../../messages/react';
import styles from './AlertGroup.module.css';

/** How many are drawn until somebody asks for all of them. */
const MANY = 200;

interface Props<Item> {
  items: Item[];
  /** An element of the list, with its key. */
  draw: (item: Item) => ReactNode;
  /** How many alerts those are that are not drawn. */
  count: (others: Item[]) => number;
}

export function FirstOf<Item>({ items, draw, count }: Props<Item>) {
  const { alerts } = useTexts();
  const { number } = useUnits();
  const [all, showAll] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const shown = all ? items : items.slice(0, MANY);
  return (
    <>
      <ul ref={list} role="list" className={styles.list}>
        {shown.map(draw)}
      </ul>
      {shown.length < items.length && (
        <div>
          <Button
            focusReturnTarget={() => list.current?.children.item(MANY) as HTMLElement | null}
            onPress={() => {
              showAll(true);
            }}
          >
            {alerts.showOthers(number(count(items.slice(shown.length))))}
          </Button>
        </div>
      )}
    </>
  );
}
