import { Camera, MessageSquareText } from 'lucide-react';
import { shortTime } from '../../ui/time.ts';
import type { Notice } from './orders.ts';

/** Over the tiles: who this screen is, a message, or that its picture was taken. */
export function Notices({ notice, name, number }: { notice: Notice | null; name: string; number: number }) {
  if (!notice) return null;
  switch (notice.kind) {
    case 'identify':
      return (
        <div className="display__identify" role="status">
          <b>{number}</b>
          <span>{name}</span>
        </div>
      );
    case 'message':
      return (
        <div className="display__banner" role="alert">
          <MessageSquareText aria-hidden="true" />
          <p>{notice.text}</p>
          <span>
            {notice.who}, {shortTime(notice.at)}
          </span>
        </div>
      );
    case 'taken':
      return (
        <p className="display__note" role="status">
          <Camera aria-hidden="true" /> {notice.who} took a picture of this screen
        </p>
      );
  }
}

export function Blank({ who, since }: { who: string; since: number }) {
  return (
    <div className="display__blank" role="status">
      <p>
        Blank since {shortTime(since)}, by {who}. Nothing plays here.
      </p>
    </div>
  );
}
