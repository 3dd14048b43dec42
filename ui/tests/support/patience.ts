// The deadline of everything that a test waits for.

/**
 * It stands for "for ever" and is minutes away: tests have to hold on a machine that has other things to do. One that is met
 * costs nothing.
 */
export const PATIENCE_MS = 240_000;
