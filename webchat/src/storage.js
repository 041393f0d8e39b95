/**
 * JSON values under a prefix in one storage area ('localStorage' or 'sessionStorage').
 * A browser that forbids storage only forgets; nothing is thrown.
 */
export function createStorage(areaName, prefix) {
  const attempt = (work) => {
    try {
      return work(window[areaName]);
    } catch {
      return null;
    }
  };

  return {
    get: (key) => attempt((area) => JSON.parse(area.getItem(prefix + key))),
    set: (key, value) => attempt((area) => area.setItem(prefix + key, JSON.stringify(value))),
    remove: (key) => attempt((area) => area.removeItem(prefix + key)),

    /** Whether what is set will be there at the next visit. */
    usable: () =>
      attempt((area) => {
        area.setItem(`${prefix}probe`, '1');
        area.removeItem(`${prefix}probe`);
        return true;
      }) === true
  };
}

/** A random UUID, version 4; works on plain http as well, where crypto.randomUUID is missing. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
