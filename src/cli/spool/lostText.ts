import type { StreamKind } from '../../model/asked.js';
import { itemNoun } from '../itemNoun.js';
import { count } from '../quantity.js';

/** What sessions have lost, frames and points apart, each with words of its own; nothing where that is nothing. */
export const lostText = (losses: readonly { readonly kind: StreamKind; readonly items: number }[]): readonly string[] =>
  (['rheed', 'timeseries'] as const).flatMap((kind) => {
    const lost = losses.reduce((sum, loss) => sum + (loss.kind === kind ? loss.items : 0), 0);
    return lost === 0 ? [] : `${count(lost, itemNoun({ kind }))} lost`;
  });
