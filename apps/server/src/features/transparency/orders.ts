import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { StoreError } from '../../platform/database.ts';
import { writeDurably } from '../../platform/durable.ts';

/** The key that the log has since, once it is named: where that one signs, the order was followed to its end. */
const Followed = { key: z.string().optional() };

/** What an administrator of the machine wants done with the log at the next start. */
export const LogOrder = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('change-key'), ...Followed }),
  z.strictObject({ do: z.literal('begin-anew'), why: z.string().trim().min(10).max(300), ...Followed }),
]);
export type LogOrder = z.infer<typeof LogOrder>;

const fileOf = (dataDir: string) => path.join(dataDir, 'log-order.json');

export function giveOrder(dataDir: string, order: LogOrder): void {
  writeDurably(fileOf(dataDir), `${JSON.stringify(order)}\n`, 0o600);
}

/** @throws StoreError for a file that is no order. */
export function readOrder(dataDir: string): LogOrder | null {
  const file = fileOf(dataDir);
  if (!existsSync(file)) return null;
  try {
    return LogOrder.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new StoreError(
      `${file} is no order for the log. Remove it, and give the order again with npm run log.`,
      {
        cause: error,
      },
    );
  }
}

export const orderDone = (dataDir: string): void => rmSync(fileOf(dataDir), { force: true });
