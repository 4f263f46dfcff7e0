import { useEffect, useState } from 'react';
import { apiBase, OwnCameras } from '@clerestory/protocol/portal';
import { useSession } from './session.tsx';

/** The owner's cameras as they are now, told by the server as it changes; null until the first word, or without a line. */
export function useCameras(): {
  cameras: OwnCameras['items'] | null;
  isLive: boolean;
} {
  const { look } = useSession();
  const [cameras, setCameras] = useState<OwnCameras['items'] | null>(null);
  const [isLive, setLive] = useState(false);
  useEffect(() => {
    // It connects anew by itself, and begins each time with the whole of it.
    const line = new EventSource(`${apiBase}/owner/live`);
    line.onmessage = ({ data }: MessageEvent<string>) => {
      const read = OwnCameras.safeParse(JSON.parse(data));
      if (!read.success) return;
      setCameras(read.data.items);
      setLive(true);
    };
    line.onerror = () => {
      setLive(false);
      // Refused for good: the session is over.
      if (line.readyState === EventSource.CLOSED) void look();
    };
    return () => line.close();
  }, [look]);
  return { cameras, isLive };
}
