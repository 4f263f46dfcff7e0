import type { Pairing } from '@clerestory/protocol';
import { useEffect, useState } from 'react';
import { callRoute } from '../../state/call-route.ts';
import './pairing.css';

/** How often an unpaired screen asks whether somebody has entered its code. */
const askMs = 2_000;
/** After a refusal: the server counts, and a screen has time. */
const refusedMs = 10_000;

/** Begins a pairing and follows it until this browser is a screen. */
function usePairing(onPaired: (screen: string) => void): { pairing: Pairing | null; fault: string | null } {
  const [pairing, setPairing] = useState<Pairing | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout>;
    const step = async (name: 'beginPairing' | 'getPairing') => {
      const answer = await callRoute(name, {});
      if (over) return;
      setFault(answer.ok ? null : answer.problem.detail);
      if (!answer.ok) {
        // A code that is known no more, or has lapsed, is followed by a fresh one.
        const next =
          answer.problem.code === 'unavailable' || answer.problem.code === 'too-many' ? name : 'beginPairing';
        timer = setTimeout(() => void step(next), refusedMs);
        return;
      }
      setPairing(answer.value);
      if (answer.value.state === 'paired') return onPaired(answer.value.screen);
      const lapsed = answer.value.expiresAt <= Date.now();
      timer = setTimeout(() => void step(lapsed ? 'beginPairing' : 'getPairing'), askMs);
    };
    void step('beginPairing');
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [onPaired]);
  return { pairing, fault };
}

/** What an unpaired screen shows: a code that can be read across the room, and what to do with it. */
export function PairingPage({ onPaired }: { onPaired: (screen: string) => void }) {
  const { pairing, fault } = usePairing(onPaired);
  return (
    <main className="pairing">
      <p className="pairing-brand">
        <img src="/favicon.svg" alt="" />
        Clerestory
      </p>
      <h1>This screen is not paired yet</h1>
      {pairing?.state === 'waiting' && (
        <p className="pairing-code" data-pairing-code={pairing.code}>
          {pairing.code}
        </p>
      )}
      <p>
        A supervisor opens <b>Administration, Screens</b> on the console, chooses <b>Pair a screen</b> and
        enters this code.
      </p>
      <p className="dim">
        This is your own workstation? <a href="/">Sign in</a>, then open this page again.
      </p>
      {fault && <p role="status">{fault} This page tries again by itself.</p>}
    </main>
  );
}
