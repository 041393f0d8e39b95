import { useSyncExternalStore } from 'react';

/** The present content of a value made by `createValue`; the component renders again on change. */
export function useValue(value) {
  return useSyncExternalStore(value.subscribe, value.get);
}
