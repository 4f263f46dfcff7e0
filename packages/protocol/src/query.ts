import { z } from 'zod';

/** A whole number in a query, which arrives as text. */
export const wholeNumber = (least: number, most: number) => {
  const message = `a whole number from ${least} to ${most}`;
  return z
    .string(message)
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .pipe(z.int().min(least, message).max(most, message));
};

export const foreignCursor = 'the cursor is not one of ours; leave it out to start anew';
/** `next` of the page before: a number in the order of the list. */
export const NumberCursor = z.string(foreignCursor).regex(/^\d{1,15}$/, foreignCursor);
/** The same, where several things may stand at one number: that number and an id. */
export const NumberAndIdCursor = z
  .string(foreignCursor)
  .regex(/^\d{1,15} [0-9A-Za-z-]{1,64}$/, foreignCursor);

/** A question about a span of time, Unix ms, both ends optional: one that ends before it begins is refused, not answered with nothing. */
export const ofSpan = <Query extends z.ZodObject<{ from: z.ZodOptional; to: z.ZodOptional }>>(
  query: Query,
): Query =>
  query.refine(
    (asked) => {
      const { from, to } = asked as { from?: number; to?: number };
      return from === undefined || to === undefined || from <= to;
    },
    { path: ['to'], error: 'the end lies before the beginning: swap them' },
  );
