import { useEffect, useState } from 'react';

const EVERY = 30_000;

/** The time in milliseconds since 1970, looked up twice a minute: for ages in words. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), EVERY);
    return () => clearInterval(timer);
  }, []);
  return now;
}
