/** Where a camera stands, as it was typed. */
export interface Where {
  latitude: string;
  longitude: string;
}

/** Metres are enough: the fifth decimal is about one. */
export const written = (degrees: number): string => String(Number(degrees.toFixed(5)));

/** Degrees as a person writes them, with a point or a comma; null: they are none. */
export function placeIn({ latitude, longitude }: Where): { latitude: number; longitude: number } | null {
  const [lat, long] = [numberOf(latitude), numberOf(longitude)];
  return Math.abs(lat) <= 90 && Math.abs(long) <= 180 ? { latitude: lat, longitude: long } : null;
}
const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text.replace(',', '.')));
