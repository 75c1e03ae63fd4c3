/** A map that forgets what was not used for longest once the weights of its values exceed `capacity`. */
export interface Lru<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value, weight: number): void;
}

export function lru<Value>(capacity: number): Lru<Value> {
  const items = new Map<string, { value: Value; weight: number }>();
  let total = 0;
  return {
    get(key) {
      const item = items.get(key);
      if (item === undefined) return undefined;
      items.delete(key);
      items.set(key, item);
      return item.value;
    },
    set(key, value, weight) {
      total += weight - (items.get(key)?.weight ?? 0);
      items.delete(key);
      items.set(key, { value, weight });
      for (const [oldest, item] of items) {
        if (total <= capacity || oldest === key) break;
        items.delete(oldest);
        total -= item.weight;
      }
    },
  };
}
