import { z } from 'zod';

/** As people call what JSON can hold. */
const kinds: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};
const kindOf = (expected: string) => kinds[expected] ?? expected;

/** What the size of a kind of value is counted in; numbers count themselves. */
const units: Record<string, readonly [one: string, more: string]> = {
  string: ['one character', 'characters'],
  array: ['one entry', 'entries'],
  set: ['one entry', 'entries'],
};
const counted = (count: number | bigint, origin: string): string => {
  const unit = units[origin];
  if (!unit) return `${count}`;
  return Number(count) === 1 ? unit[0] : `${count} ${unit[1]}`;
};

/** Alternatives of a union that are told, at most. */
const maxTold = 3;

const listOf = (values: readonly unknown[]) => values.map(String).join(', ');

function ofAlternatives(errors: readonly (readonly z.core.$ZodIssue[])[]): string {
  const told = errors.slice(0, maxTold).flatMap(([first]) => {
    if (!first) return [];
    return first.path.length > 0 ? `${first.path.join('.')}: ${first.message}` : first.message;
  });
  return [...new Set(told)].join('; or ') || 'this is none of the forms that are taken here';
}

/** The fault in words for whoever sent the value: what is taken here. Schemas with words of their own keep them. */
function inWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `${issue.input === undefined ? 'it is missing: ' : ''}give ${kindOf(issue.expected)}`;
    case 'invalid_value':
      return `use one of ${listOf(issue.values)}`;
    case 'invalid_union':
      return 'options' in issue
        ? `use one of ${listOf(issue['options'] as unknown[])}`
        : ofAlternatives(issue.errors);
    case 'unrecognized_keys':
      // Which one it is, its pointer says: a body may be full of them.
      return 'there is no such field here: take it out, or look at how it is spelled';
    case 'too_small':
      return `at least ${counted(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `at most ${counted(issue.maximum, issue.origin)}`;
    case 'invalid_key':
      return `this name cannot be used here: ${issue.issues[0]?.message ?? 'choose another'}`;
    case 'invalid_format':
      return issue.format === 'regex' || issue.format === 'template_literal'
        ? 'it is not written as it has to be'
        : `give a valid ${issue.format}`;
    default:
      return undefined;
  }
}

// For every schema of the house: zod's own words are for programmers.
z.config({ customError: inWords });
