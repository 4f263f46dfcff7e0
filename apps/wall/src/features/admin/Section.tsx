import type { Problem } from '@clerestory/protocol';
import type { ReactNode } from 'react';
import './admin.css';

/** One page of the administration: its title, what it is for, what can be done, and what went wrong. */
export function Section({
  title,
  text,
  tools,
  problem,
  wide = false,
  children,
}: {
  title: string;
  text: string;
  wide?: boolean;
  tools?: ReactNode;
  problem: Problem | null;
  children: ReactNode;
}) {
  return (
    <section className="admin-section" aria-label={title} data-wide={wide || undefined}>
      <div className="admin-head">
        <div>
          <h1 className="admin-title">{title}</h1>
          <p className="dim">{text}</p>
        </div>
        <div className="admin-tools">{tools}</div>
      </div>
      {problem && (
        <p className="field-fault" role="alert">
          {problem.detail}
        </p>
      )}
      {children}
    </section>
  );
}

/** A table with a line for nothing. */
export function Table({
  head,
  empty,
  children,
}: {
  head: readonly string[];
  empty: string | null;
  children: ReactNode;
}) {
  return (
    <table className="admin-table">
      <thead>
        <tr>
          {head.map((word) => (
            <th key={word} scope="col">
              {word === '' ? <span className="visually-hidden">What can be done</span> : word}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {empty === null ? (
          children
        ) : (
          <tr>
            <td colSpan={head.length} className="dim">
              {empty}
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}
